"""The Briefing page's exports: one click a format, made when clicked, from the frozen brief."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from sim.brief.deck import Deck
from sim.brief.exports import FORMATS, PICTURES, everything, made, zipped
from sim.brief.record import Brief

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


def offer(name: str, deck: Deck, brief: Brief) -> None:
    """Draw a button for each format, and one for all of them in one archive."""
    with st.container(horizontal=True, gap="xsmall", key="exports"):
        for kind, words in FORMATS.items():
            ending = f"-{kind}.zip" if kind in PICTURES else f".{kind}"
            st.download_button(
                words,
                data=_maker(kind, deck, brief),
                file_name=f"{name}{ending}",
                mime=_MIME[kind],
                icon=":material/download:",
                on_click="ignore",
                key=f"export_{kind}",
            )
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


def _maker(kind: str, deck: Deck, brief: Brief) -> Callable[[], bytes]:
    """Return a maker of one format; it runs on the click, outside any session."""
    return lambda: made(kind, brief, deck)
