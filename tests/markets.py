"""Small markets made by hand: models on sale, the menu they make, and developers who choose."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.assumptions.developers import DeveloperParameters
from sim.assumptions.market import MarketParameters
from sim.choice import Choosers
from sim.mechanisms import On, switches
from sim.offers import Menu, Stock, Terms, build_menu
from sim.outcomes import ORIGINS, TASK_IDS
from sim.population import SCALES
from sim.shortlist import Climate, Shortlists, build_shortlists

Floats = npt.NDArray[np.float64]
MONTH = 30
ECI = 140.0
THRESHOLDS = np.full(len(TASK_IDS), 130.0)
FIXED = np.zeros(SCALES)
# A third party charges what the maker does, so that hosts of one model differ in nothing.
SAME_PRICE = MarketParameters(host_markup=0.8, open_list_over_cost=1.8)
PLAIN = DeveloperParameters(other_cost_usd_per_mtok=0.0)


@dataclass(frozen=True)
class Good:
    """A model on sale; each has a maker of its own unless `lab` says otherwise."""

    price: float = 2.0
    eci: float = ECI
    origin: str = "US"
    open: bool = False
    lab: int = -1
    released: float = MONTH
    restrictive: bool = False
    noncommercial: bool = False
    terms: float = 0.0
    withheld: bool = False
    at_maker: bool = True


def stock_of(*goods: Good) -> Stock:
    """Return what is on sale; serving costs the price over 1.8 if open, half of it if not."""
    price = np.array([good.price for good in goods], dtype=np.float64)
    opened = np.array([good.open for good in goods], dtype=np.bool_)
    cost = price * np.where(opened, 1.0 / SAME_PRICE.open_list_over_cost, 0.5)
    makers = [k if good.lab < 0 else good.lab for k, good in enumerate(goods)]
    return Stock(
        version=np.arange(len(goods)),
        lab=np.array(makers, dtype=np.int64),
        origin=np.array([ORIGINS.index(good.origin) for good in goods], dtype=np.int64),
        open=opened,
        eci=np.array([good.eci for good in goods], dtype=np.float64),
        released=np.array([good.released for good in goods], dtype=np.float64),
        price=price,
        cost=cost,
        chips=cost.copy(),
        launch=price.copy(),
        restrictive=_flags([good.restrictive for good in goods]),
        noncommercial=_flags([good.noncommercial for good in goods]),
        terms=np.array([good.terms for good in goods], dtype=np.float64),
        withheld=_flags([good.withheld for good in goods]),
        at_maker=_flags([good.at_maker for good in goods]),
    )


def _flags(values: list[bool]) -> npt.NDArray[np.bool_]:
    return np.array(values, dtype=np.bool_)


NO_SELF_HOSTING = Terms(self_hosting=False)


def menu_of(*goods: Good, terms: Terms = NO_SELF_HOSTING, p: MarketParameters = SAME_PRICE) -> Menu:
    """Return the offers that some models make in MONTH."""
    return build_menu(stock_of(*goods), len(goods), MONTH, p, terms)


def climate(on: On | None = None, **changes: object) -> Climate:
    """Return a month in which all tasks want 130 ECI and nothing is built on anything."""
    calm = Climate(THRESHOLDS, np.zeros(64), 10.0, on or switches(()))
    return calm._replace(**changes)


def lists_of(
    menu: Menu,
    p: DeveloperParameters = PLAIN,
    now: Climate | None = None,
    fixed: Floats = FIXED,
) -> Shortlists:
    """Return what each cell considers."""
    return build_shortlists(menu, now or climate(), p, fixed)


def choosers(n: int, **changes: object) -> Choosers:
    """Return American start-ups, coding agents all, that trust everybody and use nothing so far."""
    plain = Choosers(
        cell=np.zeros(n, dtype=np.int64),
        alpha=np.full(n, PLAIN.price_sensitivity, dtype=np.float32),
        penalty=np.zeros((4, n), dtype=np.float32),
        family=np.full(n, -1, dtype=np.int64),
        loyalty=np.zeros(n, dtype=np.float32),
        scale=np.zeros(n, dtype=np.int64),
        first=grid(n),
        second=grid(n)[::-1].copy(),
    )
    return plain._replace(**changes)


def grid(n: int) -> Floats:
    """Return n evenly spaced uniforms."""
    return (np.arange(n) + 0.5) / n
