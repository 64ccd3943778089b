"""Which mechanisms of the model can be switched off, and which rival explains the same facts."""

from __future__ import annotations

from dataclasses import dataclass

from sim.declare import unknown


@dataclass(frozen=True)
class Mechanism:
    """A part of the model that `off` removes exactly; `rival` is what else could explain it."""

    id: str
    label: str
    meaning: str
    rival: str


MECHANISMS: tuple[Mechanism, ...] = (
    Mechanism(
        "clearance_spread",
        "Clearance spreads",
        "Organisations may use a Chinese maker only once cleared; clearing spreads with cleared "
        "peers and as the models near the frontier. Off: the organisations cleared at the start "
        "are all there ever are.",
        "aversion erodes",
    ),
    Mechanism(
        "aversion_erosion",
        "Aversion erodes with peers' use",
        "Aversion to Chinese makers falls as peers use them. Off: aversion stays as it began, "
        "but for what an assurance scheme removes.",
        "clearance spreads; new demand without an incumbent",
    ),
    Mechanism(
        "new_demand",
        "New demand has no incumbent",
        "Growth brings streams that have nothing to switch from. Off: every stream keeps its "
        "incumbent for ever.",
        "aversion erodes",
    ),
    Mechanism(
        "self_hosting",
        "Open models can be self-hosted",
        "Developers may run open weights themselves. Off: only hosted offers exist.",
        "third-party hosts",
    ),
    Mechanism(
        "spillovers",
        "Labs learn from better models",
        "Followers close part of their gap to the frontier and to the best open model. Off: "
        "each lab has only its own compute and algorithms.",
        "own algorithmic progress",
    ),
    Mechanism(
        "ecosystem",
        "Derivatives make a family more useful",
        "What others build on an open family raises its value to users. Off: it does not.",
        "quality alone",
    ),
)

BY_ID: dict[str, Mechanism] = {m.id: m for m in MECHANISMS}


def mechanism(name: str) -> Mechanism:
    """Return the mechanism called `name`, or raise InputError naming the nearest one."""
    if name not in BY_ID:
        raise unknown("mechanism", name, BY_ID)
    return BY_ID[name]
