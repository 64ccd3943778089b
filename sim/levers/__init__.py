"""Which policy levers a user may move; each is declared in the module of who decides it."""

from __future__ import annotations

from sim.declare import unknown
from sim.levers.china import CHINA
from sim.levers.chips import CHIPS
from sim.levers.europe_and_thirds import EUROPE_AND_THIRDS
from sim.levers.everyone import EVERYONE
from sim.levers.lever import DEFAULT_START, Lever
from sim.levers.policy import Policy
from sim.levers.united_states import UNITED_STATES

__all__ = ["BY_ID", "DEFAULT_START", "LEVERS", "Lever", "Policy", "lever"]

LEVERS: tuple[Lever, ...] = (*CHIPS, *UNITED_STATES, *CHINA, *EUROPE_AND_THIRDS, *EVERYONE)
BY_ID: dict[str, Lever] = {lever.id: lever for lever in LEVERS}
assert Policy._fields == tuple(BY_ID), "levers/policy.py must name the levers in their order"


def lever(name: str) -> Lever:
    """Return the lever called `name`, or raise InputError naming the nearest one."""
    if name not in BY_ID:
        raise unknown("lever", name, BY_ID)
    return BY_ID[name]
