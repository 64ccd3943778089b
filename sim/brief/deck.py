"""What a briefing is: slides in an order, with words and notes, over frozen runs.

A deck is kept as TOML. It names scenarios, outcomes and the size of the runs, and once they have
been made it holds their ids: what is presented is what was frozen, never a new run. Anything in
the text that is not declared is an error that names the nearest valid key.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import tomli_w

from sim.brief.fields import (
    MAX_LINK,
    MAX_QUESTION,
    MAX_TITLE,
    MOST_SCENARIOS,
    check_link,
    one_line,
)
from sim.brief.phrases import FIGURES, chosen, pictured
from sim.declare import InputError, printable, unknown
from sim.levers import lever
from sim.settings import REPLICATES, SEED, STREAMS, check_count

KINDS = {
    "question": "The question",
    "headlines": "In short",
    "guess": "The room’s guess",
    "reveal": "The reveal",
    "replay": "The change, step by step",
    "why": "Why, in the model",
    "overview": "All scenarios against the first",
    "table": "The comparison",
    "levers": "What the scenarios change",
    "what_if": "What if: one lever, live",
    "doubts": "Assumed and uncertain",
    "limits": "What the model cannot say",
    "share": "Share and cite",
    "sources": "Sources",
}
MAX_BYTES, MAX_SLIDES = 200_000, 40
MAX_TEXT, MAX_NOTES = 600, 4000
_KEYS = (
    *("title", "question", "scenarios", "pictures", "replicates", "seed", "streams"),
    *("link", "runs", "model_version", "frozen", "slides"),
)
_SLIDE_KEYS = ("kind", "title", "text", "notes", "picture", "scenario", "lever")


@dataclass(frozen=True, kw_only=True)
class DeckSlide:
    """One slide. Without a title of its own it has the usual one of its kind.

    `picture` names the outcome it shows, `scenario` whose (0: everyone's, else by place), `lever`
    what a what-if moves.
    """

    kind: str
    title: str = ""
    text: str = ""
    notes: str = ""
    picture: str = ""
    scenario: int = 0
    lever: str = ""


@dataclass(frozen=True, kw_only=True)
class Deck:
    """A briefing. `runs` are the ids of the frozen runs, in the order of the scenarios, and
    `frozen` is the mark of the brief made from them; both are empty until it is made."""

    title: str
    question: str
    scenarios: tuple[str, ...]
    slides: tuple[DeckSlide, ...]
    pictures: tuple[str, ...] = FIGURES
    replicates: int = REPLICATES
    seed: int = SEED
    streams: int = STREAMS
    link: str = ""
    runs: tuple[str, ...] = ()
    model_version: str = ""
    frozen: str = ""


def deck_from_toml(text: str, name: str) -> Deck:
    """Return the deck in an untrusted TOML text, or raise InputError with one line."""
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise InputError(f"{printable(name)}: too large; allowed {MAX_BYTES:,} bytes")
    try:
        raw = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        reason = printable(str(error) or type(error).__name__, 120)
        raise InputError(f"{printable(name)}: not valid TOML: {reason}") from None
    try:
        return deck_from_dict(raw)
    except InputError as error:
        raise InputError(f"{printable(name)}: {printable(error, 400)}") from None


def deck_to_toml(deck: Deck) -> str:
    """Return the deck as TOML that `deck_from_toml` reads back to an equal deck."""
    return tomli_w.dumps(deck_to_dict(deck), multiline_strings=True)


def deck_to_dict(deck: Deck) -> dict[str, Any]:
    """Return the deck as the plain table that `deck_from_dict` reads back to an equal deck."""
    slides = [
        {key: value for key in _SLIDE_KEYS if (value := getattr(slide, key)) or key == "kind"}
        for slide in deck.slides
    ]
    told = {key: getattr(deck, key) for key in _KEYS if key != "slides"}
    told = {key: list(v) if isinstance(v, tuple) else v for key, v in told.items()}
    return told | {"slides": slides}


def deck_from_dict(raw: Mapping[str, Any]) -> Deck:
    """Return the deck an untrusted table describes, or raise InputError with one line."""
    for key in raw:
        if key not in _KEYS:
            raise unknown("key", key, _KEYS)
    title = _line(raw, "title", MAX_TITLE)
    if not title:
        raise InputError("title: missing; a briefing needs a title")
    scenarios = _names(raw, "scenarios", MOST_SCENARIOS)
    if not scenarios:
        raise InputError(f"scenarios: none; name 1 to {MOST_SCENARIOS}")
    slides = raw.get("slides", [])
    if not isinstance(slides, list) or not 1 <= len(slides) <= MAX_SLIDES:
        raise InputError(f"slides: must be a list of 1 to {MAX_SLIDES} tables")
    return Deck(
        title=title,
        question=_line(raw, "question", MAX_QUESTION),
        scenarios=scenarios,
        slides=tuple(check_slide(item, len(scenarios)) for item in slides),
        pictures=tuple(p.id for p in chosen(_names(raw, "pictures", 99) or FIGURES)),
        replicates=check_count("replicates", raw.get("replicates", REPLICATES)),
        seed=check_count("seed", raw.get("seed", SEED)),
        streams=check_count("streams", raw.get("streams", STREAMS)),
        link=check_link(_line(raw, "link", MAX_LINK)),
        runs=_names(raw, "runs", MOST_SCENARIOS),
        model_version=_line(raw, "model_version", 20),
        frozen=_mark(raw),
    )


def check_slide(raw: object, scenarios: int) -> DeckSlide:
    """Return one slide from an untrusted table; `scenarios` is how many the deck has."""
    if not isinstance(raw, dict):
        raise InputError(f"slides: {printable(raw)!r} is not a table; write kind = ...")
    for key in raw:
        if key not in _SLIDE_KEYS:
            raise unknown("key in slides", key, _SLIDE_KEYS)
    kind = _line(raw, "kind", 20)
    if kind not in KINDS:
        raise unknown("kind of slide", kind, KINDS)
    at = raw.get("scenario", 0)
    if isinstance(at, bool) or not isinstance(at, int) or not 0 <= at < scenarios:
        rule = f"allowed 0 (all) to {scenarios - 1}"
        raise InputError(f"slides.{kind}.scenario: {printable(at)}; {rule}")
    picture, moved = _line(raw, "picture", 80), _line(raw, "lever", 80)
    if kind == "what_if" and not moved:
        raise InputError("slides.what_if.lever: missing; name the lever that moves")
    return DeckSlide(
        kind=kind,
        title=_line(raw, "title", MAX_TITLE),
        text=prose(raw, "text", MAX_TEXT),
        notes=prose(raw, "notes", MAX_NOTES),
        picture=pictured(picture).id if picture else "",
        scenario=at,
        lever=lever(moved).id if moved else "",
    )


def prose(raw: Mapping[str, Any], key: str, limit: int) -> str:
    """Return an untrusted text of several lines, free of what cannot be printed."""
    value = raw.get(key, "")
    if not isinstance(value, str) or len(value) > limit:
        raise InputError(f"{key}: must be text of at most {limit} characters")
    kept = "".join(c if c.isprintable() or c == "\n" else " " for c in value.replace("\r\n", "\n"))
    return kept.strip()


def _line(raw: Mapping[str, Any], key: str, limit: int) -> str:
    value = raw.get(key, "")
    if not isinstance(value, str):
        raise InputError(f"{key}: must be text, not {printable(repr(value))}")
    return one_line(key, value, limit)


def _mark(raw: Mapping[str, Any]) -> str:
    mark = _line(raw, "frozen", 64)
    if mark and not re.fullmatch(r"[0-9a-f]{16}", mark):
        raise InputError(f"frozen: {printable(mark)!r} is not a mark of 16 hexadecimal digits")
    return mark


def _names(raw: Mapping[str, Any], key: str, most: int) -> tuple[str, ...]:
    value = raw.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise InputError(f"{key}: must be a list of names")
    if len(value) > most:
        raise InputError(f"{key}: {len(value)} given; allowed at most {most}")
    return tuple(one_line(key, item, MAX_TITLE) for item in value)
