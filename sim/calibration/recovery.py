"""Whether the method finds what is there: made-up records whose true assumptions are known.

A made-up record is what the model shows at a trial the emulator has not learnt from, with the
errors of the real record added. The emulator then fits it as it would the real one. Assumptions
whose 90 % range is narrow on average are called identified; of these, truth must lie in the range
in nine of ten records. Ranks of the truth among posterior draws are even where the method is
calibrated (simulation-based calibration, Talts and others 2018). Pairs that trade off are those
whose draws correlate.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.calibration.emulator import Emulator
from sim.calibration.matching import Wanted, sample
from sim.calibration.prior import COLUMNS, FREE
from sim.chance import Dice, Purpose, normal_quantile

Floats = npt.NDArray[np.float64]
Say = Callable[[str], None]

RECORDS = 20
DRAWS = 400
IDENTIFIED_WIDTH = 0.7
RIDGE = 0.4


def made_up(shown: Floats, record: Wanted, seed: int) -> Floats:
    """Return one trial's showings with errors like the record's added."""
    numbers = np.arange(shown.size, dtype=np.uint64)
    luck = normal_quantile(Dice(seed, 0).uniform(Purpose.WORLD, numbers, 3))
    return shown + record.sd * luck


def recover(
    points: Floats, shown: Floats, emulator: Emulator, record: Wanted, seed: int, say: Say
) -> dict[str, Any]:
    """Fit what was `shown` at fresh `points`, (records, VARIED) and (records, targets).

    Return, by free assumption: how often truth lay in its 90 % range, mean width of the range
    over the prior's, ranks of the truth, and whether it is called identified; and the ridges."""
    trials = np.flatnonzero(np.isfinite(shown).all(axis=1))
    ranks, inside, width = [], [], []
    together = np.zeros((len(FREE), len(FREE)))
    for number, trial in enumerate(trials.tolist()):
        false = Wanted(made_up(shown[trial], record, seed + trial), record.sd)
        draws = sample(emulator, false, DRAWS, seed + number)
        truth = points[trial, COLUMNS]
        low, high = np.quantile(draws, [0.05, 0.95], axis=0)
        ranks.append((draws < truth).mean(axis=0))
        inside.append((truth >= low) & (truth <= high))
        width.append((high - low) / 0.9)
        together += np.corrcoef(draws.T) / len(trials)
        say(f"record {number + 1} of {len(trials)}")
    mean_width = np.mean(width, axis=0)
    return {
        "records": len(trials),
        "assumptions": {
            name: {
                "covered": float(np.mean(inside, axis=0)[k]),
                "width": float(mean_width[k]),
                "identified": bool(mean_width[k] < IDENTIFIED_WIDTH),
                "ranks": [round(float(rank[k]), 3) for rank in ranks],
            }
            for k, name in enumerate(FREE)
        },
        "ridges": _ridges(together),
    }


def _ridges(together: Floats) -> list[dict[str, Any]]:
    pairs = [
        {"one": FREE[i], "other": FREE[j], "correlation": round(float(together[i, j]), 2)}
        for i in range(len(FREE))
        for j in range(i)
        if abs(together[i, j]) >= RIDGE
    ]
    return sorted(pairs, key=lambda pair: -abs(float(str(pair["correlation"]))))
