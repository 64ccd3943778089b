"""`claims`: the ten experiments of the brief, and what each comes to in this model."""

from __future__ import annotations

import argparse
import dataclasses
from typing import TYPE_CHECKING

from sim import studies
from sim.commands import common, running
from sim.declare import InputError
from sim.progress import shown_progress

if TYPE_CHECKING:
    from sim.claims import Claim, Effect, Rules
    from sim.claims_report import Told

NAME, HELP = "claims", "test the ten claims against their rivals"


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("--only", metavar="N", help="one claim, 1 to 10")
    parser.add_argument("--seed", default="1", metavar="N", help="which futures (default 1)")
    parser.add_argument("--replicates", metavar="N", help="futures (default: as rules.toml says)")
    parser.add_argument("--streams", metavar="N", help="streams (default: as rules.toml says)")
    parser.add_argument("--workers", metavar="N", help="processes (default: as many as pay)")
    parser.add_argument("--no-flips", action="store_true", help="leave out what would flip it")
    twice = "also judge by the futures of the next seed, to see whether the verdict holds"
    parser.add_argument("--twice", action="store_true", help=twice)
    prior = "also tell in which share of the worlds of the prior it holds"
    parser.add_argument("--prior", action="store_true", help=prior)
    parser.add_argument("--keep", action="store_true", help=studies.KEEP)
    common.add_output_options(parser, table=False)


def run(options: argparse.Namespace) -> None:
    """Run the experiments and tell their verdicts."""
    from sim import claims
    from sim.claims_report import claims_document, claims_text
    from sim.documents import to_json
    from sim.pool import Pool

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
    extra = len(claims.ARMS) * rules.replicates * (options.twice + options.prior)
    total = claims.runs_needed(chosen, rules) + extra * len(chosen)
    with shown_progress(quiet=options.quiet) as bar, Pool(workers) as pool:
        runs = running.Runs(pool, seed, lambda done: bar(done, total))
        found = [
            told_of(claim, runs, rules, twice=options.twice, prior=options.prior)
            for claim in chosen
        ]
    told = claims_document(found)
    if options.keep:
        studies.keep("claims", told, "python -m sim claims --twice --prior --keep")
    if options.json:
        print(to_json(told))
    elif not options.quiet:
        print(claims_text(found))


def told_of(claim: Claim, runs: running.Runs, rules: Rules, *, twice: bool, prior: bool) -> Told:
    """Return what comes of one claim; `twice` and `prior` as the options say."""
    from sim import claims
    from sim.claims_report import Told
    from sim.identifiability import shares
    from sim.worlds import worlds_in_use

    def measured(other: Claim, later: int) -> tuple[Effect, ...]:
        sizes = (rules.replicates, rules.streams, later)
        return claims.effects(other, [runs(arm, *sizes) for arm in claims.arms(other)])

    finding = claims.experiment(claim, runs, rules)
    drawn = dataclasses.replace(claim.scenario, worlds="prior")
    return Told(
        finding,
        worlds_in_use(claim.scenario.worlds),
        shares(finding.effects),
        shares(measured(dataclasses.replace(claim, scenario=drawn), 0)) if prior else None,
        claims.judge(measured(claim, 1), rules) if twice else None,
    )
