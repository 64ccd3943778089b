"""How a replicate begins: the world in January 2023, and product lines when labs take over."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
import simpy

from sim import reversals, supply
from sim.arithmetic import exp, log
from sim.calendar import LAST_OBSERVED_MONTH
from sim.chance import Dice, Purpose, normal_quantile
from sim.crowd import Crowd, Held
from sim.governments import Governments
from sim.labs import LN10, Labs, compute_growth, initial_labs, lab_ids, lab_origins
from sim.ledger import new_ledger
from sim.licensing import Office
from sim.log import Log
from sim.mechanisms import switches
from sim.openness import anchor
from sim.outcomes import ORIGINS, TASK_IDS
from sim.parameters import Parameters, build_parameters, plain
from sim.people import Trust, initial_trust
from sim.policy import Rulebook, build_rulebook, status_quo_paths
from sim.population import CN, PUBLIC, Population, build_population, fixed_cost_classes
from sim.scenario import Scenario
from sim.shelf import NOT_DUE, Line, empty_shelf, frontier_of
from sim.shocks import drawn
from sim.world import Sales, Use, World
from sim.worlds import world_of

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

TIERS_BEHIND = (0.0, 6.0, 13.0)  # ECI behind the flagship of a simulated line's products
FLAGSHIP_WEIGHT = 0.6
FIRST_YEAR = 12  # months after a lab's first release that show how it began
EXPOSURE_LOG_SD = 0.7


def new_world(
    scenario: Scenario,
    clock: simpy.Environment,
    *,
    seed: int,
    replicate: int,
    streams: int,
    who: Population | None = None,
) -> World:
    """Return the world of one replicate in 2023-01, before anything has happened.

    `who` are its streams where they are known: they depend on seed, replicate, number and
    assumptions alone.
    """
    p = build_parameters({**world_of(scenario.worlds, seed, replicate), **scenario.assumptions})
    dice = Dice(seed, replicate)
    if who is None:
        who = build_population(dice, p.developers, p.trust, p.market, streams)
    labs = initial_labs(growth_to_today(p)[lab_origins()])
    rules = build_rulebook(scenario, dice, who)
    trust = initial_trust(who, p.trust, dice)
    on = switches(scenario.off)
    wide = normal_quantile(np.array([dice.one(Purpose.EXPOSURE_SCALE, 0)]))
    world = World(
        scenario=scenario,
        p=p,
        numbers=plain(Parameters(*(plain(part) for part in vars(p).values()))),
        on=on,
        dice=dice,
        who=who,
        rules=rules,
        peers_start=np.full(labs.size, np.nan),
        levers=rules.paths[0],
        policy=rules.paths[0],
        labs=labs,
        trust=trust,
        crowd=_crowd(who, rules, trust),
        use=_nobody(streams),
        governments=Governments(),
        office=Office(clock),
        shocks=[
            *scenario.shocks,
            *drawn(dice, p.state.shock_rate, scenario.n_months, lab_ids()),
        ],
        derivatives=np.zeros(labs.size),
        fixed_costs=fixed_cost_classes(),
        ledger=new_ledger(scenario.n_months, labs.size),
        log=Log(),
        best=np.full((len(ORIGINS), 2), -np.inf),
        frontiers=np.full(scenario.n_months, -np.inf),
        releases=np.zeros((len(ORIGINS), scenario.n_months, 2)),
        benchmarked=np.zeros((len(ORIGINS), scenario.n_months, 2)),
        turns=reversals.drawn(
            dice, p.release.reversal_rate * on.changes_of_mind, scenario.n_months, labs.members
        ),
        newcomer=np.zeros(streams, dtype=np.bool_),
        queue_rank=dice.uniform(Purpose.RATIONING, who.ids),
        needed_chips=np.zeros(labs.size),
        derived=np.zeros(labs.size),
        sales=_no_sales(supply.observed().lab.size),
        used_eci=np.zeros((len(TASK_IDS), 2)),
        exposure_scale=float(exp(EXPOSURE_LOG_SD * wide)[0]),
    )
    if scenario.supply == "simulated":
        world.line = _standard_line(labs)
        world.shelf = empty_shelf(world.line)
        world.sales = _no_sales(world.shelf.lab.size)
    return world


def _crowd(who: Population, rules: Rulebook, trust: Trust) -> Crowd:
    return Crowd(
        region=who.region,
        segment=who.segment,
        cell=who.cell,
        alpha=who.alpha,
        scale=who.scale,
        ids=who.ids,
        public=(who.segment == PUBLIC) & (who.region != CN),
        coverage_rank=rules.coverage_rank,
        compliance_rank=rules.compliance_rank,
        procurement_rank=rules.procurement_rank,
        maker=trust.maker,
        host=trust.host,
        cleared=trust.cleared,
    )


def _nobody(streams: int) -> Use:
    nothing = np.zeros(0)
    return Use(
        held=Held(
            version=np.full(streams, -1, dtype=np.int16),
            kind=np.full(streams, -1, dtype=np.int8),
            row=np.full(streams, -1, dtype=np.int32),
            second_version=np.full(streams, -1, dtype=np.int16),
            second_kind=np.full(streams, -1, dtype=np.int8),
            second_row=np.full(streams, -1, dtype=np.int32),
        ),
        chose=np.zeros(0, dtype=np.int64),
        log_sum=nothing,
        ban=nothing,
        stop=nothing,
        gate=nothing,
    )


def growth_to_today(p: Parameters) -> Floats:
    """Return the log growth of compute from 2023-01 to today in the status quo, by origin."""
    total, numbers = np.zeros(len(ORIGINS)), plain(p.labs)
    policy, growth = None, total
    for now in status_quo_paths(LAST_OBSERVED_MONTH + 1):
        if now != policy:  # to today nothing but policy moves growth
            policy, growth = now, compute_growth(0, numbers, now)
        total += growth
    return total


def take_stock(world: World) -> None:
    """Let labs take over from the record: each goes on with what it lists today."""
    record, labs, p = supply.observed(), world.labs, world.p
    listed = record.listed(LAST_OBSERVED_MONTH)
    own = listed[np.lexsort((-record.eci[listed], record.lab[listed]))]
    lab, is_open = record.lab[own], record.open[own]
    gap = labs.capability.max() - labs.capability
    labs.gap_start[:] = np.where(np.isfinite(gap), gap, 0.0)
    labs.compute_lag_start[:] = log(labs.training.max() / labs.training) / LN10
    price, launch = record.prices[LAST_OBSERVED_MONTH, own], record.launch_price[own]
    cost = price * cost_share(is_open, p)
    line = _line(
        labs,
        lab,
        labs.capability[lab] - record.eci[own],
        cost,
        anchor(is_open, labs.openness[lab]),
        record.restrictive[own],
        is_open,
    )
    shelf = empty_shelf(line)
    version = 2 * np.arange(own.size) + is_open
    shelf.on_sale[version] = True
    shelf.eci[version], shelf.released[version] = record.eci[own], record.released[own]
    shelf.price[version], shelf.launch[version], shelf.cost[version] = price, launch, cost
    shelf.chips[version] = launch * chip_share(is_open, p)
    shelf.restrictive[version] = record.restrictive[own]
    shelf.noncommercial[version] = record.noncommercial[own]
    world.line, world.shelf = line, shelf
    world.frontier_today = frontier_of(shelf)
    moved = np.full(record.lab.size + 1, -1, dtype=np.int64)
    moved[own] = version
    held = world.use.held
    held.version[:] = moved[held.version]
    held.second_version[:] = moved[held.second_version]
    sales = _no_sales(shelf.lab.size)
    sales.first_party[version] = world.sales.first_party[own]
    sales.elsewhere[version] = world.sales.elsewhere[own]
    world.sales = sales


def cost_share(is_open: npt.NDArray[np.bool_], p: Parameters) -> Floats:
    """Return serving cost over a maker's list price."""
    closed = 1.0 - 1.0 / p.release.demand_elasticity
    return np.where(is_open, 1.0 / p.market.open_list_over_cost, closed)


def chip_share(is_open: npt.NDArray[np.bool_], p: Parameters) -> Floats:
    """Return the rent of the chips that serve a model over its list price at release."""
    return np.where(is_open, 1.0 / p.market.open_list_over_cost, p.market.chip_cost_share)


def _no_sales(versions: int) -> Sales:
    return Sales(np.zeros(versions), np.zeros(versions))


def _line(
    labs: Labs,
    lab: Ints,
    behind: Floats,
    launch_cost: Floats,
    odds: Floats,
    licence: npt.NDArray[np.bool_],
    opened: npt.NDArray[np.bool_],
) -> Line:
    """Return product lines, sorted by lab and best first."""
    n = lab.size
    steps = np.bincount(lab, minlength=labs.size)
    number = np.arange(n) - (np.cumsum(steps) - steps)[lab]
    alone = (steps[lab] == 1) | (labs.members[lab] > 1.0)
    flagship = number == 0
    rest = (1.0 - FLAGSHIP_WEIGHT) / np.maximum(1, steps[lab] - 1)
    return Line(
        lab=lab,
        origin=labs.origin[lab],
        behind=behind,
        launch_cost=launch_cost,
        flagship=flagship,
        weight=np.where(alone, 1.0, np.where(flagship, FLAGSHIP_WEIGHT, rest)),
        anchor=odds,
        base=np.full(n, np.nan),
        licence=licence.copy(),
        opened=opened.copy(),
        weights_due=np.full(n, float(NOT_DUE)),
        predecessor_eci=np.full(n, np.nan),
        predecessor_cost=np.full(n, np.nan),
        key=(lab * 16 + number).astype(np.uint64),
    )


def _standard_line(labs: Labs) -> Line:
    """Return the product lines labs start with when their history is simulated: one to three tiers
    each, as open as the lab was in its first year."""
    tiers = models_a_release(labs.interval, labs.members)
    lab = np.repeat(np.arange(labs.size), tiers)
    behind = np.concatenate([np.array(TIERS_BEHIND[:count]) for count in tiers.tolist()])
    flagship, other = early_openness()
    habit = np.where(behind == 0.0, flagship[lab], other[lab])
    opened = habit >= 0.5
    nothing = np.zeros(lab.size, dtype=np.bool_)
    cost = np.ones(lab.size)  # set at each release from the price regression
    return _line(labs, lab, behind, cost, anchor(opened, habit), nothing, opened)


def models_a_release(interval: Floats, members: Floats) -> Ints:
    """Return how many models each lab renews at a release, shape (labs,): those on record over the
    releases its interval makes of the time since its first, one to three; a fringe has three."""
    record, first = supply.observed(), early_capability()[0]
    models = np.bincount(record.lab, minlength=interval.size)
    months = np.maximum(1, LAST_OBSERVED_MONTH + 1 - first)
    each = np.round(models * interval / months)
    counts = np.where(members > 1.0, len(TIERS_BEHIND), each)
    return np.minimum(np.maximum(counts, 1), len(TIERS_BEHIND)).astype(np.int64)


@lru_cache(maxsize=1)
def early_openness() -> tuple[Floats, Floats]:
    """Return how open each lab was in its first year on record, shape (labs,) each: of releases
    that were its best so far, and of all others (the same as its best where it had no others)."""
    record, n = supply.observed(), lab_origins().size
    first, _ = early_capability()
    early = np.flatnonzero(record.released < first[record.lab] + FIRST_YEAR)
    leads = record.eci[early] >= record.lab_best[record.released[early], record.lab[early]] - 1e-9
    flagship = _open_share(early[leads], n)
    other = _open_share(early[~leads], n)
    return np.nan_to_num(flagship), np.where(np.isnan(other), np.nan_to_num(flagship), other)


def _open_share(models: Ints, labs: int) -> Floats:
    record = supply.observed()
    total = np.bincount(record.lab[models], minlength=labs).astype(np.float64)
    opened = np.bincount(record.lab[models], record.open[models] * 1.0, minlength=labs)
    share = np.full(labs, np.nan)
    np.divide(opened, total, out=share, where=total > 0.0)
    return share


@lru_cache(maxsize=1)
def early_capability() -> tuple[Ints, Floats]:
    """Return each lab's month of first release on record, and how far its best of the three months
    from it was behind the frontier then, ECI; shape (labs,). The leader's distance is 0."""
    record, n = supply.observed(), lab_origins().size
    first = np.full(n, 10**6)
    np.minimum.at(first, record.lab, record.released)
    best = np.full(n, -np.inf)
    early = record.released < first[record.lab] + 3
    np.maximum.at(best, record.lab[early], record.eci[early])
    frontier = np.maximum.accumulate(record.lab_best.max(axis=1))
    at = np.minimum(first + 2, frontier.size - 1)
    return first, np.maximum(0.0, frontier[at] - best)


def first_frontier() -> float:
    """Return the frontier of the first quarter of 2023 on record, ECI, from which a simulated
    history starts: GPT-4's."""
    return float(supply.observed().lab_best[:4].max())
