"""Which mechanisms of the model can be switched off, and which rival explains the same facts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

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
        "fear_rules",
        "Fear becomes rules",
        "Governments add to their levers what their reviews call for. Off: levers alone.",
        "commercial_retreat",
    ),
    Mechanism(
        "commercial_retreat",
        "Sales at stake close labs",
        "Labs weigh own sales and the pressure to earn against opening. Off: they do not.",
        "fear_rules",
    ),
    Mechanism(
        "complements",
        "Opening feeds complements",
        "What open models sell elsewhere brings labs income from cloud, chips and devices. Off: "
        "nothing.",
        "reputation",
    ),
    Mechanism(
        "reputation",
        "Opening brings reputation",
        "Open flagships bring reputation, hiring and finance worth money. Off: nothing.",
        "complements",
    ),
    Mechanism(
        "good_enough",
        "Good-enough open models cap closed prices",
        "Makers of closed models price below what drives their best customers to open ones. Off: "
        "open models do not enter closed prices.",
        "cost_decline",
    ),
    Mechanism(
        "cost_decline",
        "Serving costs fall",
        "The cost of serving a model falls with time. Off: it stays what it was at release.",
        "good_enough",
    ),
    Mechanism(
        "peer_cascade",
        "Labs follow their peers",
        "A lab is likelier to open when its domestic peers are open. Off: peers do not matter.",
        "price_collapse",
    ),
    Mechanism(
        "price_collapse",
        "Falling prices open labs together",
        "Margins lost to cheap rivals lower what a lab gives up by opening, for all at once. Off: "
        "labs weigh their sales at the margin of release.",
        "peer_cascade",
    ),
    Mechanism(
        "community",
        "Contributors make an opener more capable",
        "What others build on open models raises their maker's capability. Off: it does not.",
        "ecosystem",
    ),
    Mechanism(
        "ecosystem",
        "Derivatives make a family more useful",
        "What others build on an open family raises its value to users. Off: it does not.",
        "community",
    ),
    Mechanism(
        "spillovers",
        "Labs learn from better models",
        "Followers close part of their gap to the frontier and to the best open model, and labs "
        "fear to lose what they teach. Off: neither.",
        "own_progress",
    ),
    Mechanism(
        "own_progress",
        "Algorithms improve everywhere",
        "Every lab's effective compute grows by better algorithms. Off: only compute and learning "
        "from others raise capability.",
        "spillovers",
    ),
    Mechanism(
        "capacity_cap",
        "Chips cap own sales",
        "A lab serves no more than its inference chips allow, and knows it when it decides. Off: "
        "chips never bind.",
        "scarcity_rent",
    ),
    Mechanism(
        "scarcity_rent",
        "Scarcity raises prices",
        "A lab short of chips charges more. Off: it turns users away at the same price.",
        "capacity_cap",
    ),
    Mechanism(
        "aversion_erosion",
        "Aversion erodes with peers' use",
        "Aversion to Chinese makers falls as peers use them. Off: aversion stays as it began, "
        "but for what an assurance scheme removes.",
        "clearance_spread",
    ),
    Mechanism(
        "clearance_spread",
        "Clearance spreads",
        "Organisations may use a Chinese maker only once cleared; clearing spreads with cleared "
        "peers and as the models near the frontier. Off: the organisations cleared at the start "
        "are all there ever are.",
        "aversion_erosion",
    ),
    Mechanism(
        "new_demand",
        "New demand has no incumbent",
        "Growth brings streams that have nothing to switch from. Off: every stream keeps its "
        "incumbent for ever.",
        "aversion_erosion",
    ),
    Mechanism(
        "newcomers",
        "Newcomers are less averse",
        "Start-ups' demand that is new since January 2026 has only a part of the aversion to "
        "Chinese makers and hosts. Off: it has that of the demand before it.",
        "aversion_erosion",
    ),
    Mechanism(
        "changes_of_mind",
        "Labs change their mind",
        "A lab reverses its stance on weights now and then, for reasons of its own. Off: only "
        "incentives, peers and shocks that a scenario sets move it.",
        "commercial_retreat",
    ),
    Mechanism(
        "retained_control",
        "Leaders attach terms to weights",
        "Labs that lead open use keep control by licence: terms for users, a share of hosts' "
        "revenue. Off: new weights come without terms.",
        "licence_cost",
    ),
    Mechanism(
        "licence_cost",
        "Terms deter users",
        "Commercial users lose utility under a licence with terms. Off: they do not mind.",
        "retained_control",
    ),
    Mechanism(
        "diffusion_clock",
        "Adoption has a clock of its own",
        "Developers reconsider now and then and leave a family at a cost. Off: everyone "
        "reconsiders every month, at none.",
        "frontier_following",
    ),
    Mechanism(
        "frontier_following",
        "Demand follows the frontier",
        "The closed premium belongs to models near the frontier, and tasks want more as it rises. "
        "Off: the premium is the same for all closed models and, after today, tasks stand still.",
        "diffusion_clock",
    ),
    Mechanism(
        "self_hosting",
        "Open models can be self-hosted",
        "Developers may run open weights themselves. Off: only hosted offers exist.",
        "retained_control",
    ),
)

BY_ID: dict[str, Mechanism] = {m.id: m for m in MECHANISMS}


class On(NamedTuple):
    """Which mechanisms are on, as a record that compiled code can read."""

    fear_rules: bool
    commercial_retreat: bool
    complements: bool
    reputation: bool
    good_enough: bool
    cost_decline: bool
    peer_cascade: bool
    price_collapse: bool
    community: bool
    ecosystem: bool
    spillovers: bool
    own_progress: bool
    capacity_cap: bool
    scarcity_rent: bool
    aversion_erosion: bool
    clearance_spread: bool
    new_demand: bool
    newcomers: bool
    changes_of_mind: bool
    retained_control: bool
    licence_cost: bool
    diffusion_clock: bool
    frontier_following: bool
    self_hosting: bool


assert On._fields == tuple(BY_ID), "On must name the mechanisms in their order"


def switches(off: Iterable[str]) -> On:
    """Return which mechanisms are on when those in `off` are off."""
    return On(*(name not in set(off) for name in BY_ID))


def mechanism(name: str) -> Mechanism:
    """Return the mechanism called `name`, or raise InputError naming the nearest one."""
    if name not in BY_ID:
        raise unknown("mechanism", name, BY_ID)
    return BY_ID[name]
