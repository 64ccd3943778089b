"""`backtest`: the model beside the record and beside naive rivals."""

from __future__ import annotations

import argparse
from typing import Any

from sim import studies
from sim.commands import common, running
from sim.declare import InputError, printable
from sim.progress import shown_progress

NAME, HELP = "backtest", "lay the model beside the record, and score it against naive rivals"


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    common.add_size_options(parser)
    parser.add_argument("--worlds", default="posterior", metavar="posterior|prior|central")
    parser.add_argument("--no-replays", action="store_true", help="leave out natural experiments")
    parser.add_argument("--keep", action="store_true", help=studies.KEEP)
    common.add_output_options(parser, table=False)


def run(options: argparse.Namespace) -> None:
    """Run the status quo over the record, score it, and tell."""
    from sim.backtest import hindcast, replay
    from sim.documents import to_json
    from sim.pool import Pool
    from sim.result import Result
    from sim.scenario import Scenario, check_worlds
    from sim.worlds import worlds_in_use

    worlds = check_worlds(options.worlds)
    if worlds_in_use(worlds) != worlds:
        raise InputError(f"worlds: {printable(worlds)}; there is no posterior yet: run calibrate")
    sizes = common.sizes(options)
    bases = hindcast.scenarios(worlds)
    experiments = () if options.no_replays else replay.experiments()
    total = (len(bases) + len(experiments)) * sizes["replicates"]
    with shown_progress(quiet=options.quiet) as bar, Pool(sizes["workers"]) as pool:
        runs = running.Runs(pool, sizes["seed"], lambda done: bar(done, total))

        def one(scenario: Scenario) -> Result:
            return runs(scenario, sizes["replicates"], sizes["streams"])

        with_event = {supply: one(base) for supply, base in bases.items()}
        found = hindcast.hindcast(with_event)
        told: dict[str, Any] = hindcast.document(found)
        told["views_2025"] = hindcast.enterprise_and_router(found)
        if experiments:
            told["natural_experiments"] = replay.replays(one, with_event)
    if options.keep:
        studies.keep("backtest", told, "python -m sim backtest --keep")
    if options.json:
        print(to_json(told))
    elif not options.quiet:
        print(_text(told))


def _text(told: dict[str, Any]) -> str:
    from sim.report import table

    rows = [["fact", "recorded", "model", "90 % band", ""]]
    for item in told["facts"]:
        model = item["model"]
        mark = "" if model["in_90"] else "missed"
        held = " (held out)" if item["held_out"] else ""
        rows.append(
            [
                item["id"] + held,
                f"{item['recorded']:.3g}",
                f"{model['median']:.3g}",
                f"{model['low90']:.3g} to {model['high90']:.3g}",
                mark,
            ]
        )
    lines = [*table(rows), ""]
    scores = [["", "facts", "in 50 %", "in 90 %", "interval score", "model on the same"]]
    for part in ("in_sample", "held_out"):
        scores.append([f"{part}: model", *_cells(told[part]), ""])
        for name, rival in told[part]["naive"].items():
            same = rival["model_on_same_facts"]["interval_score"]
            scores.append([f"  {name}", *_cells(rival), "" if same is None else f"{same:.2f}"])
    lines += [*table(scores), "", f"Held out: {told['held_out']['best']}.", ""]
    for item in told.get("natural_experiments", ()):
        d = item["difference"]
        lines.append(
            f"{item['title']}: {item['outcome']} of {item['group']}, with less without: "
            f"{d['median']:.3g} ({d['low']:.3g} to {d['high']:.3g})."
        )
    return "\n".join(lines)


def _cells(scores: dict[str, Any]) -> list[str]:
    if not scores["facts"]:
        return ["0", "", "", ""]
    shares = [f"{100 * scores[key]:.0f} %" for key in ("coverage_50", "coverage_90")]
    return [str(scores["facts"]), *shares, f"{scores['interval_score']:.2f}"]
