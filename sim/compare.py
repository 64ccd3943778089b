"""How two scenarios differ: future by future against the first, so that chance cancels.

Scenarios that share seed, replicates, streams and horizon meet the same futures. The difference
in one future is what the scenario changed in that world; equal scenarios differ by exactly zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Unpack

import numpy as np
import numpy.typing as npt

from sim.calendar import LAST_OBSERVED_MONTH, month_label
from sim.declare import InputError
from sim.levers import BY_ID as LEVERS
from sim.outcomes import BY_ID as OUTCOMES
from sim.outcomes import SERIES, outcome
from sim.result import Result, quantiles
from sim.scenario import Scenario, check_month

if TYPE_CHECKING:  # pandas and the engine are slow to load; every process imports this module
    import pandas as pd

    from sim.ensemble import RunOptions

Floats = npt.NDArray[np.float64]
LEVELS = {"median": 0.5, "low50": 0.25, "high50": 0.75, "low90": 0.05, "high90": 0.95}
DIFFERENCES = {"difference": 0.5, "difference_low90": 0.05, "difference_high90": 0.95}


@dataclass(frozen=True, eq=False)
class Comparison:
    """Scenarios on the same futures; the first is what the others are compared with."""

    results: tuple[Result, ...]

    @property
    def labels(self) -> list[str]:
        """Names of the scenarios; a name that repeats gets a number."""
        names = [result.scenario.name for result in self.results]
        return [
            name if names[:at].count(name) == 0 else f"{name} ({names[:at].count(name) + 1})"
            for at, name in enumerate(names)
        ]

    @property
    def differences(self) -> tuple[Floats, ...]:
        """Each scenario less the first, shape (replicates, series, months) each."""
        base = self.results[0].values
        return tuple(paired_difference(result.values, base) for result in self.results)

    def difference(self, at: int, outcome_id: str, group: str) -> Floats:
        """Return one series of scenario number `at` less the first, (replicates, months)."""
        return paired_difference(
            self.results[at].series(outcome_id, group), self.results[0].series(outcome_id, group)
        )

    def lever_differences(self) -> pd.DataFrame:
        """Return one row per scenario for each lever whose path is not the same in all.

        Columns lever, label, unit, scenario, value, start, phase_in_months. A scenario that
        keeps the status quo has the lever's value in the last month, and no start.
        """
        import pandas as pd

        rows = [
            _lever_row(lever_id, label, result.scenario)
            for lever_id in LEVERS
            if self._differs(lever_id)
            for label, result in zip(self.labels, self.results, strict=True)
        ]
        frame = pd.DataFrame(rows, columns=list(_LEVER_COLUMNS))
        starts = [row[_LEVER_COLUMNS.index("start")] for row in rows]
        return frame.assign(start=pd.Series(starts, dtype=object))  # else None becomes NaN

    def summary(
        self, months: Iterable[str] | None = None, outcomes: Iterable[str] | None = None
    ) -> pd.DataFrame:
        """Return level and difference of each scenario, outcome, group and month.

        `months` are labels "YYYY-MM" (every December, today and the last month if None);
        `outcomes` are outcome names (all if None). Futures in which a value does not exist are
        left out; `n` counts those left. `standard_error` is that of the mean difference, from
        the number of futures alone.
        """
        import pandas as pd

        rows = series_rows(outcomes)
        columns = month_columns(months, self.results[0].scenario.n_months)
        base = self.results[0].values[np.ix_(range(len(self.results[0].values)), rows, columns)]
        parts = []
        for label, result in zip(self.labels, self.results, strict=True):
            values = result.values[np.ix_(range(len(base)), rows, columns)]
            told = level_bands(values) | difference_bands(paired_difference(values, base))
            parts.append(tidy(label, rows, columns, told))
        return pd.concat(parts, ignore_index=True)

    def _differs(self, lever_id: str) -> bool:
        first, *others = (result.scenario.path(lever_id) for result in self.results)
        return any(not np.array_equal(first, other) for other in others)


def compare(*results: Result) -> Comparison:
    """Return the comparison of two or more results against the first.

    Raises InputError unless all share seed, replicates, streams and horizon.
    """
    if len(results) < 2:
        raise InputError(f"compare: {len(results)} result given; needs two or more")
    first = results[0]
    for other in results[1:]:
        for name, mine, theirs in (
            ("seed", first.seed, other.seed),
            ("replicates", first.replicates, other.replicates),
            ("streams", first.streams, other.streams),
            ("horizon", _until(first), _until(other)),
        ):
            if mine != theirs:
                raise InputError(
                    f"compare: {name} is {mine} in {first.scenario.name!r} but {theirs} in "
                    f"{other.scenario.name!r}; only runs on the same futures can be compared"
                )
    return Comparison(results)


def compare_scenarios(scenarios: Sequence[Scenario], **options: Unpack[RunOptions]) -> Comparison:
    """Return the comparison of scenarios, run on the same futures.

    The options are those of `ensemble.iter_runs`; `progress` counts futures of all scenarios.
    """
    from sim.ensemble import run_all

    return compare(*run_all(scenarios, **options))


def paired_difference(values: Floats, base: Floats) -> Floats:
    """Return `values` less `base`; zero where neither exists, NaN where only one does."""
    return np.where(np.isnan(values) & np.isnan(base), 0.0, values - base)


def level_bands(values: Floats) -> dict[str, Floats]:
    """Return the median and the ends of the 50 and 90 % bands over the first axis, by name."""
    return dict(zip(LEVELS, quantiles(values, LEVELS.values()), strict=True))


def difference_bands(values: Floats) -> dict[str, Floats]:
    """Return what is told of paired differences, shape (replicates, ...), by name."""
    exists = ~np.isnan(values)
    n = exists.sum(axis=0)
    some = np.where(n > 0, n, np.nan)
    mean = np.where(exists, values, 0.0).sum(axis=0) / some
    squares = np.where(exists, (values - mean) ** 2, 0.0).sum(axis=0)
    return dict(zip(DIFFERENCES, quantiles(values, DIFFERENCES.values()), strict=True)) | {
        "difference_mean": mean,
        "share_positive": (values > 0).sum(axis=0) / some,
        "share_negative": (values < 0).sum(axis=0) / some,
        "n": n,
        "standard_error": np.sqrt(squares / np.where(n > 1, (n - 1.0) * n, np.nan)),
    }


def series_rows(outcomes: Iterable[str] | None) -> list[int]:
    """Return the rows of `outcomes.SERIES` that belong to the named outcomes, or all."""
    wanted = set(OUTCOMES) if outcomes is None else {outcome(name).id for name in outcomes}
    return [row for row, (name, _) in enumerate(SERIES) if name in wanted]


def month_columns(months: Iterable[str] | None, n_months: int) -> list[int]:
    """Return month numbers of the labels, or every December, today and the last month."""
    if months is not None:
        return [check_month("months", label, n_months - 1) for label in months]
    marks = {*range(11, n_months, 12), LAST_OBSERVED_MONTH, n_months - 1}
    return sorted(month for month in marks if month < n_months)


def tidy(label: str, rows: list[int], columns: list[int], told: dict[str, Floats]) -> pd.DataFrame:
    """Return arrays of shape (rows, columns) as a frame by scenario, outcome, group, month."""
    import pandas as pd

    series = np.repeat(rows, len(columns))
    keys = {
        "scenario": label,
        "outcome": [SERIES[row][0] for row in series],
        "group": [SERIES[row][1] for row in series],
        "month": [month_label(month) for month in columns] * len(rows),
        "unit": [OUTCOMES[SERIES[row][0]].unit for row in series],
    }
    return pd.DataFrame(keys | {name: values.ravel() for name, values in told.items()})


_LEVER_COLUMNS = ("lever", "label", "unit", "scenario", "value", "start", "phase_in_months")


def _lever_row(lever_id: str, label: str, scenario: Scenario) -> tuple[object, ...]:
    lever, setting = LEVERS[lever_id], scenario.changed_levers().get(lever_id)
    if setting is None:
        told: tuple[object, ...] = (float(scenario.path(lever_id)[-1]), None, 0)
    else:
        told = (setting.value, month_label(setting.start), setting.phase_in_months)
    return (lever_id, lever.label, lever.unit, label, *told)


def _until(result: Result) -> str:
    return month_label(result.scenario.horizon)
