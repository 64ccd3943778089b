"""What the model shows at each trial: runs of both supplies, observed as the sources saw the world.

A trial is run with worlds "central" and its own assumptions, once with the record's supply and once
with supply simulated from 2023, to the last month any target needs. Chunks of trials are kept on
disk as they finish, so that a killed calibration goes on where it was.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sim.calendar import month_index
from sim.calibration.prior import assumptions
from sim.observation import Target, fit_targets, observe_all
from sim.replicate import simulate
from sim.scenario import SUPPLIES, Scenario
from sim.twins import install
from sim.version import MODEL_VERSION

Floats = npt.NDArray[np.float64]
Tell = Callable[[int, int], None]

HORIZON = month_index("2026-10")
STREAMS = 1000
CHUNK = 32


def show(values: dict[str, float], seed: int, targets: tuple[Target, ...]) -> Floats:
    """Return what the model shows for each target in one future with these assumptions."""
    found: dict[str, Floats] = {}
    for supply in SUPPLIES:
        scenario = Scenario(
            "trial", "trial", "", {}, values, horizon=HORIZON, supply=supply, worlds="central"
        )
        future = simulate(scenario, seed=seed, replicate=0, streams=STREAMS)
        found[supply] = future.values[None]
    shown: Floats = observe_all(targets, found)[0]
    return shown


def show_chunk(points: Floats, seeds: npt.NDArray[np.int64]) -> Floats:
    """Return what the model shows at each trial, shape (trials, targets); fitted targets only."""
    targets = fit_targets()
    rows = zip(assumptions(points), seeds.tolist(), strict=True)
    return np.stack([show(values, seed, targets) for values, seed in rows])


def run_bank(
    points: Floats, seed: int, folder: Path, workers: int, tell: Tell | None = None
) -> Floats:
    """Return what the model shows at all trials, shape (trials, targets).

    Trial k is run with seed `seed` + k. Finished chunks in `folder` are read and not run again;
    they are named for a digest of trials, seed, model and targets.
    """
    folder.mkdir(parents=True, exist_ok=True)
    starts = list(range(0, len(points), CHUNK))
    files = {
        start: folder / f"{_digest(points[start : start + CHUNK], seed + start)}.npy"
        for start in starts
    }
    waiting = [start for start in starts if not files[start].is_file()]
    done = len(starts) - len(waiting)
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=install) as pool:
        jobs = {
            pool.submit(
                show_chunk,
                points[start : start + CHUNK],
                seed + np.arange(start, min(start + CHUNK, len(points))),
            ): start
            for start in waiting
        }
        for job in as_completed(jobs):
            _keep(files[jobs[job]], job.result())
            done += 1
            if tell is not None:
                tell(min(done * CHUNK, len(points)), len(points))
    return np.concatenate([np.load(files[start]) for start in starts])


def _keep(file: Path, values: Floats) -> None:
    """Write a chunk whole or not at all."""
    draft = file.with_suffix(f".{os.getpid()}.part")
    with draft.open("wb") as out:
        np.save(out, values)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(file)


def _digest(points: Floats, seed: int) -> str:
    told = hashlib.sha256(f"{MODEL_VERSION} {seed} {STREAMS} {HORIZON}\n".encode())
    told.update(np.ascontiguousarray(points).tobytes())
    for target in fit_targets():
        told.update(repr(target).encode())
    return told.hexdigest()[:24]
