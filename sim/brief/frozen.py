"""How a brief is kept: as JSON that reads back to an equal record, or is refused in one line."""

from __future__ import annotations

import msgspec

from sim.brief.record import Brief
from sim.declare import InputError, printable

MAX_BYTES = 20_000_000


def brief_to_json(brief: Brief) -> bytes:
    """Return the record as JSON; the same record gives the same bytes."""
    return msgspec.json.encode(brief)


def brief_from_json(content: bytes) -> Brief:
    """Return the record, or raise InputError if it is not one that this version wrote."""
    if len(content) > MAX_BYTES:
        raise InputError(f"frozen brief: too large; allowed {MAX_BYTES:,} bytes")
    try:
        return msgspec.json.decode(content, type=Brief)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"frozen brief: not readable: {printable(error, 200)}") from None
