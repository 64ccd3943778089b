"""What was opened: a preset, a saved scenario, a file or a link, and what there is to say of it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from sim.incoming import Found
from sim.links import Link
from sim.scenario import Scenario, load_scenario, preset_names
from sim.settings import SEED
from sim.store import Saved
from sim.version import MODEL_VERSION


@dataclass(frozen=True)
class Opened:
    """What was opened, unchanged.

    `record` is that of a saved scenario when it was read. `version` and `run_id` are those of
    another model it was made under; `notes` are lines a reader should see.
    """

    scenario: Scenario
    record: Saved | None = None
    seed: int = SEED
    version: str | None = None
    run_id: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Clash:
    """A save that somebody else was faster than: what was to be saved, and what they saved."""

    scenario: Scenario
    tags: tuple[str, ...]
    base: Saved
    theirs: Saved


def of_record(record: Saved) -> Opened:
    """Return a saved scenario as opened; InputError if it cannot be read."""
    scenario, left_out = record.read()
    return Opened(
        scenario,
        record=record,
        version=None if record.of_today else record.model_version,
        run_id=None if record.of_today else record.run_id,
        notes=_left_out(left_out),
    )


def of_file(found: Found) -> Opened:
    """Return the scenario of a file as opened, without saving it."""
    older = found.model_version != MODEL_VERSION
    return Opened(
        dataclasses.replace(found.scenario, name="file"),
        version=found.model_version if older else None,
        run_id=found.run_id,
        notes=_left_out(found.left_out),
    )


def of_link(link: Link) -> Opened:
    """Return what a link opens: its preset, or the scenario itself if it has a title of its own."""
    is_preset = link.scenario.name in preset_names()
    notes = _left_out(link.left_out)
    if not link.whole:
        notes += (
            f"The link names run {link.run_id}, but what it describes is another: it was cut "
            "short, changed by hand, or made with other data.",
        )
    return Opened(
        load_scenario(link.scenario.name) if is_preset else link.scenario,
        seed=link.size.seed,
        version=None if link.of_today else link.version,
        run_id=None if link.of_today else link.run_id,
        notes=notes,
    )


def _left_out(lines: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"Left out, since this model does not know it: {line}." for line in lines)
