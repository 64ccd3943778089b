"""`compare`: scenarios on the same futures, each against the first."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.commands import common, running
from sim.declare import InputError
from sim.scenario import Scenario, check_month

if TYPE_CHECKING:  # slow to load, and not needed before the input is checked
    from sim.attribution import Attribution
    from sim.result import Result

NAME, HELP = "compare", "compare scenarios with the first, future by future"


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("scenario", metavar="A", help=common.SCENARIO_HELP)
    parser.add_argument("others", metavar="B", nargs="+", help="what is compared with A")
    common.add_change_options(parser)
    common.add_size_options(parser)
    running.add_running_options(parser)
    common.add_output_options(parser)
    _add_attribution_options(parser)


def _add_attribution_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "--attribute",
        action="append",
        default=[],
        metavar="OUTCOME[:GROUP]",
        help="share out B's difference from A among the levers that differ; may be repeated, all "
        "outcomes come from the same runs",
    )
    add("--month", metavar="YYYY-MM", help="of which month (default: the last)")
    add(
        "--attribute-futures",
        metavar="N",
        help="futures used for it (default: as many as about 1,000 runs allow)",
    )
    add(
        "--orders",
        metavar="N",
        help="orders of levers tried a future, 0 for all coalitions, which is exact (default: 0 if "
        "that takes 1,000 runs at most, else 1)",
    )


def run(options: argparse.Namespace) -> None:
    """Run the scenarios and tell how they differ."""
    scenarios = common.scenarios_named([options.scenario, *options.others], options)
    wanted = _wanted(scenarios, options)
    results, precise = running.run_futures(scenarios, options)
    from sim.compare import compare
    from sim.documents import compare_document, to_json
    from sim.export import write_table
    from sim.report import HEADLINES, compare_text

    told = compare(*results)
    if options.out is not None:
        write_table(Path(options.out), list(zip(told.labels, told.results, strict=True)))
    if options.json:
        found = None if wanted is None else wanted.document(results)
        document = compare_document(told, HEADLINES, attribution=found)
        print(to_json(document | running.beside(precise)))
    elif not options.quiet:
        print(compare_text(told) + running.below(precise))
        if wanted is not None:
            print(f"\n{wanted.text(results)}")


@dataclass(frozen=True)
class _Wanted:
    """What is to be shared out among levers: checked before the long run, found after it."""

    series: list[tuple[str, str]]
    month: int
    futures: int | None
    orders: int | None
    options: argparse.Namespace

    def text(self, results: tuple[Result, ...]) -> str:
        from sim.attribution_report import attribution_text

        return attribution_text(self._found(results), self.series, self.month)

    def document(self, results: tuple[Result, ...]) -> list[dict[str, Any]]:
        from sim.attribution_report import attribution_document

        return attribution_document(self._found(results), self.series, self.month)

    def _found(self, results: tuple[Result, ...]) -> Attribution:
        from sim.attribution import attribute, plan_for
        from sim.progress import shown_progress

        options = self.options
        plan = plan_for(results[0], results[1], futures=self.futures, orders=self.orders)
        with (
            common.cluster(options) as pool,
            shown_progress(quiet=options.quiet, noun="runs") as bar,
        ):
            return attribute(
                results[0],
                results[1],
                plan,
                workers=common.sizes(options)["workers"],
                pool=pool,
                progress=bar,
                cache=running.run_cache(options),
            )


def _wanted(scenarios: list[Scenario], options: argparse.Namespace) -> _Wanted | None:
    """Return what --attribute asks for, and refuse what cannot be shared out."""
    for name in ("month", "attribute_futures", "orders"):
        if not options.attribute and getattr(options, name) is not None:
            raise InputError(f"--{name.replace('_', '-')}: needs --attribute")
    if not options.attribute:
        return None
    from sim.attribution_report import check_wanted
    from sim.coalitions import players_of

    horizon, numbers = scenarios[0].horizon, (options.attribute_futures, options.orders)
    series = check_wanted(options.attribute, len(scenarios))
    players_of(*scenarios)
    futures, orders = (
        None if text is None else common.whole(name, text)
        for name, text in zip(("attribute-futures", "orders"), numbers, strict=True)
    )
    month = horizon if options.month is None else check_month("month", options.month, horizon)
    return _Wanted(series, month, futures, orders, options)
