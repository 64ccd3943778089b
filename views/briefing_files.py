"""Briefs as files: one click a format, made when clicked, of a frozen briefing or a comparison."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from urllib.parse import urlencode

import streamlit as st

from sim.brief.content import brief_of
from sim.brief.deck import Deck
from sim.brief.exports import FORMATS, PICTURES, everything, made, zipped
from sim.brief.record import Brief
from sim.brief.templates import deck as from_template
from sim.compare import Comparison

_MIME = {
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "html": "text/html",
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "svg": "application/zip",
    "png": "application/zip",
}
DOCUMENTS = ("pptx", "pdf", "docx", "html")


def compare_link(scenarios: Sequence[str]) -> str:
    """Return the address that opens these scenarios side by side, for the last slide."""
    home = (st.context.url or "").split("?")[0].rpartition("/")[0]
    return f"{home}/compare?{urlencode({'c': list(scenarios)}, doseq=True)}" if home else ""


def offer_comparison(comparison: Comparison, names: Sequence[str]) -> None:
    """Draw a button for each kind of document; `names` are those of the scenarios in links."""
    link = compare_link(names)
    with st.container(horizontal=True, gap="xsmall", key="brief_files"):
        for kind in DOCUMENTS:
            _button(kind, _brief_maker(kind, comparison, link), "brief", key=f"brief_{kind}")


def _brief_maker(kind: str, comparison: Comparison, link: str) -> Callable[[], bytes]:
    """Return a maker of one document; it runs on the click, outside any session."""

    def make() -> bytes:
        brief = brief_of(comparison, date=f"{datetime.now(UTC):%Y-%m-%d}", link=link)
        names = [told.name for told in brief.scenarios]
        deck = from_template("report", names, title=brief.title, question=brief.question)
        return made(kind, brief, deck)

    return make


def offer(name: str, deck: Deck, brief: Brief) -> None:
    """Draw a button for each format, and one for all of them in one archive."""
    with st.container(horizontal=True, gap="xsmall", key="exports"):
        for kind in FORMATS:
            _button(kind, _maker(kind, deck, brief), name, key=f"export_{kind}")
        st.download_button(
            "Everything (ZIP)",
            data=lambda: zipped(everything(brief, deck)),
            file_name=f"{name}.zip",
            mime="application/zip",
            icon=":material/folder_zip:",
            on_click="ignore",
            key="export_all",
        )
    st.caption("Presenter notes travel in the slides only. Numbers equal the frozen runs.")


def _button(kind: str, make: Callable[[], bytes], name: str, *, key: str) -> None:
    """Draw the button of one format; its file is made on the click."""
    ending = f"-{kind}.zip" if kind in PICTURES else f".{kind}"
    st.download_button(
        FORMATS[kind],
        data=make,
        file_name=f"{name}{ending}",
        mime=_MIME[kind],
        icon=":material/download:",
        on_click="ignore",
        key=key,
    )


def _maker(kind: str, deck: Deck, brief: Brief) -> Callable[[], bytes]:
    """Return a maker of one format; it runs on the click, outside any session."""
    return lambda: made(kind, brief, deck)
