"""How a large chart shows its outcome: as levels, as the change policy makes, or the last month's
futures as dots; and whether single futures are drawn with it. A link names it in a few letters."""

from __future__ import annotations

from dataclasses import dataclass

KINDS = {"levels": "Levels", "change": "Difference", "dots": "Futures as dots"}
SINGLE = "7"  # in a link: with single futures


@dataclass(frozen=True)
class View:
    """How one chart shows its outcome; `futures`: with seven single futures where it is a line."""

    kind: str = "levels"
    futures: bool = False

    @property
    def name(self) -> str:
        """How a link calls it: "levels", "change7"."""
        return self.kind + (SINGLE if self.futures else "")


LEVELS = View()


def view(name: str) -> View:
    """Return the view of that name, levels for any other."""
    kind = name.removesuffix(SINGLE)
    return View(kind, name.endswith(SINGLE)) if kind in KINDS else LEVELS
