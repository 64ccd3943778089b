"""`branches`: chip controls at low and high elasticity of demand, rent or opening, in one table."""

from __future__ import annotations

import argparse
import dataclasses
from typing import Any

import numpy as np

from sim.commands.common import count
from sim.progress import shown_progress

NAME, HELP = "branches", "chip controls at low and high elasticity of demand: rent or opening"
ELASTICITIES = (1.2, 1.6, 2.2, 3.0)
CONTROLS = (0.0, 0.7, 0.95)
OUTCOMES = (
    ("open_release_share", "CN"),
    ("attraction", "CN"),
    ("scarcity_rent", "CN"),
    ("closed_price_usd_per_mtok", "mid"),
    ("maker_revenue_musd_per_month", "CN"),
)


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("--replicates", default="16", metavar="N", help="futures of each cell")
    parser.add_argument("--streams", default="1000", metavar="N", help="streams in each future")
    parser.add_argument("--seed", default="1", metavar="N", help="which futures")
    parser.add_argument("--workers", metavar="N", help="processes (default: as many as processors)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--quiet", action="store_true", help="no progress")


def run(options: argparse.Namespace) -> int:
    """Run claim 7's scenario at each elasticity and strength of controls, and print the table."""
    from sim.documents import to_json
    from sim.report import table

    rows = cells(options)
    if options.json:
        print(to_json(rows))
        return 0
    heads = ["elasticity", "controls", *(f"{name} {group}" for name, group in OUTCOMES)]
    body = [
        [f"{row['elasticity']:g}", f"{row['controls']:g}"]
        + [f"{row[f'{name} {group}']:.4g}" for name, group in OUTCOMES]
        for row in rows
    ]
    print("\n".join(table([heads, *body])))
    return 0


def cells(options: argparse.Namespace) -> list[dict[str, Any]]:
    """Return one row a cell: medians over futures of means from 2029 on."""
    from sim.claims import load_claims
    from sim.ensemble import run as run_scenario
    from sim.pool import Pool
    from sim.scenario import LeverSetting

    claim = load_claims()[6]
    workers = None if options.workers is None else count("workers", options.workers)
    rows = []
    grid = [(e, c) for e in ELASTICITIES for c in CONTROLS]
    with shown_progress(quiet=options.quiet or options.json) as bar, Pool(workers) as pool:
        for done, (elasticity, controls) in enumerate(grid):
            scenario = dataclasses.replace(
                claim.scenario,
                levers={"chip_export_controls": LeverSetting(controls)},
                assumptions={**claim.scenario.assumptions, "demand_elasticity": elasticity},
            )
            result = run_scenario(
                scenario,
                replicates=count("replicates", options.replicates),
                streams=count("streams", options.streams),
                seed=count("seed", options.seed),
                pool=pool,
            )
            row: dict[str, Any] = {"elasticity": elasticity, "controls": controls}
            for name, group in OUTCOMES:
                values = np.nanmean(result.series(name, group)[:, claim.first :], axis=1)
                row[f"{name} {group}"] = float(np.nanmedian(values))
            rows.append(row)
            bar(done + 1, len(grid))
    return rows
