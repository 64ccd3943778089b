"""A process that saves as fast as it can and says on stdout what was saved; to be killed at it.

Every save writes one token into title, levers, note and tags, so that half a save would show.
"""

from __future__ import annotations

import itertools
import json
import sys

import numpy as np

from sim import InputError, LeverSetting, Scenario
from sim.outcomes import SERIES
from sim.result import Result
from sim.run_id import run_id
from sim.store import Saved, Store

LEVER = "us_open_funding"
N_RUNS = 20


def work(token: str) -> Scenario:
    """Return a scenario that carries a token, a number, wherever it can."""
    story = "\n".join([token] * 40)
    return Scenario("x", token, story=story, levers={LEVER: LeverSetting(float(token))})


def run(number: int) -> Result:
    """Return a run, without having run it."""
    asked = work(str(number))
    values = np.full((2, len(SERIES), 24), float(number))
    return Result(asked, 1, 200, run_id(asked, seed=1, replicates=2, streams=200), values)


def tell(**what: object) -> None:
    """Say what was done, once it was."""
    print(json.dumps(what), flush=True)


def told(record: Saved, token: str, note: str) -> Saved:
    """Say what a record now holds."""
    gone = record.deleted_at is not None
    tell(id=record.id, revision=record.revision, token=token, note=note, gone=gone)
    return record


def write(store: Store, name: str) -> None:
    """Save new scenarios and over them, note, delete, undelete and keep runs, for ever."""
    for number in itertools.count():
        first, second, third = (str((3 * number + k) % 1000) for k in range(3))
        made = store.save_as(work(first), f"{name} {number}", tags=[first])
        told(made, first, first)
        over = store.save(work(second), made.id, revision=1, tags=[second])
        told(over, second, second)
        noted = store.annotate(over.id, revision=2, story="\n".join([third] * 40), tags=[third])
        told(noted, second, third)
        if number % 3 == 0:
            told(store.delete(made.id), second, third)
            told(store.undelete(made.id), second, third)
        if number % 4 == 0:
            tell(run=store.runs.keep(run(number % N_RUNS)).run_id)


if __name__ == "__main__":
    try:
        write(Store(sys.argv[1]), sys.argv[2])
    except InputError as error:  # the database went away
        tell(error=str(error))
