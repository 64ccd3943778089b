"""Which quantities can be drawn, what each chart is called, and what its axis runs from and to."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from sim.lab_names import LAB_LABELS
from sim.outcomes import BLOCS, BY_ID, REGIONS, Outcome
from sim.place_names import PLACE_LABELS, REGION_LABELS
from sim.wording import Measure, measure

ALL = "all"
LEVEL_OUTCOMES = ("frontier_eci",)
LOG_OUTCOMES = (
    "price_of_capability_usd_per_mtok",
    "price_paid_usd_per_mtok",
    "tokens_trillion_per_month",
)
SHARE_TOPS = (2.0, 5.0, 10.0, 20.0, 40.0, 60.0, 80.0, 100.0)

_GROUP_LABELS = (
    PLACE_LABELS
    | LAB_LABELS
    | {
        "OTHER": "Other countries",
        "SELF": "Self-hosted",
        "CN open": "Chinese open",
        "CN closed": "Chinese closed",
        "OTHER open": "Other open",
        "OTHER closed": "Other closed",
        "EU any": "EU",
        "open": "Open models",
        "closed": "Closed models",
        "maker": "Among makers",
        "host": "Among hosts",
    }
)
_GROUP_LABELS |= {
    f"{bloc} in {region}": f"{_GROUP_LABELS.get(bloc, bloc)}, {REGION_LABELS[region]}"
    for region in REGIONS
    for bloc in BLOCS
}
_NOTES = {
    "router": "as one router sees them",
    "enterprise": "in US enterprises",
    "world": "world",
}
_UNITS = {
    "open_release_share": "% of releases in twelve months",
    "benchmarked_open_release_share": "% of benchmarked releases in twelve months",
    "cleared_share": "% of organisations",
    "host_share": "% of tokens",
    "compute_cn_share": "% of compute",
}


@dataclass(frozen=True)
class Picture:
    """One chart: an outcome for one group, or for all its groups as lines."""

    outcome: Outcome
    group: str

    @property
    def id(self) -> str:
        """Name used in links and keys: "cn_open_share_tokens.router"."""
        return f"{self.outcome.id}.{self.group}"

    @property
    def title(self) -> str:
        """What the chart shows and where."""
        label = self.outcome.label.split(", ")[0] if self.weighting else self.outcome.label
        if self.group == ALL or len(self.outcome.groups) == 1 or self.group in _NOTES:
            return label
        return f"{label}: {group_label(self.group)}"

    @property
    def subtitle(self) -> str:
        """Unit and place in one line."""
        where = _NOTES.get(self.group, "world" if self.group == ALL else "")
        return f"{self.unit}, {where}" if where else self.unit

    @property
    def unit(self) -> str:
        """What the axis counts."""
        unit = f"% of {self.weighting}" if self.weighting else self.measure.axis
        return _UNITS.get(self.outcome.id, unit)

    @property
    def weighting(self) -> str:
        """What each share counts: tokens, choices or spend; empty for other outcomes."""
        ending = self.outcome.id.rpartition("_share_")[2]
        return {"tokens": "tokens", "choice": "choices", "spend": "spend"}.get(ending, "")

    @property
    def measure(self) -> Measure:
        """How the numbers are shown."""
        return measure(self.outcome.unit)

    @property
    def series(self) -> tuple[str, ...]:
        """Groups drawn."""
        return self.outcome.groups if self.group == ALL else (self.group,)

    @property
    def log(self) -> bool:
        """Whether the axis is logarithmic."""
        return self.outcome.id in LOG_OUTCOMES


def group_label(group: str) -> str:
    """Return the plain words for a group of an outcome."""
    return _GROUP_LABELS.get(group, group)


def picture(name: str) -> Picture | None:
    """Return the picture called "outcome.group", or None if there is no such thing."""
    outcome_id, _, group = name.partition(".")
    outcome = BY_ID.get(outcome_id)
    if outcome is None or group not in choices(outcome):
        return None
    return Picture(outcome, group)


def choices(outcome: Outcome) -> tuple[str, ...]:
    """Return the groups a user may pick, "all" first where lines together make sense."""
    if len(outcome.groups) == 1:
        return outcome.groups
    together = outcome.groups[0] not in ("world",) and len(outcome.groups) <= 8
    return ((ALL,) if together else ()) + outcome.groups


def named(name: str) -> Picture:
    """Return a picture the program itself names; raises if the declaration is gone."""
    found = picture(name)
    if found is None:
        raise KeyError(name)
    return found


def axis(picture: Picture, low: float, high: float) -> tuple[float, float]:
    """Return round axis ends, in shown units, that hold values from `low` to `high`.

    Ends come from a short ladder, so that a small change of the data leaves the axis alone.
    """
    if not (math.isfinite(low) and math.isfinite(high)):
        return (0.0, 1.0)
    if picture.log:
        return 10.0 ** math.floor(math.log10(max(low, 1e-3))), 10.0 ** math.ceil(
            math.log10(max(high, 1e-2))
        )
    if picture.outcome.id in LEVEL_OUTCOMES:
        return 20.0 * math.floor(low / 20.0), 20.0 * math.ceil(high / 20.0)
    if picture.measure.scale == 100.0 and low >= 0:
        return 0.0, next((top for top in SHARE_TOPS if high * 1.04 <= top), 100.0)
    return (-_ladder(-low) if low < 0 else 0.0), _ladder(high)


def change_axis(low: float, high: float) -> tuple[float, float]:
    """Return round axis ends, in shown units, for differences; nought is always on the axis."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return (-1.0, 1.0)
    ends = -_ladder(max(-low, 0.0)), _ladder(max(high, 0.0))
    return ends if ends[0] < ends[1] else (-1.0, 1.0)


def _ladder(size: float) -> float:
    """Return the next of 1, 2, 4, 6, 8 times a power of ten above `size` and a little air."""
    if size <= 0:
        return 0.0
    power = 10.0 ** math.floor(math.log10(size))
    return next(step * power for step in (1, 2, 4, 6, 8, 10, 20) if size * 1.04 <= step * power)


def apart(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Return label positions at least `gap` apart, near where they want to be, within the axis."""
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    placed = list(wanted)
    floor = low
    for i in order:
        placed[i] = floor = max(placed[i], floor)
        floor += gap
    ceiling = high
    for i in reversed(order):
        placed[i] = ceiling = min(placed[i], ceiling)
        ceiling -= gap
    return placed
