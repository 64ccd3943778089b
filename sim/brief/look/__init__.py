"""How exports look: colours, patterns, fonts, and the text files the formats are laid out with.

Scenarios keep their place: the first is drawn thin and in ink, the others thick, each in its own
colour and pattern. Colours stay apart under protanopia, deuteranopia and tritanopia; where they
meet on one chart, patterns tell them apart in grey as well.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

HERE = Path(__file__).resolve().parent
FONTS = HERE / "fonts"
SANS, SERIF = "FC Sans", "FC Serif"
FALLBACK_SANS = f"{SANS}, Source Sans, Source Sans Pro, Segoe UI, Arial, sans-serif"

INK, GREY, FAINT, RULE, PAPER = "#12151b", "#4a515c", "#f6f4ef", "#c9c5bb", "#ffffff"
ACCENT = "#205aad"
COLOURS = (INK, "#205aad", "#c8560c", "#1f7a5a", "#9b187a", "#7d611b")
DASHES: tuple[tuple[int, ...], ...] = ((), (), (7, 3), (2, 2), (10, 3, 2, 3), (5, 2, 2, 2, 2, 2))


def colour(scenario: int) -> str:
    """Return the colour of a scenario by its place."""
    return COLOURS[scenario % len(COLOURS)]


def dash(scenario: int) -> tuple[int, ...]:
    """Return the dashes and gaps of a scenario's line where several share a chart."""
    return DASHES[scenario % len(DASHES)]


@cache
def text(name: str) -> str:
    """Return a text file of this folder."""
    return (HERE / name).read_text(encoding="utf-8")


@cache
def font(name: str) -> bytes:
    """Return a font file."""
    return (FONTS / name).read_bytes()
