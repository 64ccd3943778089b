"""The state of one replicate: everything that changes from month to month, in one place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.calendar import LAST_OBSERVED_MONTH
from sim.chance import Dice
from sim.crowd import Crowd, Held
from sim.governments import Governments
from sim.labs import Labs
from sim.ledger import Ledger
from sim.levers import Policy
from sim.licensing import Office
from sim.log import Log
from sim.mechanisms import On
from sim.offers import Menu, Terms
from sim.parameters import Parameters
from sim.people import Trust
from sim.policy import Rulebook
from sim.population import Population
from sim.scenario import Scenario
from sim.shelf import Line, Shelf
from sim.shocks import Shock

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass
class Use:
    """What each stream uses, and of this month's choosers their numbers and what their choice was
    worth and would lose, util; shape (n,)."""

    held: Held
    chose: Ints
    log_sum: Floats
    ban: Floats
    stop: Floats
    gate: Floats


@dataclass
class Sales:
    """Last month's sales of each version, $M, shape (versions,): the maker's own, and elsewhere."""

    first_party: Floats
    elsewhere: Floats


@dataclass
class World:
    """One replicate.

    `numbers` are the parameters as compiled code reads them and `crowd` what of the streams enters
    a month's choice (its trust is that of `trust`). `levers` and `policy` are this month's levers
    with shocks, before and after what governments add. `best` is the capability of the best model
    released so far by origin and openness (closed, open), -inf where there is none; `frontiers` the
    best on sale by month; `releases` counts releases by origin, month and openness, and
    `benchmarked` those of them that benchmark indices rate; `frontier_today` is the best model on
    sale today, ECI, 0 before. `due` are labs whose release clock has rung. `peers_start` is the
    openness of each lab's peers when simulated supply began. `turns` says in which months labs
    change their mind, (months, labs). `newcomer` marks streams whose demand is new since
    `developers.BOOM`; `queue_rank` is each stream's place in the queue of a maker whose chips are
    short. `prices` are what this month's offers cost whom, and by what that changes volumes, as
    `Buyers` has them; `bought` is this month's purchases (weightings, J, places), `needed_chips`
    their chips at each lab's interface in $M of rent, `derived` new derivatives, `used_eci` tokens
    and tokens times ECI by task.
    """

    scenario: Scenario
    p: Parameters
    numbers: Parameters
    on: On
    dice: Dice
    who: Population
    crowd: Crowd
    rules: Rulebook
    labs: Labs
    trust: Trust
    use: Use
    governments: Governments
    office: Office
    shocks: list[Shock]
    derivatives: Floats
    fixed_costs: Floats
    ledger: Ledger
    log: Log
    best: Floats
    frontiers: Floats
    releases: Floats
    benchmarked: Floats
    turns: Bools
    newcomer: Bools
    queue_rank: Floats
    needed_chips: Floats
    derived: Floats
    used_eci: Floats
    sales: Sales
    exposure_scale: float
    peers_start: Floats
    levers: Policy
    policy: Policy
    line: Line | None = None
    shelf: Shelf | None = None
    acting: list[Shock] = field(default_factory=list)
    terms: Terms = field(default_factory=Terms)
    menu: Menu | None = None
    prices: tuple[Floats, Floats] | None = None
    bought: Floats | None = None
    month: int = 0
    frontier_today: float = 0.0
    due: list[int] = field(default_factory=list)
    incidents: int = 0
    state: Any = None  # these two are what compiled code keeps: see sim/compiled/state.py
    stand: Any = None

    def has(self, mechanism: str) -> bool:
        """Return whether a mechanism is on."""
        return bool(getattr(self.on, mechanism))

    @property
    def observed(self) -> bool:
        """Whether this month's supply is the record."""
        return self.scenario.supply == "observed" and self.month <= LAST_OBSERVED_MONTH

    @property
    def labs_decide(self) -> bool:
        """Whether the record, with which supply began, has ended."""
        return self.scenario.supply == "observed" and self.month > LAST_OBSERVED_MONTH

    @property
    def best_closed(self) -> float:
        """ECI of the best closed model released so far, -inf for none."""
        return float(max(self.best[:, 0].tolist()))

    @property
    def best_open(self) -> float:
        """ECI of the best open model released so far, -inf for none."""
        return float(max(self.best[:, 1].tolist()))

    @property
    def first_simulated_month(self) -> int:
        """The first month whose supply labs decide."""
        return LAST_OBSERVED_MONTH + 1 if self.scenario.supply == "observed" else 0
