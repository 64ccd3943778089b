"""What a run returns: one array of futures, read as a tidy table, as bands or as one series."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sim.calendar import month_label
from sim.declare import unknown
from sim.log import Entries
from sim.outcomes import OUTCOMES, ROW, SERIES, outcome
from sim.scenario import Scenario

if TYPE_CHECKING:  # a third of a second, which only tables need
    import pandas as pd

Floats = npt.NDArray[np.float64]
COLUMNS = ("scenario", "replicate", "month", "outcome", "group", "value", "unit")
QUANTILES = {"low90": 0.05, "low50": 0.25, "median": 0.5, "high50": 0.75, "high90": 0.95}


@dataclass(frozen=True, eq=False)
class Result:
    """All futures of one scenario.

    `values` has shape (replicates, series, months); series in the order of `outcomes.SERIES`.
    A value that does not exist in a month (no such model yet) is NaN. `logs` holds what was
    decided in each future, one structured array of `log.ENTRY` a future.
    """

    scenario: Scenario
    seed: int
    streams: int
    run_id: str
    values: Floats
    logs: tuple[Entries, ...] = ()

    @property
    def replicates(self) -> int:
        """Number of futures."""
        return int(self.values.shape[0])

    @cached_property
    def months(self) -> list[str]:
        """Labels "YYYY-MM" of the simulated months."""
        return [month_label(m) for m in range(self.values.shape[2])]

    def series(self, outcome_id: str, group: str) -> Floats:
        """Return one series, shape (replicates, months); InputError if it is not reported."""
        known = outcome(outcome_id)
        if group not in known.groups:
            raise unknown(f"group of {outcome_id}", group, known.groups)
        return self.values[:, ROW[outcome_id, group], :]

    def bands(self, outcome_id: str, group: str) -> pd.DataFrame:
        """Return month, median, and the ends of the 50 and 90 % bands over the futures."""
        return band_frame(self.series(outcome_id, group), self.months)

    @property
    def frame(self) -> pd.DataFrame:
        """The tidy table, one row per future, month and series; COLUMNS are its columns."""
        import pandas as pd

        n_rep, n_series, n_months = self.values.shape
        of_series = np.tile(np.repeat(np.arange(n_series), n_months), n_rep)
        units = {o.id: o.unit for o in OUTCOMES}
        columns = (
            _category(np.zeros(self.values.size, dtype=np.int64), [self.scenario.name]),
            np.repeat(np.arange(n_rep, dtype=np.int32), n_series * n_months),
            _category(np.tile(np.arange(n_months), n_rep * n_series), self.months),
            _category(of_series, [o for o, _ in SERIES]),
            _category(of_series, [g for _, g in SERIES]),
            self.values.ravel(),
            _category(of_series, [units[o] for o, _ in SERIES]),
        )
        return pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)))


def _category(codes: npt.NDArray[np.int64], labels: list[str]) -> pd.Categorical[str]:
    """Return a categorical column whose labels may repeat in `labels`."""
    import pandas as pd

    distinct = sorted(set(labels))
    place = np.array([distinct.index(label) for label in labels], dtype=np.int64)
    return pd.Categorical.from_codes(place[codes].astype(np.int64), categories=pd.Index(distinct))


def band_frame(values: Floats, months: list[str]) -> pd.DataFrame:
    """Return the bands of `values`, shape (replicates, months), as a frame by month.

    Futures in which the value does not exist are left out; NaN where it exists in none.
    """
    import pandas as pd

    ends = quantiles(values, QUANTILES.values())
    return pd.DataFrame({"month": months} | dict(zip(QUANTILES, ends, strict=True)))


def quantiles(values: Floats, probabilities: Iterable[float]) -> list[Floats]:
    """Return quantiles over the first axis, NaN left out; as np.quantile, and NaN if none is left.

    np.nanquantile gives the same but takes a Python call for each column.
    """
    ordered = np.sort(values, axis=0).reshape(len(values), -1)  # NaN sorts last
    last = np.maximum(np.sum(~np.isnan(ordered), axis=0) - 1, 0)
    columns = np.arange(last.size)
    found = []
    for probability in probabilities:
        place = probability * last
        below = np.floor(place).astype(np.intp)
        low, high = ordered[below, columns], ordered[np.minimum(below + 1, last), columns]
        part, width = place - below, high - low
        ends = np.where(part < 0.5, low + width * part, high - width * (1.0 - part))
        found.append(ends.reshape(values.shape[1:]))
    return found
