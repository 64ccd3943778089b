"""What a fresh process takes: to its first result, and for a million streams."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.speed.timing import on_the_clock
from sim import compiling, twins

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 3
FIRST_RESULT = """
from sim import load_scenario, run
run(load_scenario("status_quo"), replicates=1, workers=1)
"""
MILLION = """
import json, resource, time
from sim import compiling, load_scenario
from sim.replicate import simulate
compiling.load()
began = time.process_time()
simulate(load_scenario("status_quo"), seed=1, replicate=0, streams=1_000_000)
seconds = time.process_time() - began
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # kB on Linux
print(json.dumps([seconds, peak * 1024 / 1e9]))
"""


def starting() -> dict[str, float]:
    """Return the seconds from starting Python to a first result, without and with machine code on
    disk; both with Python's own compiled files, and the least of several, in turn."""
    compile_everything()
    cold = warm = math.inf
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as empty:
            cold = min(cold, on_the_clock(lambda at=empty: _run(FIRST_RESULT, cache=at)))
        warm = min(warm, on_the_clock(lambda: _run(FIRST_RESULT)))
    return {"cold_start_s": cold, "warm_start_s": warm}


def million() -> dict[str, float]:
    """Return what one future with a million streams takes: processor time, and the process's most
    memory, in a process of its own."""
    seconds, gigabytes = json.loads(_run(MILLION))
    return {"million_streams_s": seconds, "million_streams_gb": gigabytes}


def compile_everything() -> None:
    """Have all machine code on disk; a minute where there is none."""
    subprocess.run([sys.executable, "-m", "sim.compiling"], cwd=ROOT, check=True)
    assert compiling.is_complete()


def _run(code: str, cache: str | None = None) -> str:
    changed = {} if cache is None else {twins.CACHE: cache}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | changed,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout
