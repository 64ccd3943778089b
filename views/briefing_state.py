"""What a visitor has open on the Briefing page, and what changes it.

A change of a deck is written to its file at once; what is presented is read from there, so that a
second window shows the same.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import streamlit as st

from sim.brief.citation import retitled
from sim.brief.content import brief_of
from sim.brief.deck import Deck, DeckSlide, deck_from_dict, deck_to_dict
from sim.brief.decks import Decks
from sim.brief.record import Brief
from sim.compare import Comparison
from sim.declare import InputError
from sim.result import Result

NAME, NOTES, PRESENT = "deck", "notes", "present"


@dataclass(frozen=True)
class Opened:
    """The briefing on the page; `brief` is None until its runs are frozen."""

    name: str
    deck: Deck
    brief: Brief | None


@dataclass(frozen=True)
class Ask:
    """A what-if: the lever, its value, and the number of the slide that asks."""

    lever: str
    value: float
    slide: int


@dataclass
class Session:
    """One visitor's Briefing page.

    `wanted` says that the scenarios are to be run and frozen; `live` is the last what-if as the
    stage shows it; `refused` is what could not be done, in one line.
    """

    name: str = ""
    presenting: bool = False
    notes: bool = False
    wanted: bool = False
    ask: Ask | None = None
    live: dict[str, Any] | None = None
    refused: str = ""
    deleted: str = ""


def session() -> Session:
    """Return this visitor's state, on the first call from the link in the address bar."""
    if "briefing" not in st.session_state:
        asked = st.query_params
        st.session_state["briefing"] = Session(
            name=asked.get(NAME, "")[:100],
            presenting=asked.get(PRESENT) == "1",
            notes=asked.get(NOTES) == "1",
        )
    found: Session = st.session_state["briefing"]
    return found


def decks() -> Decks:
    """Return the folder of briefings."""
    return Decks()


def opened() -> Opened | None:
    """Return the briefing in hand; None, and a message, if there is none or it cannot be read."""
    now = session()
    if not now.name:
        return None
    try:
        deck = decks().get(now.name)
        brief = decks().brief(deck)
        if brief is not None:
            brief = retitled(brief, deck.title, deck.question)
        return Opened(now.name, deck, brief)
    except InputError as error:
        now.refused = str(error)
        return None


def choose() -> None:
    """Open the briefing chosen on the page."""
    open_deck(st.session_state["briefing_choice"] or "")


def open_deck(name: str, *, wanted: bool = False) -> None:
    """Open a briefing by name; `wanted`: and run its scenarios."""
    st.session_state["briefing"] = Session(name=name, wanted=wanted)
    st.session_state.pop("briefing_choice", None)
    st.query_params.from_dict({NAME: name} if name else {})


def present() -> None:
    """Open the stage."""
    session().presenting = True


def leave() -> None:
    """Close the stage."""
    now = session()
    now.presenting = now.notes = False
    now.live = None
    st.query_params.from_dict({NAME: now.name})


def thaw() -> None:
    """Ask for new runs."""
    session().wanted = True


def asked() -> None:
    """Take a what-if from the stage; what is not allowed is dropped."""
    raw = st.session_state["stage"].get("ask") or {}
    now = session()
    try:
        ask = Ask(str(raw["lever"]), float(raw["value"]), int(raw["slide"]))
    except (KeyError, TypeError, ValueError):
        return
    now.ask = ask


def change(opened_now: Opened, **fields: Any) -> None:
    """Write the deck with changed fields; a refusal is kept to be shown."""
    now = session()
    now.refused = ""
    try:
        deck = deck_from_dict(deck_to_dict(dataclasses.replace(opened_now.deck, **fields)))
        decks().save(opened_now.name, deck, replace=True)
    except InputError as error:
        now.refused = str(error)


def change_slide(opened_now: Opened, at: int, **fields: Any) -> None:
    """Write one slide with changed fields."""
    slides = list(opened_now.deck.slides)
    slides[at] = dataclasses.replace(slides[at], **fields)
    change(opened_now, slides=tuple(slides))


def move_slide(opened_now: Opened, at: int, by: int) -> None:
    """Move one slide up or down the order; at an end nothing happens."""
    slides, to = list(opened_now.deck.slides), at + by
    if 0 <= to < len(slides):
        slides[at], slides[to] = slides[to], slides[at]
        change(opened_now, slides=tuple(slides))


def drop_slide(opened_now: Opened, at: int) -> None:
    """Take one slide away; the last one stays."""
    slides = list(opened_now.deck.slides)
    if len(slides) > 1:
        del slides[at]
        change(opened_now, slides=tuple(slides))


def add_slide(opened_now: Opened, slide: DeckSlide) -> None:
    """Add a slide before the closing ones, so that the last words stay last."""
    slides = list(opened_now.deck.slides)
    at = len(slides)
    while at and slides[at - 1].kind in ("limits", "share", "sources"):
        at -= 1
    change(opened_now, slides=(*slides[:at], slide, *slides[at:]))


def freeze(opened_now: Opened, runs: list[Result], date: str) -> None:
    """Keep the brief of these runs as what the deck presents."""
    now, deck = session(), opened_now.deck
    now.wanted = False
    try:
        brief = brief_of(
            Comparison(tuple(runs)),
            date=date,
            title=deck.title,
            question=deck.question,
            pictures=deck.pictures,
            link=deck.link,
        )
        decks().save(opened_now.name, decks().freeze(deck, brief), replace=True)
    except InputError as error:
        now.refused = str(error)
