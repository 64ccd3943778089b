"""What the command line accepts: levers, run and compare, with the same words as the library.

Bad input of any kind ends with status 2 and one line on stderr that names field, value and rule.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import sys
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import NoReturn, TypedDict

from sim.calendar import month_label
from sim.declare import InputError, printable
from sim.progress import ProgressBar
from sim.scenario import (
    SUPPLIES,
    Scenario,
    check_month,
    load_scenario,
    parse_assume,
    parse_set,
    preset_names,
    with_changes,
)
from sim.settings import REPLICATES, SEED, STREAMS, check_count
from sim.version import MODEL_VERSION

_LINE_LIMIT = 400


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one line, without the usage."""

    def error(self, message: str) -> NoReturn:
        raise InputError(f"{message}; see {self.prog} --help")


def main(argv: list[str] | None = None) -> int:
    """Run one command; return 0, 2 for bad input, 1 for a failed worker, 130 if interrupted."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal may lack letters that titles use
            stream.reconfigure(errors="replace")
    try:
        _dispatch(_parser().parse_args(argv))
        sys.stdout.flush()
    except SystemExit as stop:  # how argparse ends --help and --version
        return int(stop.code or 0)
    except InputError as error:
        return _fail(str(error), 2)
    except BrokenProcessPool as error:
        return _fail(str(error), 1)
    except KeyboardInterrupt:
        return _fail("interrupted", 130)
    except BrokenPipeError:  # the reader, as in `| head`, has seen enough
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123 - else Python flushes at exit
    return 0


def _fail(message: str, status: int) -> int:
    print(f"error: {printable(message, _LINE_LIMIT)}", file=sys.stderr)
    return status


def _dispatch(options: argparse.Namespace) -> None:
    commands = {"levers": _levers, "run": _run, "compare": _compare}
    commands[options.command](options)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m sim",
        description="Frontier & Commons: a simulator of open and closed AI policy.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"frontier-commons {MODEL_VERSION}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    levers = commands.add_parser("levers", help="list every lever", allow_abbrev=False)
    levers.add_argument("--json", action="store_true", help="print JSON")
    run = commands.add_parser("run", help="run one scenario", allow_abbrev=False)
    run.add_argument("scenario", metavar="SCENARIO", help=_SCENARIO_HELP)
    _add_options(run)
    compare = commands.add_parser(
        "compare", help="compare scenarios with the first, future by future", allow_abbrev=False
    )
    compare.add_argument("scenario", metavar="A", help=_SCENARIO_HELP)
    compare.add_argument("others", metavar="B", nargs="+", help="what is compared with A")
    _add_options(compare)
    return parser


_SCENARIO_HELP = "a TOML file, or the name of a preset or of a saved scenario"


def _add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options `run` and `compare` share; they apply to every scenario named."""
    add = parser.add_argument
    add("--set", action="append", default=[], metavar="LEVER=VALUE[@YYYY-MM[+MONTHS]]")
    add("--assume", action="append", default=[], metavar="PARAM=VALUE")
    add("--off", action="append", default=[], metavar="MECHANISM")
    add("--replicates", default=str(REPLICATES), metavar="N", help="futures (default 64)")
    add("--streams", default=str(STREAMS), metavar="N", help="demand streams (default 4000)")
    add("--seed", default=str(SEED), metavar="N", help="which futures (default 1)")
    add("--until", metavar="YYYY-MM", help="last month (default: the scenario's)")
    add("--supply", metavar="|".join(SUPPLIES), help="where models come from")
    add("--workers", metavar="N", help="processes (default: as many as pay)")
    add("--out", metavar="FILE", help="write every future to .parquet, .csv or .json")
    add("--json", action="store_true", help="print JSON")
    add("--quiet", action="store_true", help="print nothing but errors")


def _levers(options: argparse.Namespace) -> None:
    from sim.documents import levers_document, to_json
    from sim.report import levers_text

    print(to_json(levers_document()) if options.json else levers_text())


def _run(options: argparse.Namespace) -> None:
    scenario = _changed(find_scenario(options.scenario), options)
    sizes = _sizes(options)
    from sim.documents import run_document, to_json
    from sim.ensemble import run
    from sim.export import write_table
    from sim.report import run_text

    bar = ProgressBar(sys.stderr, quiet=options.quiet)
    try:
        result = run(scenario, **sizes, progress=bar)
    finally:
        bar.clear()
    if options.out is not None:
        write_table(Path(options.out), [(scenario.name, result)])
    if options.json:
        print(to_json(run_document(result)))
    elif not options.quiet:
        print(run_text(result))


def _compare(options: argparse.Namespace) -> None:
    names = [options.scenario, *options.others]
    scenarios = [_changed(find_scenario(name), options) for name in names]
    if len({scenario.horizon for scenario in scenarios}) > 1:
        ends = ", ".join(f"{s.name} {month_label(s.horizon)}" for s in scenarios)
        raise InputError(f"horizon: the scenarios end in different months ({ends}); set --until")
    sizes = _sizes(options)
    from sim.compare import compare_scenarios
    from sim.documents import compare_document, to_json
    from sim.export import write_table
    from sim.report import compare_text

    bar = ProgressBar(sys.stderr, quiet=options.quiet)
    try:
        told = compare_scenarios(scenarios, **sizes, progress=bar)
    finally:
        bar.clear()
    if options.out is not None:
        write_table(Path(options.out), list(zip(told.labels, told.results, strict=True)))
    if options.json:
        print(to_json(compare_document(told)))
    elif not options.quiet:
        print(compare_text(told))


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


def _changed(scenario: Scenario, options: argparse.Namespace) -> Scenario:
    if options.supply is not None and options.supply not in SUPPLIES:
        allowed = ", ".join(SUPPLIES)
        raise InputError(f"supply: {printable(options.supply)!r}; allowed {allowed}")
    changed = with_changes(
        scenario,
        levers=dict(parse_set(text) for text in options.set),
        assumptions=dict(parse_assume(text) for text in options.assume),
        off=tuple(options.off),
        horizon=None if options.until is None else check_month("until", options.until),
    )
    return dataclasses.replace(changed, supply=options.supply or scenario.supply)


class _Sizes(TypedDict):
    replicates: int
    seed: int
    streams: int
    workers: int | None


def _sizes(options: argparse.Namespace) -> _Sizes:
    """Return the checked sizes; and check --out now rather than after the run."""
    if options.out is not None:
        from sim.export import check_out

        check_out(Path(options.out))
    return {
        "replicates": _count("replicates", options.replicates),
        "seed": _count("seed", options.seed),
        "streams": _count("streams", options.streams),
        "workers": None if options.workers is None else _count("workers", options.workers),
    }


def _count(name: str, text: str) -> int:
    whole = text.strip().removeprefix("-").isdecimal() and len(text) < 20
    return check_count(name, int(text) if whole else text)
