"""What a brief admits: what is assumed, what the runs leave open, what the model cannot say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from sim.brief.likelihood import count_error
from sim.brief.record import Row, Settings, Told
from sim.brief.sentences import named
from sim.calendar import LAST_OBSERVED_MONTH
from sim.compare import Comparison
from sim.declare import Confidence
from sim.mechanisms import BY_ID as MECHANISMS
from sim.parameters import ASSUMPTIONS
from sim.run_id import changed_assumptions
from sim.scenario import Scenario
from sim.shocks import BY_ID as SHOCKS
from sim.wording import and_list, dial, month_words

TEXT = Path(__file__).parent / "text"
MOST_OPEN = 6
_GRADES: dict[Confidence, str] = {
    "evidence": "rest on evidence",
    "estimate": "are estimates",
    "assumption": "are judgements of ours",
}


def bullets(name: str) -> tuple[str, ...]:
    """Return the points of a list in text/, one a line that starts with a dash."""
    text = (TEXT / f"{name}.md").read_text(encoding="utf-8").replace("\n  ", " ")
    return tuple(line[2:].strip() for line in text.splitlines() if line.startswith("- "))


def assumptions(comparison: Comparison) -> tuple[str, ...]:
    """Return what the scenarios assume: what they share, and where they differ."""
    scenarios = [result.scenario for result in comparison.results]
    told = [_world(scenario) for scenario in scenarios]
    common = [point for point in told[0] if all(point in other for other in told)]
    own = [
        f"{scenario.title} alone: {point}"
        for scenario, points in zip(scenarios, told, strict=True)
        for point in points
        if point not in common
    ]
    grades = Counter(quantity.confidence for quantity in ASSUMPTIONS.values())
    graded = and_list([f"{grades[grade]} {words}" for grade, words in _GRADES.items()])
    supply = (
        f"Releases, dates and prices to {month_words(LAST_OBSERVED_MONTH)} are the record; what "
        "comes later is simulated."
        if scenarios[0].supply == "observed"
        else "Releases are simulated from the first month, the record before today included."
    )
    shared = common or ["Every assumption about the world is at its default."]
    return (
        *([] if own and not common else shared),
        *own,
        f"Of {len(ASSUMPTIONS)} numbers assumed about the world {graded}; docs/ODD.md grades each.",
        supply,
    )


def _world(scenario: Scenario) -> list[str]:
    """Return where a scenario leaves the default world, one sentence each."""
    moved = [
        f"{ASSUMPTIONS[name].label} is {dial(ASSUMPTIONS[name]).say(value)} and not "
        f"{dial(ASSUMPTIONS[name]).say(ASSUMPTIONS[name].default)} ({ASSUMPTIONS[name].unit})."
        for name, value in changed_assumptions(scenario).items()
    ]
    off = [f"The mechanism “{MECHANISMS[name].label}” is switched off." for name in scenario.off]
    struck = [
        f"A shock is scheduled for {month_words(shock.month)}: {SHOCKS[shock.kind].label}."
        for shock in scenario.shocks
    ]
    return moved + off + struck


def uncertain(
    rows: Sequence[Row], scenarios: Sequence[Told], settings: Settings
) -> tuple[str, ...]:
    """Return what these runs leave open."""
    n = settings.replicates
    open_signs = [
        f"Whether {named(scenarios, at)} raises or lowers {row.phrase}: {cell.change.sure}."
        for at in range(len(scenarios))
        for row in rows
        if (cell := row.cells[at]).change is not None
        and cell.change.direction in ("either", "still")
    ]
    more = len(open_signs) - MOST_OPEN
    counted = f"A count is of {n} futures, put on a scale of 100"
    return (
        *bullets("uncertain"),
        f"{counted}: one near 50 of 100 may be off by {count_error(n)} from chance alone.",
        *open_signs[:MOST_OPEN],
        *([f"The sign of {more} more differences in the table."] if more > 0 else []),
    )
