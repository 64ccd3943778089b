"""`claims`: the ten experiments of the brief, and what each comes to in this model."""

from __future__ import annotations

import argparse
import dataclasses
import sys

from sim.commands import common
from sim.declare import InputError
from sim.progress import shown_progress

NAME, HELP = "claims", "test the ten claims against their rivals"


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("--only", metavar="N", help="one claim, 1 to 10")
    parser.add_argument("--seed", default="1", metavar="N", help="which futures (default 1)")
    parser.add_argument("--replicates", metavar="N", help="futures (default: as rules.toml says)")
    parser.add_argument("--streams", metavar="N", help="streams (default: as rules.toml says)")
    parser.add_argument("--workers", metavar="N", help="processes (default: as many as pay)")
    parser.add_argument("--no-flips", action="store_true", help="leave out what would flip it")
    common.add_output_options(parser, table=False)


def run(options: argparse.Namespace) -> None:
    """Run the experiments and tell their verdicts."""
    from sim import claims, ensemble
    from sim.documents import to_json
    from sim.pool import Pool
    from sim.report import claims_document, claims_text
    from sim.result import Result
    from sim.scenario import Scenario

    chosen = [c for c in claims.load_claims() if options.only in (None, str(c.number))]
    if not chosen:
        raise InputError(f"--only {options.only}: allowed 1 to 10")
    rules = claims.load_rules()
    for name in ("replicates", "streams"):
        if getattr(options, name) is not None:
            rules = dataclasses.replace(rules, **{name: common.count(name, getattr(options, name))})
    if options.no_flips:
        chosen = [dataclasses.replace(claim, flips=()) for claim in chosen]
    seed = common.count("seed", options.seed)
    workers = None if options.workers is None else common.count("workers", options.workers)
    total, done = claims.runs_needed(chosen, rules), 0
    with shown_progress(quiet=options.quiet) as bar, Pool(workers) as pool:

        def one(scenario: Scenario, replicates: int, streams: int) -> Result:
            nonlocal done
            before = done

            def tell(finished: int, _: int) -> None:
                bar(before + finished, total)

            result = ensemble.run(
                scenario,
                replicates=replicates,
                streams=streams,
                seed=seed,
                pool=pool,
                progress=tell,
            )
            done += replicates
            return result

        found = []
        for claim in chosen:
            found.append(claims.experiment(claim, one, rules))
            if not options.quiet and not options.json and sys.stderr.isatty():
                bar.clear()
    if options.json:
        print(to_json(claims_document(found)))
    elif not options.quiet:
        print(claims_text(found))
