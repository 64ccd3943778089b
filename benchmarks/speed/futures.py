"""What futures cost: one, many in workers, and how cost grows with streams and with months."""

from __future__ import annotations

import itertools
import math
import time
from dataclasses import replace

from benchmarks.speed.timing import exponent, interleaved, on_the_clock
from sim import twins
from sim.ensemble import run, run_all
from sim.pool import Pool
from sim.replicate import forget_pasts, simulate
from sim.run_cache import RunCache
from sim.scenario import Scenario, load_scenario

STREAMS = 4000
SIZES = (4_000, 16_000, 64_000)
HORIZONS = (71, 119, 215)  # to 2028-12, 2032-12, 2040-12
ROUNDS = 5
ENSEMBLE, PAIRS, SHARED = 64, 100, 32  # SHARED futures are run on one worker and on two
SHARING_ROUNDS = 3
CONTRAST = "full_decoupling"
_WARM_WITHIN_SECONDS = 600.0
_SEED = 1


def one_future() -> dict[str, float]:
    """Return what one future of the status quo costs, compiled and not, from 2023 on; and compiled
    where the process has the state at the end of the record, which the compiled way leaves just
    before. The same futures in each way."""
    scenario = load_scenario("status_quo")
    ways = {"reference": "reference", "compiled": "compiled", "resumed": "compiled"}
    replicates = {way: itertools.count() for way in ways}

    def served(way: str) -> None:
        if way != "resumed":
            forget_pasts()
        with twins.only(ways[way]):
            simulate(scenario, seed=_SEED, replicate=next(replicates[way]), streams=STREAMS)

    best = interleaved({way: lambda way=way: served(way) for way in ways}, ROUNDS)
    return {
        "replicate_ms_compiled": best["compiled"] * 1e3,
        "replicate_ms_numpy": best["reference"] * 1e3,
        "replicate_ms_resumed": best["resumed"] * 1e3,
    }


def growth() -> dict[str, float]:
    """Return how cost grows with streams and with months: exponents of fitted powers."""
    scenario = load_scenario("status_quo")

    def cost(streams: int, horizon: int) -> None:
        asked = replace(scenario, horizon=horizon)
        forget_pasts()
        with twins.only("compiled"):
            simulate(asked, seed=_SEED, replicate=0, streams=streams)

    usual = scenario.horizon
    by_streams = interleaved({str(n): lambda n=n: cost(n, usual) for n in SIZES}, ROUNDS - 2)
    by_months = interleaved({str(h): lambda h=h: cost(STREAMS, h) for h in HORIZONS}, ROUNDS)
    return {
        "exponent_streams": exponent(SIZES, list(by_streams.values())),
        "exponent_months": exponent([h + 1 for h in HORIZONS], list(by_months.values())),
    }


def in_workers() -> dict[str, float]:
    """Return what ensembles take on the clock in warm workers, and what a known run takes.

    Every figure is of a seed of its own, so that no worker has a past that it should not have; of
    the next scenario of a seed, workers have the past. One worker and two are timed in turn.
    """
    scenario, other = load_scenario("status_quo"), load_scenario(CONTRAST)
    seeds = itertools.count(_SEED + 1)
    alone = together = math.inf
    with warm_pool(1) as one, warm_pool(2) as two:
        for seed in itertools.islice(seeds, SHARING_ROUNDS):
            alone = min(alone, on_the_clock(lambda s=seed: _ensemble(scenario, SHARED, one, s)))
            together = min(
                together, on_the_clock(lambda s=seed: _ensemble(scenario, SHARED, two, s))
            )
        seed = next(seeds)
        ensemble = on_the_clock(lambda: _ensemble(scenario, ENSEMBLE, two, seed))
        again = on_the_clock(lambda: _ensemble(other, ENSEMBLE, two, seed))
        seed = next(seeds)
        contrast = on_the_clock(
            lambda: run_all(
                [scenario, other], replicates=PAIRS, seed=seed, streams=STREAMS, pool=two
            )
        )
        cache = RunCache()
        run(scenario, replicates=ENSEMBLE, seed=_SEED, streams=STREAMS, pool=two, cache=cache)
    return {
        "ensemble_64_s": ensemble,
        "ensemble_64_next_s": again,
        "contrast_100_s": contrast,
        "workers_2_over_1": alone / together,
        "cache_hit_ms": 1e3 * min(on_the_clock(lambda: _hit(scenario, cache)) for _ in range(5)),
    }


def warm_pool(workers: int) -> Pool:
    """Return workers that have all run a future on compiled code."""
    pool, latest = Pool(workers), time.monotonic() + _WARM_WITHIN_SECONDS
    while not pool.is_warm:
        if time.monotonic() > latest:
            pool.close()
            raise RuntimeError(f"{workers} workers are not warm after {_WARM_WITHIN_SECONDS:.0f} s")
        time.sleep(0.05)
    return pool


def _ensemble(scenario: Scenario, replicates: int, pool: Pool, seed: int) -> None:
    run(scenario, replicates=replicates, seed=seed, streams=STREAMS, pool=pool)


def _hit(scenario: Scenario, cache: RunCache) -> None:
    run(scenario, replicates=ENSEMBLE, seed=_SEED, streams=STREAMS, cache=cache)
