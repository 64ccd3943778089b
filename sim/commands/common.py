"""What commands share: which scenario is meant, which changes to it, how large the run is."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from sim.calendar import month_label
from sim.declare import InputError, printable
from sim.scenario import (
    SUPPLIES,
    Scenario,
    check_month,
    check_supply,
    check_worlds,
    load_scenario,
    parse_assume,
    parse_set,
    preset_names,
    with_changes,
)
from sim.settings import REPLICATES, SEED, STREAMS, check_count
from sim.worlds import WORLDS

if TYPE_CHECKING:  # slow to load, and not needed before the input is checked
    from sim.backend import Backend
    from sim.cluster import Cluster

SCENARIO_HELP = "a TOML file, or the name of a preset or of a saved scenario"


def add_change_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that change every scenario named."""
    add = parser.add_argument
    add("--set", action="append", default=[], metavar="LEVER=VALUE[@YYYY-MM[+MONTHS]]")
    add("--assume", action="append", default=[], metavar="PARAM=VALUE")
    add("--off", action="append", default=[], metavar="MECHANISM")
    add("--until", metavar="YYYY-MM", help="last month (default: the scenario's)")
    add("--supply", metavar="|".join(SUPPLIES), help="where models come from")
    add("--worlds", metavar="|".join(WORLDS), help="where each future's assumptions come from")


def add_size_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say how large a run is."""
    add = parser.add_argument
    add("--replicates", default=str(REPLICATES), metavar="N", help="futures (default 64)")
    add("--streams", default=str(STREAMS), metavar="N", help="demand streams (default 4000)")
    add("--seed", default=str(SEED), metavar="N", help="which futures (default 1)")
    add("--workers", metavar="N", help="processes (default: as many as pay)")


def add_dask_option(parser: argparse.ArgumentParser) -> None:
    """Add the option that moves work to a cluster; see `backend`."""
    dask = "work on the Dask cluster of this scheduler"
    parser.add_argument("--dask", metavar="tcp://HOST:PORT", help=dask)


def add_output_options(parser: argparse.ArgumentParser, *, table: bool = True) -> None:
    """Add the options that say what is printed and written."""
    add = parser.add_argument
    if table:
        add("--out", metavar="FILE", help="write every future to .parquet, .csv or .json")
    add("--json", action="store_true", help="print JSON")
    add("--quiet", action="store_true", help="print nothing but errors")


def find_scenario(source: str) -> Scenario:
    """Return the preset, the file or the saved scenario called `source`, in that order."""
    try:
        return load_scenario(source)
    except InputError as error:
        if source in preset_names() or _is_file(source):
            raise
        from sim.store import saved_scenario

        found = saved_scenario(source)
        if found is None:
            raise error from None
        return found


def _is_file(source: str) -> bool:
    try:
        return Path(source).is_file()
    except OSError:
        return False


def changed(scenario: Scenario, options: argparse.Namespace) -> Scenario:
    """Return the scenario with the changes the options ask for."""
    supply = scenario.supply if options.supply is None else check_supply(options.supply)
    new = with_changes(
        scenario,
        levers=dict(parse_set(text) for text in options.set),
        assumptions=dict(parse_assume(text) for text in options.assume),
        off=tuple(options.off),
        horizon=None if options.until is None else check_month("until", options.until),
    )
    worlds = scenario.worlds if options.worlds is None else check_worlds(options.worlds)
    return dataclasses.replace(new, supply=supply, worlds=worlds)


def scenarios_named(names: list[str], options: argparse.Namespace) -> list[Scenario]:
    """Return several scenarios with the same changes; all must end in the same month."""
    scenarios = [changed(find_scenario(name), options) for name in names]
    if len({scenario.horizon for scenario in scenarios}) > 1:
        ends = ", ".join(f"{s.name} {month_label(s.horizon)}" for s in scenarios)
        raise InputError(f"horizon: the scenarios end in different months ({ends}); set --until")
    return scenarios


class Sizes(TypedDict):
    """How large a run is; workers None: as many as pay."""

    replicates: int
    seed: int
    streams: int
    workers: int | None


def sizes(options: argparse.Namespace) -> Sizes:
    """Return the checked sizes; and check --out now rather than after the run."""
    if getattr(options, "out", None) is not None:
        from sim.export import check_out

        check_out(Path(options.out))
    return {
        "replicates": count("replicates", options.replicates),
        "seed": count("seed", options.seed),
        "streams": count("streams", options.streams),
        "workers": _workers(options),
    }


def _workers(options: argparse.Namespace) -> int | None:
    if options.workers is not None and getattr(options, "dask", None) is not None:
        raise InputError(
            "--workers: not allowed with --dask, whose workers are those of the cluster"
        )
    return None if options.workers is None else count("workers", options.workers)


@contextmanager
def backend(options: argparse.Namespace) -> Iterator[Backend]:
    """Yield where a study is worked on: the cluster of --dask, or processes of this machine."""
    from sim.pool import Pool

    workers = _workers(options)
    with cluster(options) as remote:
        if remote is not None:
            yield remote
        else:
            with Pool(workers) as pool:
                yield pool


@contextmanager
def cluster(options: argparse.Namespace) -> Iterator[Cluster | None]:
    """Yield the cluster of --dask, None if there is none."""
    if options.dask is None:
        yield None
        return
    from sim.cluster import Cluster

    with Cluster(options.dask) as remote:
        yield remote


def count(name: str, text: str) -> int:
    """Return an option as a whole number within its limits."""
    return check_count(name, int(text) if _is_whole(text) else text)


def whole(name: str, text: str) -> int:
    """Return an option as a whole number; what reads it knows the limits."""
    if not _is_whole(text):
        raise InputError(f"{name}: {printable(text)!r} is not a whole number")
    return int(text)


def _is_whole(text: str) -> bool:
    return text.strip().removeprefix("-").isdecimal() and len(text) < 20
