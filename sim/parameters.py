"""Which numbers about the world the model assumes, each with unit, range, source and confidence.

Assumptions are what nobody controls. They are frozen records, one per part of the world; every
field is declared once, and sliders, `--assume`, documentation and sensitivity ranges read the
declaration. Ranges and central values follow sim/data/parameters_evidence.csv where it has them.
"""

from __future__ import annotations

import dataclasses
from collections import namedtuple
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar, cast

from sim.assumptions.developers import DeveloperParameters
from sim.assumptions.labs import LabParameters
from sim.assumptions.market import MarketParameters
from sim.assumptions.release import ReleaseParameters
from sim.assumptions.state import StateParameters
from sim.assumptions.trust import TrustParameters
from sim.declare import Quantity, unknown

R = TypeVar("R")


@dataclass(frozen=True)
class Parameters:
    """All assumptions of one world."""

    developers: DeveloperParameters = field(default_factory=DeveloperParameters)
    trust: TrustParameters = field(default_factory=TrustParameters)
    market: MarketParameters = field(default_factory=MarketParameters)
    labs: LabParameters = field(default_factory=LabParameters)
    release: ReleaseParameters = field(default_factory=ReleaseParameters)
    state: StateParameters = field(default_factory=StateParameters)


def _collect() -> dict[str, Quantity]:
    found: dict[str, Quantity] = {}
    for part in dataclasses.fields(Parameters):
        record = part.default_factory
        assert record is not dataclasses.MISSING
        for item in dataclasses.fields(type(record())):
            default = getattr(record(), item.name)
            found[item.name] = Quantity(
                id=item.name, actor=part.name, default=default, **item.metadata
            )
    return found


ASSUMPTIONS: dict[str, Quantity] = _collect()


def assumption(name: str) -> Quantity:
    """Return the declaration of `name`, or raise InputError naming the nearest one."""
    if name not in ASSUMPTIONS:
        raise unknown("assumption", name, ASSUMPTIONS)
    return ASSUMPTIONS[name]


def plain(record: R) -> R:
    """Return a record's numbers as a named tuple, which compiled code can read; same attributes."""
    names = tuple(vars(record))
    return cast(R, _tuple_type(type(record).__name__, names)(*vars(record).values()))


@cache
def _tuple_type(name: str, fields: tuple[str, ...]) -> Any:
    """Return the type, found under its name in this module.

    Machine code on disk is looked up by the types it was made for. A type that cannot be found by
    name is another one in every process, and the code is made again.
    """
    make: Any = namedtuple
    made = make(f"Plain{name}", fields, module=__name__)
    globals()[made.__name__] = made
    return made


def build_parameters(overrides: Mapping[str, float]) -> Parameters:
    """Return the world with `overrides` (already checked values) in place of the defaults."""
    for name in overrides:
        assumption(name)
    world = Parameters()
    return Parameters(
        **{
            part.name: dataclasses.replace(
                getattr(world, part.name),
                **{
                    name: value
                    for name, value in overrides.items()
                    if ASSUMPTIONS[name].actor == part.name
                },
            )
            for part in dataclasses.fields(Parameters)
        }
    )


for _part in dataclasses.fields(Parameters):
    plain(getattr(Parameters(), _part.name))  # so that every type can be found by name
plain(Parameters())
