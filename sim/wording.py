"""How a number is said: per cent, points, dollars, a month, a count of futures, a landmark."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from sim.calendar import month_label
from sim.declare import Quantity
from sim.levers import Lever

MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"
GAP = "\N{NO-BREAK SPACE}"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class Measure:
    """How one unit is shown: stored value times `scale`, between `prefix` and `suffix`.

    `axis` is the unit in words; `change` is what a difference is counted in.
    """

    axis: str
    scale: float = 1.0
    prefix: str = ""
    suffix: str = ""
    change: str = ""

    def say(self, stored: float) -> str:
        """Return the stored value as a reader would say it: "23 %", "$0.52", "6.3 ECI"."""
        if not math.isfinite(stored):
            return "none"
        text = digits(stored * self.scale)
        suffix = self.suffix.removesuffix("s") if text == "1" else self.suffix
        return f"{self.prefix}{text}{suffix}"

    def say_range(self, low: float, high: float) -> str:
        """Return "12–41 %": two stored values with the unit said once."""
        if not (math.isfinite(low) and math.isfinite(high)):
            return "not available"
        ends = digits(low * self.scale), digits(high * self.scale)
        between = f"{GAP}to{GAP}" if MINUS in "".join(ends) else DASH
        return f"{self.prefix}{ends[0]}{between}{ends[1]}{self.suffix}"

    def say_change(self, stored: float) -> str:
        """Return a difference with its sign: "+12 points", "−0.4 ECI"."""
        if not math.isfinite(stored):
            return "not available"
        text, unit = self._signed(stored), self.change or self.suffix
        single = text.strip(f"+{MINUS}") == "1"
        return f"{text}{unit.removesuffix('s') if single else unit}"

    def say_change_range(self, low: float, high: float) -> str:
        """Return "−22 to −12 points": two differences with their signs and the unit said once."""
        if not (math.isfinite(low) and math.isfinite(high)):
            return "not available"
        between = f"{GAP}to{GAP}"
        return f"{self._signed(low)}{between}{self._signed(high)}{self.change or self.suffix}"

    def _signed(self, stored: float) -> str:
        scaled = stored * self.scale
        text = digits(abs(scaled))
        if self.change and abs(scaled) >= 0.095:
            text = digits(round(abs(scaled), 1))
        sign = "" if float(text.replace(",", "")) == 0 else ("+" if scaled > 0 else MINUS)
        return f"{sign}{self.prefix}{text}"


_MEASURES = {
    "share": Measure("%", 100.0, suffix=f"{GAP}%", change=f"{GAP}points"),
    "ECI": Measure("ECI points", suffix=f"{GAP}ECI"),
    "months": Measure("months", suffix=f"{GAP}months"),
    "$ per million tokens": Measure("$ per million tokens", prefix="$"),
    "$M per month": Measure("$ billion a month", 0.001, prefix="$", suffix=f"{GAP}bn"),
    "trillion per month": Measure("trillion tokens a month", suffix=f"{GAP}T"),
    "util": Measure("utility, volume-weighted"),
    "index, 0 to 1": Measure("index, 0 to 1"),
}


def measure(unit: str) -> Measure:
    """Return how an outcome's unit is shown; shares become per cent."""
    if unit.startswith("share of "):
        return Measure(
            f"% of {unit.removeprefix('share of ')}", 100.0, suffix=f"{GAP}%", change=f"{GAP}points"
        )
    return _MEASURES.get(unit, Measure(unit))


def digits(value: float) -> str:
    """Return a number with the digits a reader can use: 1,240, 23, 4.6, 0.52."""
    size = abs(value)
    places = 0 if size >= 10 else 1 if size >= 1 else 2
    text = f"{size:,.{places}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return f"{MINUS}{text}" if value < 0 and text.strip("0.,") else text


def futures(count: int, of: int) -> str:
    """Return "83 of 100 futures": a count of futures put on the scale of a hundred."""
    return f"{round(100 * count / of)} of 100 futures"


def month_words(month: int) -> str:
    """Return "Jan 2027" for a month number."""
    year, number = month_label(month).split("-")
    return f"{MONTHS[int(number) - 1]} {int(year)}"


def and_list(items: Sequence[str]) -> str:
    """Return "a", "a and b" or "a, b and c"."""
    return " and ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))


@dataclass(frozen=True)
class Dial:
    """How a lever or assumption stands on a slider: stored value times `scale`, in `format`."""

    scale: float
    format: str
    prefix: str = ""
    suffix: str = ""

    def shown(self, stored: float) -> float:
        """Return the number on the slider for a stored value."""
        return round(stored * self.scale, 6)

    def stored(self, shown: float) -> float:
        """Return the stored value for a number on the slider."""
        return round(shown / self.scale, 9)

    def say(self, stored: float) -> str:
        """Return the stored value in words of its unit."""
        return f"{self.prefix}{self.shown(stored):g}{self.suffix}"


def dial(quantity: Quantity) -> Dial:
    """Return how a lever or an assumption is shown; shares become per cent."""
    unit = quantity.unit
    if unit.startswith("share"):
        return Dial(100.0, "%g %%", suffix=f"{GAP}%")
    if unit.startswith("$M"):
        return Dial(1.0, "$%g M", prefix="$", suffix=f"{GAP}M")
    if unit.startswith("$ "):
        return Dial(1.0, "$%g", prefix="$")
    return Dial(1.0, "%g")


def landmark(lever: Lever, value: float) -> str:
    """Return the words of the landmark nearest to a value, said to be near where it is not it."""
    at, words = min(lever.landmarks, key=lambda mark: abs(mark[0] - value))
    span = lever.high - lever.low
    if abs(at - value) < 1e-9:
        return words
    side = "near" if abs(at - value) <= 0.025 * span else "above" if value > at else "below"
    return f"{side}: {words}"
