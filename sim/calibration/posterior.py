"""The calibration itself: waves of trials, then sets weighed by real runs, then the file shipped.

Wave 1 spreads trials over the prior. Each later wave puts trials where the emulator of all earlier
ones does not rule them out, and refits it. Sets are then drawn from prior times likelihood by the
emulator and run; each is weighed by the likelihood of what the model really shows over what the
emulator said, so that the emulator proposes and the model decides. SETS are kept, drawn in
proportion to weight.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.calibration.bank import run_bank
from sim.calibration.emulator import Emulator, train
from sim.calibration.matching import (
    CUT,
    Wanted,
    implausibility,
    log_likelihood,
    sample,
    wanted,
)
from sim.calibration.prior import COLUMNS, FREE, around, assumptions, design
from sim.observation import fit_targets
from sim.version import MODEL_VERSION
from sim.worlds import POSTERIOR, VARIED

Floats = npt.NDArray[np.float64]
Say = Callable[[str], None]
Tell = Callable[[int, int], None]

SETS = 400
DIGITS = 6


@dataclass(frozen=True)
class Plan:
    """How much is run: trials of the first wave and of each later one, waves, and candidates for
    the posterior with their number of futures."""

    first: int = 4096
    later: int = 2048
    waves: int = 3
    candidates: int = 2400
    futures: int = 2
    seed: int = 20261125


@dataclass
class Study:
    """What a calibration has so far: trials, what they showed, and what each wave ruled out."""

    points: Floats
    shown: Floats
    waves: list[dict[str, float]] = field(default_factory=list)


def explore(
    plan: Plan, record: Wanted, folder: Path, workers: int, say: Say, tell: Tell
) -> tuple[Study, Emulator]:
    """Run the waves and return all trials and the last emulator."""
    points = design(plan.first, plan.seed)
    study = Study(points, run_bank(points, plan.seed, folder, workers, tell))
    for wave in range(1, plan.waves + 1):
        emulator = train(study.points[:, COLUMNS], study.shown, plan.seed + wave)
        study.waves.append(_ruled_out(emulator, record, plan, wave))
        kept = study.waves[-1]["kept"]
        say(f"wave {wave}: {len(study.points)} trials, {kept:.1%} of the prior not ruled out")
        if wave == plan.waves:
            break
        free = sample(emulator, _wider(record), plan.later, plan.seed + 100 * wave)
        more = around(free, plan.seed + 1000 * wave)
        shown = run_bank(more, plan.seed + 100_000 * wave, folder, workers, tell)
        study.points = np.concatenate([study.points, more])
        study.shown = np.concatenate([study.shown, shown])
    return study, emulator


def _wider(record: Wanted) -> Wanted:
    """Return the record with twice its errors, for waves that should not narrow too soon."""
    return Wanted(record.value, 2.0 * record.sd)


def _ruled_out(emulator: Emulator, record: Wanted, plan: Plan, wave: int) -> dict[str, float]:
    spread = design(8192, plan.seed + 7)[:, COLUMNS]
    worst = implausibility(emulator, spread, record)
    return {"wave": float(wave), "kept": float(np.mean(worst < CUT)), "best": float(worst.min())}


def weigh(points: Floats, shown: Floats, emulator: Emulator, record: Wanted) -> Floats:
    """Return log weights of candidates: likelihood of what the model shows over the emulator's.

    `shown` has shape (futures, candidates, targets).
    """
    mean = shown.mean(axis=0)  # a candidate without some outcome in some future is out
    luck = np.nanmean(shown.var(axis=0, ddof=1), axis=0) / shown.shape[0]
    real = log_likelihood(mean, np.broadcast_to(luck, mean.shape), record)
    said = log_likelihood(*emulator.predict(points[:, COLUMNS]), record)
    weight = np.where(np.isfinite(real), real - said, -np.inf)
    ceiling = float(np.quantile(weight[np.isfinite(weight)], 0.98))
    return np.asarray(np.minimum(weight, ceiling))


def calibrate(
    plan: Plan, folder: Path, workers: int, say: Say, tell: Tell, out: Path = POSTERIOR
) -> dict[str, Any]:
    """Fit the record, write sets to `out` and diagnostics beside it, and return the latter."""
    record = wanted(fit_targets())
    study, emulator = explore(plan, record, folder, workers, say, tell)
    free = sample(emulator, record, plan.candidates, plan.seed + 5)
    points = around(free, plan.seed + 6)
    say(f"posterior: {plan.candidates} candidates, {plan.futures} futures each")
    shown = np.stack(
        [
            run_bank(points, plan.seed + 10_000_000 * (k + 1), folder, workers, tell)
            for k in range(plan.futures)
        ]
    )
    logged = weigh(points, shown, emulator, record)
    weight = np.exp(logged - logged.max())
    weight /= weight.sum()
    chosen = _drawn(weight, SETS)
    counts = np.bincount(chosen, minlength=len(weight))
    kept = np.flatnonzero(counts)
    write_posterior(points[kept], counts[kept] / counts.sum(), out)
    told = _diagnostics(plan, study, weight, points, shown, kept, counts)
    out.with_name("posterior_diagnostics.json").write_text(
        json.dumps(told, indent=1) + "\n", "utf-8"
    )
    return told


def _drawn(weight: Floats, count: int) -> npt.NDArray[np.int64]:
    """Return `count` candidates in proportion to weight, evenly spaced along their sum."""
    places = (np.arange(count) + 0.5) / count
    return np.searchsorted(np.cumsum(weight), places).astype(np.int64)


def write_posterior(points: Floats, weight: Floats, out: Path) -> None:
    """Write sets and weights, one row a set, numbers to six digits."""
    rows = assumptions(points)
    with out.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["weight", *VARIED])
        for share, row in zip(weight.tolist(), rows, strict=True):
            table.writerow([f"{share:.{DIGITS}g}", *(f"{row[name]:.{DIGITS}g}" for name in VARIED)])


def _diagnostics(
    plan: Plan,
    study: Study,
    weight: Floats,
    points: Floats,
    shown: Floats,
    kept: npt.NDArray[np.int64],
    counts: npt.NDArray[np.int64],
) -> dict[str, Any]:
    mean = np.nan_to_num(shown.mean(axis=0))  # where it does not exist its weight is 0
    return {
        "model_version": MODEL_VERSION,
        "plan": vars(plan),
        "waves": study.waves,
        "trials": len(study.points),
        "effective_sample_size": float(1.0 / np.sum(weight**2)),
        "sets": len(kept),
        "free": widths(points[:, COLUMNS], weight),
        "targets": [
            {
                "id": target.id,
                **_spread(mean[:, k], weight),
                "recorded": target.wanted,
                "sd": target.sd,
            }
            for k, target in enumerate(fit_targets())
        ],
        "largest_weight": float(counts.max() / counts.sum()),
    }


def widths(free: Floats, weight: Floats) -> dict[str, dict[str, float]]:
    """Return, by free assumption, median and 90 % range in prior quantiles, and the range over
    the prior's (0.9): 1 where the record says nothing."""
    found = {}
    for k, name in enumerate(FREE):
        low, mid, high = weighted_quantiles(free[:, k], weight, (0.05, 0.5, 0.95))
        found[name] = {"low": low, "median": mid, "high": high, "width": (high - low) / 0.9}
    return found


def weighted_quantiles(values: Floats, weight: Floats, at: Sequence[float]) -> list[float]:
    """Return quantiles of weighted values."""
    order = np.argsort(values, kind="stable")
    total = np.cumsum(weight[order])
    places = np.searchsorted(total / total[-1], np.array(at))
    return [float(v) for v in values[order][np.minimum(places, len(values) - 1)]]


def _spread(values: Floats, weight: Floats) -> dict[str, float]:
    low, mid, high = weighted_quantiles(values, weight, (0.05, 0.5, 0.95))
    return {"low": low, "median": mid, "high": high}
