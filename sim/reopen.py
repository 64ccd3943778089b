"""How a run is made again from its id or a link, and what can be said of the two.

Byte-equal means equal digests: the same series, the same size, the same bits. Where the numbers of
the older run are kept as well, what differs is told outcome by outcome.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sim import links
from sim.declare import InputError, printable
from sim.kept import Numbers, numbers_of
from sim.link_items import Size
from sim.moved import Moves, moves, moves_text
from sim.scenario import Scenario
from sim.store import KeptRun, existing_store
from sim.store.runs import RUN_ID
from sim.version import MODEL_VERSION

if TYPE_CHECKING:
    from sim.result import Result


@dataclass(frozen=True, eq=False)
class Asked:
    """What is to be run again, and what is known of the run it is compared with.

    `digest` holds the first digits that are known of it; all of it, or `numbers`, may be missing.
    """

    scenario: Scenario
    size: Size
    run_id: str | None
    version: str | None
    digest: str | None = None
    numbers: Numbers | None = None
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """How a run compares with the one it was to reproduce; None where it cannot be known."""

    run_id: str
    digest: str
    asked_run_id: str | None
    asked_version: str | None
    byte_equal: bool | None
    moves: Moves | None
    left_out: tuple[str, ...]


def asked(text: str) -> Asked:
    """Return what a run id, a link or its query asks for; InputError if it is none of them."""
    text = text.strip()
    if RUN_ID.fullmatch(text):
        return _asked_by_id(text)
    if "=" not in text:
        rule = "write a run id (fc- and 12 digits) or a link with ?s=..."
        raise InputError(f"{printable(text)!r} is neither a run id nor a link; {rule}")
    link = links.read(links.params_of(text))
    kept, numbers = _known(link.run_id)
    return Asked(
        scenario=link.scenario,
        size=link.size,
        run_id=link.run_id,
        version=link.version,
        digest=link.digest or (kept.digest if kept else None),
        numbers=numbers,
        left_out=link.left_out,
    )


def verdict(what: Asked, result: Result) -> Verdict:
    """Return what can be said of a run made again."""
    today = numbers_of(result)
    digest = today.digest
    equal = None if what.digest is None else digest.startswith(what.digest)
    moved = None if equal or what.numbers is None else moves(what.numbers, today)
    return Verdict(
        run_id=result.run_id,
        digest=digest,
        asked_run_id=what.run_id,
        asked_version=what.version,
        byte_equal=equal,
        moves=moved,
        left_out=what.left_out,
    )


def verdict_text(told: Verdict) -> str:
    """Return the verdict in a few lines."""
    lines = [f"Left out, since this model does not know it: {line}" for line in told.left_out]
    if _other_run(told):
        lines.append(
            f"The link names run {told.asked_run_id}, but what it describes is run {told.run_id}: "
            "it was cut short, changed by hand, or made with other data."
        )
    named = f"run {told.asked_run_id}" if told.asked_run_id else "the run of the link"
    if told.asked_version not in (None, MODEL_VERSION):
        named += f" (model {told.asked_version}; this is {MODEL_VERSION})"
    if told.byte_equal is None:
        lines.append(f"Nothing is known of the numbers of {named}, so they are not compared.")
    elif told.byte_equal:
        lines.append(f"Byte-equal to {named}.")
    else:
        lines.append(f"Not byte-equal to {named}.")
    if told.moves is not None:
        lines += [_count(told.moves), "", *moves_text(told.moves)]
    elif told.byte_equal is False:
        lines.append("Its numbers are not kept here, so what moved cannot be told.")
    return "\n".join([*lines, f"Digest of the numbers: {told.digest}"])


def verdict_document(told: Verdict) -> dict[str, Any]:
    """Return the verdict as plain values."""
    document = asdict(told)
    document["moves"] = None if told.moves is None else asdict(told.moves)
    return document | {"left_out": list(told.left_out)}


def _asked_by_id(run_id: str) -> Asked:
    kept, numbers = _known(run_id)
    if kept is None:
        fix = "open the link it was shared with, or keep runs with `run --keep`"
        raise InputError(f"run id: {run_id} is not known here; {fix}")
    scenario, left_out = kept.read()
    return Asked(
        scenario=scenario,
        size=Size(kept.seed, kept.replicates, kept.streams),
        run_id=run_id,
        version=kept.model_version,
        digest=kept.digest,
        numbers=numbers,
        left_out=left_out,
    )


def _known(run_id: str | None) -> tuple[KeptRun | None, Numbers | None]:
    store = None if run_id is None else existing_store()
    if store is None or run_id is None:
        return None, None
    kept = store.runs.get(run_id)
    return kept, store.runs.numbers(run_id) if kept else None


def _other_run(told: Verdict) -> bool:
    """Whether a link of this model names another run than it describes."""
    same_model = told.asked_version in (None, MODEL_VERSION)
    return same_model and told.asked_run_id not in (None, told.run_id)


def _count(told: Moves) -> str:
    return f"{len(told.moved)} of {told.compared} series moved; medians, furthest first:"
