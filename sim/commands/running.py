"""How commands get their futures: where, from what is kept, and how many."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

from sim.commands import common
from sim.declare import InputError
from sim.outcomes import outcome
from sim.scenario import Scenario
from sim.settings import MOST

if TYPE_CHECKING:  # slow to load, and not needed before the input is checked
    from sim.ensemble import RunOptions
    from sim.pool import Pool
    from sim.precision import Precise, Target
    from sim.result import Result
    from sim.run_cache import RunCache


class Runs:
    """Runs scenarios one after another on one pool, and tells how many futures are done in all."""

    def __init__(self, pool: Pool, seed: int, tell: Callable[[int], None]) -> None:
        self._pool, self._seed, self._tell, self._done = pool, seed, tell, 0

    def __call__(self, scenario: Scenario, replicates: int, streams: int, later: int = 0) -> Result:
        """Return a run, on the futures of the seed or of a `later` one."""
        from sim import ensemble

        result = ensemble.run(
            scenario,
            replicates=replicates,
            streams=streams,
            seed=self._seed + later,
            pool=self._pool,
            progress=lambda finished, _: self._tell(self._done + finished),
        )
        self._done += replicates
        return result


def add_running_options(parser: argparse.ArgumentParser) -> None:
    """Add where futures are run, whether runs are kept, and how small their error is to be."""
    common.add_dask_option(parser)
    add = parser.add_argument
    add("--no-cache", action="store_true", help="neither use nor keep runs on disk")
    add(
        "--precision",
        metavar="X",
        help="add futures until the standard error of one number, or of its difference from the "
        "first scenario, is at most X: 0.5pt for a share, else in the outcome's unit",
    )
    add("--outcome", metavar="NAME", help="which number (default: the first headline)")
    add("--group", metavar="GROUP", help="of which group (default: the outcome's headline)")
    add("--at", metavar="YYYY-MM", help="in which month (default: the last)")
    add("--max-replicates", metavar="N", help=f"futures at which to give up (default {MOST})")


def run_futures(
    scenarios: list[Scenario], options: argparse.Namespace
) -> tuple[tuple[Result, ...], Precise | None]:
    """Return the same futures of all scenarios, and what became of --precision if it was asked."""
    chosen, most = common.sizes(options), _most(options)
    from sim.ensemble import run_all
    from sim.precision import run_until
    from sim.progress import shown_progress

    wanted = _target(options, scenarios[0].horizon)
    with common.cluster(options) as pool, shown_progress(quiet=options.quiet) as bar:
        told: RunOptions = {**chosen, "pool": pool, "progress": bar, "cache": run_cache(options)}
        if wanted is None:
            return run_all(scenarios, **told), None
        precise = run_until(scenarios, wanted, most=most, **told)
        return precise.results, precise


def below(precise: Precise | None) -> str:
    """Return what is printed below the table of a run to a stated precision."""
    return "" if precise is None else f"\n\n{precise.text}"


def beside(precise: Precise | None) -> dict[str, object]:
    """Return what JSON says of a run to a stated precision."""
    return {} if precise is None else {"precision": precise.document}


def _most(options: argparse.Namespace) -> int:
    """Return --max-replicates, and refuse options that mean nothing without --precision."""
    for name in ("outcome", "group", "at", "max_replicates"):
        if options.precision is None and getattr(options, name) is not None:
            raise InputError(f"--{name.replace('_', '-')}: needs --precision")
    if options.max_replicates is None:
        return MOST
    return common.count("max-replicates", options.max_replicates)


def _target(options: argparse.Namespace, horizon: int) -> Target | None:
    if options.precision is None:
        return None
    from sim.precision import parse_target
    from sim.report import HEADLINES

    name = options.outcome or HEADLINES[0][0]
    group = options.group or dict(reversed(HEADLINES)).get(name) or outcome(name).groups[0]
    return parse_target(options.precision, name, group, options.at, horizon)


def run_cache(options: argparse.Namespace) -> RunCache | None:
    """Return the runs kept on disk, None if they are to be kept out of."""
    if options.no_cache:
        return None
    from sim.run_cache import RunCache
    from sim.run_files import default_files

    return RunCache(files=default_files())
