"""What a brief holds: every number that is told, and every sentence, ready to be laid out.

The record is frozen and made of plain values, so that a briefing presented next year shows what it
showed today. Numbers of tables are in the model's units, those of figures in the units shown; a
value that does not exist is None. Scenarios are known by their place; the first is what the others
are compared with.
"""

from __future__ import annotations

from dataclasses import dataclass

Values = tuple[float | None, ...]


@dataclass(frozen=True, kw_only=True)
class Told:
    """One scenario of the brief. `label` is short enough for a chart; `start` is the month its
    first lever moves, None if none does."""

    name: str
    title: str
    label: str
    story: str
    run_id: str
    start: int | None


@dataclass(frozen=True, kw_only=True)
class Level:
    """Median and ends of the 50 and 90 % bands over the futures, and the words for them."""

    median: float | None
    low50: float | None
    high50: float | None
    low90: float | None
    high90: float | None
    words: str
    range: str


@dataclass(frozen=True, kw_only=True)
class Change:
    """A paired difference from the first scenario: median, 90 % range, counts of futures.

    `sure` says in how many futures it has which sign, `likely` the calibrated word for that, and
    `direction` is higher, lower, either, still, same or unknown.
    """

    difference: float | None
    low90: float | None
    high90: float | None
    share_positive: float | None
    share_negative: float | None
    n: int
    words: str
    range: str
    sure: str
    likely: str
    direction: str


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One outcome in one scenario, in the last month."""

    level: Level
    change: Change | None


@dataclass(frozen=True, kw_only=True)
class Row:
    """One outcome: `picture` is its name, `phrase` what it is within a sentence."""

    picture: str
    title: str
    subtitle: str
    unit: str
    phrase: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, kw_only=True)
class Path:
    """One scenario over the months, in shown units; `baseline` is the first scenario's median."""

    scenario: int
    median: Values
    low50: Values
    high50: Values
    low90: Values
    high90: Values
    baseline: Values
    end: str
    base_end: str


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One published observation on a figure; times in decimal years, values in shown units."""

    x: float
    start: float
    end: float
    value: float
    low: float
    high: float
    told: str


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One figure: a panel for each path, all on the same axes.

    Of `kind` "levels", each panel shows a scenario over the first one; of kind "changes", the one
    panel shows the paired difference of every scenario from the first.
    """

    number: int
    picture: str
    kind: str
    title: str
    subtitle: str
    finding: str
    caption: str
    alt: str
    prefix: str
    percent: bool
    low: float
    high: float
    log: bool
    paths: tuple[Path, ...]
    seen: tuple[Seen, ...]


@dataclass(frozen=True, kw_only=True)
class LeverRow:
    """A lever whose path differs: its value, and what that stands for, in each scenario.

    `changed` says which values are not the first scenario's, `beyond` which lie further than any
    real policy has gone; `tried` is how far that is, empty if no policy of the kind was tried.
    """

    label: str
    actor: str
    unit: str
    values: tuple[str, ...]
    landmarks: tuple[str, ...]
    changed: tuple[bool, ...]
    beyond: tuple[bool, ...]
    tried: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Source:
    """Something the brief rests on."""

    text: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Who decided otherwise in one scenario than in the first, and what weighed."""

    scenario: int
    text: str


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The size of the runs, the same for all."""

    replicates: int
    streams: int
    seed: int
    months: int
    supply: str


@dataclass(frozen=True, kw_only=True)
class Brief:
    """Everything an export says. `date` is given, "YYYY-MM-DD"; `link` may be empty.

    `beyond` are the levers set further than any real policy, `reading` how to read the numbers.
    """

    title: str
    question: str
    date: str
    version: str
    link: str
    settings: Settings
    scenarios: tuple[Told, ...]
    headlines: tuple[str, ...]
    rows: tuple[Row, ...]
    figures: tuple[Figure, ...]
    levers: tuple[LeverRow, ...]
    beyond: tuple[str, ...]
    assumptions: tuple[str, ...]
    reasons: tuple[Reason, ...]
    uncertain: tuple[str, ...]
    cannot_say: tuple[str, ...]
    reading: tuple[str, ...]
    sources: tuple[Source, ...]
    command: str
    apa: str
    bibtex: str

    @property
    def until(self) -> int:
        """Number of the last month."""
        return self.settings.months - 1
