"""The state of one replicate: everything that changes from month to month, in one place."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from sim.chance import Dice
from sim.labs import Labs, initial_labs
from sim.ledger import Ledger, new_ledger
from sim.offers import Menu
from sim.outcomes import ORIGINS
from sim.parameters import Parameters, build_parameters
from sim.people import Trust, initial_trust
from sim.policy import Rulebook, build_rulebook
from sim.population import Population, build_population
from sim.scenario import Scenario
from sim.supply import Shelf, fresh_shelf

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
MTOK_PER_TRILLION = 1e6


@dataclass
class Use:
    """What each stream uses, shape (N,): model and kind of host, -1 for none.

    `row` and `second_row` point into this month's menu; `log_sum` is that of the last choice."""

    model: Ints
    kind: Ints
    second_model: Ints
    second_kind: Ints
    row: Ints
    second_row: Ints
    log_sum: Floats
    chose: npt.NDArray[np.bool_]


@dataclass
class World:
    """One replicate.

    `fixed_usd_per_mtok` is a self-hoster's fixed cost over its volume, shape (N,). `best` is the
    capability of the best model released so far by origin and openness (closed, open), -inf where
    there is none; `releases` counts releases by origin, month and openness; `frontier_today` is
    the best model on sale today, ECI, 0 before. `due` are labs whose release clock has rung.
    """

    scenario: Scenario
    p: Parameters
    dice: Dice
    who: Population
    rules: Rulebook
    shelf: Shelf
    labs: Labs
    trust: Trust
    use: Use
    derivatives: Floats
    fixed_usd_per_mtok: Floats
    ledger: Ledger
    best: Floats
    releases: Floats
    menu: Menu | None = None
    month: int = 0
    frontier_today: float = 0.0
    due: list[int] = field(default_factory=list)

    def policy(self) -> dict[str, float]:
        """Return every lever's value this month."""
        return {name: float(path[self.month]) for name, path in self.rules.paths.items()}

    def has(self, mechanism: str) -> bool:
        """Return whether a mechanism is on."""
        return mechanism not in self.scenario.off


def new_world(scenario: Scenario, *, seed: int, replicate: int, streams: int) -> World:
    """Return the world of one replicate in 2023-01, before anything has happened."""
    p = build_parameters(scenario.assumptions)
    dice = Dice(seed, replicate)
    who = build_population(
        dice, p.developers, p.trust, streams, p.market.tokens_2025_07 * MTOK_PER_TRILLION
    )
    nobody = np.full(streams, -1, dtype=np.int64)
    use = Use(
        model=nobody.copy(),
        kind=nobody.copy(),
        second_model=nobody.copy(),
        second_kind=nobody.copy(),
        row=nobody.copy(),
        second_row=nobody.copy(),
        log_sum=np.full(streams, np.nan),
        chose=np.zeros(streams, dtype=np.bool_),
    )
    labs = initial_labs()
    return World(
        scenario=scenario,
        p=p,
        dice=dice,
        who=who,
        rules=build_rulebook(scenario, dice, who),
        shelf=fresh_shelf(),
        labs=labs,
        trust=initial_trust(who, p.trust, dice),
        use=use,
        derivatives=np.zeros(len(labs.ids)),
        fixed_usd_per_mtok=p.market.self_host_fixed_usd
        / (p.market.deployment_mtok * who.volume_mtok / who.volume_mtok.mean()),
        ledger=new_ledger(scenario.n_months, len(labs.ids)),
        best=np.full((len(ORIGINS), 2), -np.inf),
        releases=np.zeros((len(ORIGINS), scenario.n_months, 2)),
    )
