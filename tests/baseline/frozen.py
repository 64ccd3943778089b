"""What must not move unnoticed: futures to the bit, and what the command line prints.

`python -m tests.baseline.frozen` accepts today's numbers: it writes the files that
test_frozen.py compares with. Run it only together with a CHANGELOG entry that says what moved.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import io
import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sim import twins
from sim.cli import main
from sim.replicate import forget_pasts, simulate
from sim.scenario import SUPPLIES, Scenario, load_scenario

Floats = npt.NDArray[np.float64]
FOLDER = Path(__file__).resolve().parent
DIGESTS, VALUES, COMMANDS = (FOLDER / name for name in ("futures.json", "values.npz", "commands"))
PRESETS = ("status_quo", "fear_lockdown", "american_open_push", "full_decoupling")
SEEDS, STREAMS = (1, 2, 3), 1000
FORMS = ("reference", "compiled")
LONGEST_KEPT = 50_000  # characters of a printed text
DECEMBERS = slice(11, None, 12)
SIZE = ("--replicates", "4", "--streams", "400", "--no-cache", "--quiet")
PRINTED = SIZE[:-1]
COMMAND_LINES: dict[str, tuple[str, ...]] = {
    "levers.txt": ("levers",),
    "levers.json": ("levers", "--json"),
    "run.txt": ("run", "status_quo", *PRINTED),
    "run.json": ("run", "fear_lockdown", *PRINTED, "--json"),
    "run_changed.txt": (
        *("run", "status_quo", *PRINTED, "--set", "us_foreign_model_ban=0.5@2028-01+12"),
        *("--assume", "price_sensitivity=1.5", "--off", "spillovers", "--until", "2029-12"),
    ),
    "compare.txt": ("compare", "status_quo", "fear_lockdown", "full_decoupling", *PRINTED),
    "compare.json": ("compare", "status_quo", "fear_lockdown", *PRINTED, "--json"),
    "attribute.txt": (
        *("compare", "status_quo", "american_open_push", *PRINTED),
        *("--attribute", "cn_open_share_tokens:US", "--month", "2030-12"),
    ),
}


def futures() -> Iterator[tuple[str, Scenario, int]]:
    """Yield (key, scenario, seed) of every frozen future."""
    for preset, seed, supply in itertools.product(PRESETS, SEEDS, SUPPLIES):
        scenario = dataclasses.replace(load_scenario(preset), supply=supply)
        yield f"{preset} {seed} {supply}", scenario, seed


def values(scenario: Scenario, seed: int, form: str) -> Floats:
    """Return one future's outcomes, shape (series, months), from 2023 on, in one form."""
    with twins.only(form):
        forget_pasts()
        return simulate(scenario, seed=seed, replicate=0, streams=STREAMS).values


def digest(found: Floats) -> str:
    """Return a digest of every bit."""
    return hashlib.sha256(np.ascontiguousarray(found).tobytes()).hexdigest()[:16]


def printed(arguments: tuple[str, ...]) -> str:
    """Return what a command writes to stdout; it must end well."""
    with (
        contextlib.redirect_stdout(io.StringIO()) as out,
        contextlib.redirect_stderr(io.StringIO()),
    ):
        assert main(list(arguments)) == 0, arguments
    return out.getvalue()


def kept_text(text: str) -> str:
    """Return what is kept of a printed text: itself, or its digest where it is long."""
    if len(text) <= LONGEST_KEPT:
        return text
    return f"sha256 {hashlib.sha256(text.encode()).hexdigest()} of {len(text)} characters\n"


def write() -> None:
    """Accept today's numbers and texts."""
    told, kept = {}, {}
    for key, scenario, seed in futures():
        found = {form: values(scenario, seed, form) for form in FORMS}
        told[key] = {form: digest(found[form]) for form in FORMS}
        kept[key] = found["reference"][:, DECEMBERS].astype(np.float32)
    DIGESTS.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    np.savez_compressed(VALUES, **kept)
    COMMANDS.mkdir(exist_ok=True)
    for name, arguments in COMMAND_LINES.items():
        (COMMANDS / name).write_text(kept_text(printed(arguments)), encoding="utf-8")


if __name__ == "__main__":
    write()
