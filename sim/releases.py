"""What labs release in a month, and whether the weights go with it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim import beginning, openness, supply
from sim.arithmetic import exp, log, logistic_one
from sim.assumptions.market import MarketParameters
from sim.assumptions.release import ReleaseParameters
from sim.chance import Purpose
from sim.labs import LN10, US, Labs
from sim.levers import Policy
from sim.mechanisms import On
from sim.openness import (
    BURDENS,
    COMMUNITY,
    LEAK,
    OWN,
    Decision,
    licensed_from,
    log10_flop,
)
from sim.reversals import change_minds
from sim.shelf import Line, Shelf, clear_out, put_on_sale, release_predecessor
from sim.telling import rows_of_renewals, rows_of_weights, tell
from sim.twins import kernel
from sim.weights import Luck, Renewal, licence_of, release_ready, weights_ready
from sim.world import World

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

HABIT_STEP = 0.25  # how far a release moves a lab's recent openness
TRAILING_ODDS = -2.5  # log-odds of opening a predecessor with nothing to gain or lose
# ln list price, $ per Mtok, of a closed release: sim/data/price_imputation.csv.
LN_PRICE, LN_PRICE_PER_GAP, LN_PRICE_PER_YEAR = 1.77, -0.174, 0.22
PRICE_ORIGIN_MONTH = 24  # January 2025
# Since 2025 indices rate a release with a chance that falls with its distance behind the frontier:
# a logistic curve through the catalogue to May 2026. Before, they rated near and far alike.
RATED_FROM_MONTH, RATED_HALF_ECI, RATED_SCALE_ECI = 24, 7.1, 5.4


def release(world: World) -> None:
    """Bring observed releases to market, or let labs whose clock rang release and decide."""
    month = world.month
    if world.observed:
        record = supply.observed()
        world.best = record.best[month].copy()
        world.releases[:, month] = record.releases[:, month]
        world.benchmarked[:, month] = record.benchmarked[:, month]
        world.frontiers[month] = record.frontier[month]
        return
    assert world.shelf is not None
    assert world.line is not None
    if world.scenario.supply == "simulated":
        _enter(world)
        if not np.isfinite(world.labs.capability).any():
            return
    change_minds(world)
    decision = openness.weigh(
        world.labs,
        world.line,
        world.shelf,
        world.sales.first_party,
        world.sales.elsewhere,
        month,
        world.policy,
        world.rules.status_quo[month],
        world.numbers.labs,
        world.numbers.release,
        world.numbers.market,
        world.best_open,
        world.peers_start,
        world.on,
    )
    lead = leadership(world.labs, world.shelf, world.sales.first_party, world.sales.elsewhere)
    luck = _draw(world) if _something_due(world) else None
    if luck is not None:
        _release_due_weights(world, lead, luck)
        _renew(world, decision, lead, luck)
    world.due.clear()
    world.frontiers[month] = clear_out(world.shelf, month)


def _enter(world: World) -> None:
    """Let labs that first released in this month of the record enter, as far behind as then."""
    labs = world.labs
    first, behind = beginning.early_capability()
    new = np.flatnonzero(first == world.month)
    if not new.size:
        return
    front = max(float(labs.capability.max()), beginning.first_frontier())
    labs.capability[new] = front - behind[new]
    labs.openness[new] = beginning.early_openness()[0][new]
    labs.gap_start[new] = behind[new]
    lag = log(labs.training.max() / labs.training) / LN10
    labs.compute_lag_start[new] = lag[new]
    world.due.extend(int(lab) for lab in new)


def _something_due(world: World) -> bool:
    assert world.line is not None
    due = bool((world.line.weights_due <= world.month).any())
    return due or bool(world.due) or bool(world.office.granted)


def _draw(world: World) -> Luck:
    assert world.line is not None
    dice, month, keys = world.dice, world.month, world.line.key
    labs = np.arange(world.labs.size, dtype=np.uint64)
    return Luck(
        dice.uniform(Purpose.OPENNESS, keys, month),
        dice.uniform(Purpose.WEIGHTS_DELAY, keys, month),
        dice.uniform(Purpose.LICENCE_TERMS, keys, month),
        dice.uniform(Purpose.TRAILING, keys, month),
        dice.normal(Purpose.RELEASE_LUCK, labs, month),
        dice.uniform(Purpose.WEIGHT_EXPORT, labs, month),
        dice.normal(Purpose.GENERATION_SIZE, keys, month),
    )


@kernel
def leadership(labs: Labs, shelf: Shelf, first_party: Floats, elsewhere: Floats) -> Floats:
    """Return each lab's share of all use of open models, by spend, for one member of a fringe,
    shape (labs,)."""
    use, total = np.zeros(labs.origin.size), 0.0
    for v in range(shelf.lab.size):
        if shelf.open[v]:
            spent = first_party[v] + elsewhere[v]
            use[shelf.lab[v]] += spent
            total += spent
    if total == 0.0:
        return use
    return use / total / labs.members


def _release_due_weights(world: World, lead: Floats, luck: Luck) -> None:
    """Release weights that were to follow the interface, or whose licence has come."""
    line, stock, office, month = world.line, world.shelf, world.office, world.month
    assert line is not None
    assert stock is not None
    granted, generations = office.in_hand()
    office.granted.clear()
    products = weights_ready(line, stock, month, granted, generations)
    p = world.numbers
    chances, asks = np.zeros(0), np.zeros(0, dtype=np.bool_)
    if products.size:
        ratio = p.market.open_list_over_cost
        chances, asks = release_ready(
            line, stock, products, lead, luck, world.policy, p.release, ratio, world.best, world.on
        )
    eci = stock.eci[2 * products + 1]
    told = rows_of_weights(month, line, granted, products, eci, chances, asks, luck.terms)
    world.log.add_rows(told)


def _renew(world: World, decision: Decision, lead: Floats, luck: Luck) -> None:
    """Renew the lines of labs whose clock rang, deciding for each product."""
    labs, line, stock, month = world.labs, world.line, world.shelf, world.month
    assert line is not None
    assert stock is not None
    products = _renewed(world)
    if not products.size:
        return
    p = world.numbers
    frontier = max(float(labs.capability.max()), float(world.best.max()))
    done = renew(
        labs,
        line,
        stock,
        products,
        decision,
        lead,
        luck,
        month,
        world.policy,
        p.labs.release_step_eci,
        p.labs.eci_per_oom,
        p.labs.algorithmic_progress,
        p.release,
        p.market,
        frontier,
        world.scenario.supply == "simulated",
        world.releases[:, month],
        world.benchmarked[:, month],
        world.best,
        world.on,
    )
    weight = p.release.peer_weight
    tell(world, rows_of_renewals(month, line, decision, luck, products, done, weight))


def _renewed(world: World) -> Ints:
    """Return the products renewed now: a lab's whole line, one product of a fringe."""
    assert world.line is not None
    labs, lab_of = world.labs, world.line.lab  # products stand lab by lab
    at_work = (labs.active & np.isfinite(labs.capability)).tolist()
    starts = lab_of.searchsorted(np.arange(labs.size + 1)).tolist()
    members = labs.members.tolist()
    found: list[int] = []
    for lab in sorted(set(world.due)):
        if not at_work[lab]:
            continue
        own = range(starts[lab], starts[lab + 1])
        if members[lab] > 1.0 and own:
            pick = world.dice.one(Purpose.FRINGE_PICK, lab, world.month)
            own = own[int(pick * len(own)) :][:1]
        found += own
    return np.array(found, dtype=np.int64)


@kernel
def regression_price(gap_eci: float, month: int) -> float:
    """Return the list price of a closed release this far behind the frontier, $ per Mtok."""
    year = (month - PRICE_ORIGIN_MONTH) / 12.0
    logged = np.full(1, LN_PRICE + LN_PRICE_PER_GAP * gap_eci + LN_PRICE_PER_YEAR * year)
    price: float = exp(logged)[0]
    return price


@kernel
def rated(gap_eci: float, month: int) -> float:
    """Return how likely benchmark indices rate a release this far behind the frontier, relative to
    all before 2025."""
    if month < RATED_FROM_MONTH:
        return 1.0
    chance: float = logistic_one((RATED_HALF_ECI - gap_eci) / RATED_SCALE_ECI)
    return chance


@kernel
def renew(
    labs: Labs,
    line: Line,
    shelf: Shelf,
    products: Ints,
    decision: Decision,
    lead: Floats,
    luck: Luck,
    month: int,
    policy: Policy,
    step_eci: float,
    eci_per_oom: float,
    algorithmic_progress: float,
    p: ReleaseParameters,
    market: MarketParameters,
    frontier: float,
    simulated: bool,
    releases: Floats,
    benchmarked: Floats,
    best: Floats,
    on: On,
) -> Renewal:
    """Put a new generation of each of `products` on sale; count it in `releases` and as far as
    indices rate it in `benchmarked` (origins, 2), and raise `best` (origins, 2).

    After today a product keeps its usual serving cost; in a simulated history that is what the
    regression of list prices on distance to the `frontier` and year gives. Each generation is
    larger or smaller than usual by chance, in cost, chips and price alike.
    """
    n = products.size
    opens, licensed = np.zeros(n, dtype=np.bool_), np.zeros(n, dtype=np.bool_)
    asks, trails = np.zeros(n, dtype=np.bool_), np.zeros(n, dtype=np.bool_)
    terms_chance, trailing = np.zeros(n), np.full(n, np.nan)
    elasticity = p.demand_elasticity
    markup = elasticity / (elasticity - 1.0)
    size = exp(p.generation_spread * luck.size[products])
    _form_habits(labs, line, products, luck, decision)
    for k in range(n):
        product = products[k]
        lab, origin = line.lab[product], line.origin[product]
        opens[k] = luck.opens[product] < decision.chance[product]
        eci = labs.capability[lab] + step_eci * luck.capability[lab] - line.behind[product]
        flop = log10_flop(np.full(1, eci), month, eci_per_oom, algorithmic_progress)[0]
        american = origin == US and flop >= licensed_from(policy)
        licensed[k] = opens[k] and american
        delay = np.floor(p.weights_delay_months * labs.weights_delay[lab] + luck.delay[product])
        now = opens[k] and not licensed[k] and delay < 1.0
        restrictive, terms, withheld = False, 0.0, False
        if now:
            restrictive, terms, withheld, terms_chance[k] = licence_of(
                line, product, lead, luck, policy, p, on
            )
            asks[k] = terms > 0.0
        if simulated:
            price = regression_price(max(0.0, frontier - eci), month)
            line.launch_cost[product] = price * (1.0 - 1.0 / elasticity)
        cost = line.launch_cost[product] * size[k]
        chips = cost * (market.chip_cost_share / (1.0 - 1.0 / elasticity))
        price = cost * (market.open_list_over_cost if now else markup)
        put_on_sale(
            line, shelf, product, now, eci, price, cost, chips, restrictive, terms, withheld, month
        )
        if opens[k] and not licensed[k] and delay >= 1.0:
            line.weights_due[product] = month + delay
        releases[origin, 1 if opens[k] else 0] += 1.0
        benchmarked[origin, 1 if opens[k] else 0] += rated(max(0.0, frontier - eci), month)
        kind = 1 if now else 0
        best[origin, kind] = max(best[origin, kind], eci)
        if not opens[k] and line.flagship[product] and worth_opening(line, shelf, product):
            gain = p.trailing_share * (decision.terms[OWN, product] + decision.terms[LEAK, product])
            gain += 0.5 * decision.terms[COMMUNITY, product] + decision.terms[BURDENS, product]
            odds = TRAILING_ODDS + gain / decision.scale[product]
            trailing[k] = logistic_one(min(max(odds, -50.0), 50.0))
            trails[k] = luck.predecessor[product] < trailing[k]
            if trails[k]:
                release_predecessor(line, shelf, product, market.open_list_over_cost, month)
                before = line.predecessor_eci[product]
                releases[origin, 1] += 1.0
                benchmarked[origin, 1] += rated(max(0.0, frontier - before), month)
                best[origin, 1] = max(best[origin, 1], before)
    return Renewal(opens, licensed, terms_chance, asks, trailing, trails)


@kernel
def worth_opening(line: Line, shelf: Shelf, product: int) -> bool:
    """Return whether the generation before would be better than the product's weights now out."""
    out = 2 * product + 1
    before = line.predecessor_eci[product]
    return np.isfinite(before) and not (shelf.on_sale[out] and shelf.eci[out] >= before)


@kernel
def _form_habits(labs: Labs, line: Line, products: Ints, luck: Luck, decision: Decision) -> None:
    """Move the recent openness of labs that release a quarter of the way to this release."""
    steps, opened = np.zeros(labs.origin.size), np.zeros(labs.origin.size)
    for product in products:
        steps[line.lab[product]] += 1.0
        opened[line.lab[product]] += luck.opens[product] < decision.chance[product]
    for lab in range(labs.origin.size):
        if steps[lab] > 0.0:
            labs.openness[lab] += HABIT_STEP * (opened[lab] / steps[lab] - labs.openness[lab])
