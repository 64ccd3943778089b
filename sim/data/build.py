"""Decides how raw evidence becomes the shipped tables: `python -m sim.data.build EVIDENCE_FOLDER`.

The same input always gives the same bytes. What needs judgement is data beside this file, kept by
hand: eci_mapping.csv, price_mapping.csv, lab_inputs.csv, observations.csv and sources.csv.
"""

from __future__ import annotations

import sys
from pathlib import Path

from sim.data import capability, evidence_tables, lab_records, releases, spells
from sim.data.impute import TERMS, PriceFit
from sim.data.raw import SHIPPED, Row, read_rows, text, write_rows


def price_fit_rows(fitted: PriceFit) -> list[Row]:
    """price_imputation.csv: one row a coefficient of the log-price regression."""
    return [
        {
            "term": term,
            "coefficient": text(value),
            "n": str(fitted.n),
            "residual_sd_log": text(fitted.residual_sd, 3),
            "r_squared": text(fitted.r_squared, 3),
        }
        for term, value in zip(
            ("intercept", *TERMS), (fitted.intercept, *fitted.slopes), strict=True
        )
    ]


def write_table(out: Path, name: str, rows: list[Row]) -> None:
    """Writes rows whose columns are those of the first row."""
    write_rows(out / name, list(rows[0]), rows)


def build_catalogue(evidence: Path, out: Path, kept: Path = SHIPPED) -> None:
    """Writes models.csv, bridges.csv, price_imputation.csv, prices.csv and labs.csv."""
    catalogue, bridges, fitted = releases.build_releases(
        read_rows(evidence / "models.csv"),
        read_rows(evidence / "series_eci_frontier.csv"),
        read_rows(kept / "eci_mapping.csv"),
    )
    released = {row["id"]: row["release_month"] for row in catalogue}
    prices = spells.build_spells(
        read_rows(evidence / "prices_history.csv"), read_rows(kept / "price_mapping.csv"), released
    )
    labs = lab_records.build_labs(
        read_rows(kept / "lab_inputs.csv"),
        catalogue,
        read_rows(evidence / "series_chip_stock.csv"),
        read_rows(evidence / "series_revenue_runrate.csv"),
    )
    write_rows(out / "models.csv", releases.COLUMNS, catalogue)
    write_table(out, "bridges.csv", capability.bridge_rows(bridges))
    write_table(out, "price_imputation.csv", price_fit_rows(fitted))
    write_rows(out / "prices.csv", spells.COLUMNS, prices)
    write_rows(out / "labs.csv", lab_records.COLUMNS, labs)


def build_evidence(evidence: Path, out: Path, kept: Path = SHIPPED) -> None:
    """Writes facts.csv, policy_timeline.csv, series.csv and parameters_evidence.csv."""
    facts = read_rows(evidence / "stylised_facts.csv")
    facts += read_rows(evidence / "stylised_facts_extra.csv")
    policy = evidence_tables.policy_rows(
        read_rows(evidence / "policy_timeline.csv"), read_rows(evidence / "lab_decisions.csv")
    )
    parameters = evidence_tables.parameter_rows(
        read_rows(evidence / "parameters.csv"), read_rows(kept / "sources.csv")
    )
    write_rows(out / "facts.csv", evidence_tables.FACT_COLUMNS, evidence_tables.fact_rows(facts))
    write_rows(out / "policy_timeline.csv", evidence_tables.POLICY_COLUMNS, policy)
    write_rows(
        out / "series.csv", evidence_tables.SERIES_COLUMNS, evidence_tables.series_rows(evidence)
    )
    write_rows(out / "parameters_evidence.csv", evidence_tables.PARAMETER_COLUMNS, parameters)


def main(arguments: list[str]) -> int:
    """Builds every shipped table from the first folder into the package, or a second folder."""
    if len(arguments) not in (1, 2) or not Path(arguments[0]).is_dir():
        print("usage: python -m sim.data.build EVIDENCE_FOLDER [OUTPUT_FOLDER]", file=sys.stderr)
        return 2
    out = Path(arguments[1]) if len(arguments) == 2 else SHIPPED
    build_catalogue(Path(arguments[0]), out)
    build_evidence(Path(arguments[0]), out)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
