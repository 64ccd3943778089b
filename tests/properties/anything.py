"""Any scenario a user can set up, to the end of 2028, and what a test may ask of its future."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from sim import Scenario
from sim.calendar import month_index
from sim.labs import lab_ids
from sim.levers import LEVERS
from sim.log import Event
from sim.mechanisms import MECHANISMS
from sim.outcomes import ROW
from sim.parameters import ASSUMPTIONS
from sim.scenario import SUPPLIES, LeverSetting
from sim.shocks import KINDS, Shock
from sim.world import World
from sim.worlds import WORLDS
from tests.worlds import Look, entries, order_with, unfolded

Floats = npt.NDArray[np.float64]
HORIZON = month_index("2028-12")
STREAMS = 300
few = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
seeds = st.integers(0, 2**31 - 1)


@st.composite
def shocks(draw: st.DrawFn) -> Shock:
    """Return any shock before the horizon."""
    kind = draw(st.sampled_from(KINDS))
    lab = draw(st.sampled_from(lab_ids())) if kind.id == "lab_reversal" else ""
    size = draw(st.floats(kind.low, kind.high))
    return Shock(kind.id, draw(st.integers(0, HORIZON)), draw(st.integers(1, 36)), size, lab)


@st.composite
def scenarios(draw: st.DrawFn, supplies: tuple[str, ...] = SUPPLIES) -> Scenario:
    """Return any levers, assumptions, mechanisms, shocks, worlds and supply."""
    levers = {
        lever.id: LeverSetting(
            draw(st.floats(lever.low, lever.high)),
            draw(st.integers(0, HORIZON)),
            draw(st.integers(0, 24)),
        )
        for lever in draw(st.lists(st.sampled_from(LEVERS), unique_by=lambda lever: lever.id))
    }
    assumptions = {
        name: draw(st.floats(ASSUMPTIONS[name].low, ASSUMPTIONS[name].high))
        for name in draw(st.lists(st.sampled_from(sorted(ASSUMPTIONS)), max_size=8, unique=True))
    }
    off = draw(st.sets(st.sampled_from([mechanism.id for mechanism in MECHANISMS]), max_size=3))
    return Scenario(
        "any",
        "Any",
        levers=levers,
        assumptions=assumptions,
        off=tuple(sorted(off)),
        horizon=HORIZON,
        supply=draw(st.sampled_from(supplies)),
        shocks=tuple(draw(st.lists(shocks(), max_size=3))),
        worlds=draw(st.sampled_from(WORLDS)),
    )


class Told:
    """The outcomes of one future by name and group, and its log."""

    def __init__(self, scenario: Scenario, seed: int) -> None:
        self.future = unfolded(scenario, seed=seed, streams=STREAMS)

    def __getitem__(self, key: tuple[str, str]) -> Floats:
        return self.future.values[ROW[key]]

    def known(self, outcome: str, group: str) -> Floats:
        """Return a series without the months in which it is not defined."""
        values = self[outcome, group]
        return values[~np.isnan(values)]

    def total(self, outcome: str, groups: tuple[str, ...]) -> Floats:
        """Return the sum of some groups."""
        return np.sum([self[outcome, group] for group in groups], axis=0)

    def entries(self, event: Event) -> npt.NDArray[np.void]:
        """Return the log's entries of one kind."""
        return entries(self.future.log, event)

    @property
    def served(self) -> npt.NDArray[np.bool_]:
        """The months with a market."""
        return self["spend_musd_per_month", "world"] > 0


told = st.builds(Told, scenarios(), seeds)


def watch(scenario: Scenario, seed: int, look: Look) -> None:
    """Run one future and look at the world at the end of each month with a market."""
    seen = []

    def step(world: World) -> None:
        if world.menu is not None and world.menu.size:
            seen.append(world.month)
            look(world)

    unfolded(scenario, seed=seed, streams=STREAMS, order=order_with(step))
    assert len(seen) > HORIZON - 12
