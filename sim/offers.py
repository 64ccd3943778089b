"""What developers can choose this month: model x kind of host, at which price, for whom.

A closed model has one offer, its maker's. An open one is also served by third-party hosts, which
enter where licence and weights allow and charge cost plus a mark-up (and the revenue share a
licence takes), and can be self-hosted. A developer's third-party host is the one that serves its
region: in the United States, the European Union or China for developers there; for those in third
countries the cheaper of one in the United States, with any tariff, and one in a third country,
where hosting costs more and more so when chips are short.

Rows are sorted into six classes, blocks that trust and rules treat alike (CLASSES).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim.arithmetic import exp_one, log_one
from sim.assumptions.market import MarketParameters
from sim.calendar import month_index
from sim.outcomes import HOSTS, ORIGINS, REGIONS
from sim.twins import kernel, twin

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

HOST_US, HOST_CN, HOST_EU, HOST_OTHER, HOST_SELF = range(len(HOSTS))
FIRST_PARTY, THIRD_PARTY, SELF_HOSTED = range(3)
CLASSES = (
    "closed, made elsewhere",
    "open, made elsewhere, hosted",
    "open, made elsewhere, self-hosted",
    "Chinese, at its maker",
    "Chinese, at a third party",
    "Chinese, self-hosted",
)
CLOSED, OPEN_HOSTED, OPEN_SELF, CN_MAKER, CN_THIRD, CN_SELF = range(len(CLASSES))
ORIGIN_CN = ORIGINS.index("CN")
HOME_HOST = np.array([HOST_US, HOST_CN, HOST_EU, HOST_OTHER, HOST_OTHER])  # by region
THIRDS = np.array([region in ("ALIGNED", "NONALIGNED") for region in REGIONS])
GATE_BAND_ECI = 6.0
FRONTIER_OPEN_ECI = 20.0  # open models this close to the frontier wait for EU duties
LOCAL_HOST_PREMIUM = 0.1  # of hosting in third countries, beside that for short chips
SELF_HOST_PRICE = 0.8  # list price, $ per Mtok, of the dense 70B model of mid-2025
_REFERENCE_MONTH = month_index("2025-07")
_CHINA = np.array([region == "CN" for region in REGIONS])
_UNITED_STATES = np.array([region == "US" for region in REGIONS])
_EUROPE = np.array([region == "EU" for region in REGIONS])


class Stock(NamedTuple):
    """Versions on sale, arrays of shape (V,), as `Shelf`; `launch` is what a list price was at
    release, $ per Mtok, from which the cost of self-hosting is scaled."""

    version: Ints
    lab: Ints
    origin: Ints
    open: Bools
    eci: Floats
    released: Floats
    price: Floats
    cost: Floats
    chips: Floats
    launch: Floats
    restrictive: Bools
    noncommercial: Bools
    terms: Floats
    withheld: Bools
    at_maker: Bools


class Terms(NamedTuple):
    """What policy does to offers this month."""

    levy_closed: float = 0.0
    tariff: float = 0.0
    gate_shut: bool = False
    self_hosting: bool = True
    eu_delay_months: float = 0.0
    third_country_supply: float = 1.0


class Menu(NamedTuple):
    """Offers of one month, arrays of shape (J,) unless said otherwise, sorted by class.

    `own` marks weights run by the developer and `first` the maker's own offers;
    `price` is what the seller gets and `cost` what serving costs, $ per Mtok; a self-hoster pays
    `price` plus a fixed cost over its volume. `host`, `paid` (price with levies and tariffs) and
    `open_to` have shape (J, regions). `copies` counts a model's offers, `age` is in months, `gated`
    marks what a shut gate would withhold, `frontier` is the best ECI on sale. `starts` are the
    first rows of the classes and J, shape (7,). `rows` maps version x 3 + kind to a row, -1 where
    there is none.
    """

    version: Ints
    kind: Ints
    lab: Ints
    origin: Ints
    open: Bools
    own: Bools
    first: Bools
    noncommercial: Bools
    restrictive: Bools
    eci: Floats
    age: Floats
    price: Floats
    cost: Floats
    chips: Floats
    terms: Floats
    copies: Floats
    gated: Bools
    host: Ints
    paid: Floats
    open_to: Bools
    rows: Ints
    frontier: float
    starts: Ints

    @property
    def size(self) -> int:
        """Number of offers."""
        return int(self.version.size)

    @property
    def cn(self) -> int:
        """First row of Chinese makers' offers, which are the last three classes."""
        return int(self.starts[CN_MAKER])


@twin("menu")
def build_menu(stock: Stock, versions: int, month: int, p: MarketParameters, terms: Terms) -> Menu:
    """Return the offers of one month; `versions` is how many version numbers there are."""
    at, kind, starts = _rows(stock, terms)
    is_open, origin, eci = stock.open[at], stock.origin[at], stock.eci[at]
    own = kind == SELF_HOSTED
    age = month - stock.released[at]
    frontier = float(eci.max(initial=-np.inf))
    price = stock.price[at]
    third = kind == THIRD_PARTY
    cost = stock.cost[at]
    price[third] = cost[third] * (1.0 + p.host_markup) / (1.0 - stock.terms[at[third]])
    price[own] = self_hosting_cost(stock.launch[at[own]], month, p)
    cost[own] = price[own]
    host, factor = third_party_hosts(terms, p)
    hosts = np.where(third[:, None], host, origin[:, None])
    hosts[own] = HOST_SELF
    gated = (origin == HOST_US) & ~is_open & (eci >= frontier - GATE_BAND_ECI)
    rows = np.full(3 * versions + 3, -1, dtype=np.int64)
    rows[stock.version[at] * 3 + kind] = np.arange(at.size)
    return Menu(
        version=stock.version[at],
        kind=kind,
        lab=stock.lab[at],
        origin=origin,
        open=is_open,
        own=own,
        first=kind == FIRST_PARTY,
        noncommercial=stock.noncommercial[at],
        restrictive=stock.restrictive[at] | (stock.terms[at] > 0.0),
        eci=eci,
        age=age,
        price=price,
        cost=cost,
        chips=stock.chips[at],
        terms=stock.terms[at] * third,
        copies=np.bincount(at, minlength=stock.version.size)[at].astype(np.float64),
        gated=gated,
        host=hosts,
        paid=price[:, None] * _taxed(hosts, third, own, is_open, factor, terms),
        open_to=_open_to(stock, at, kind, gated, age, frontier, terms),
        rows=rows,
        frontier=frontier,
        starts=starts,
    )


def _rows(stock: Stock, terms: Terms) -> tuple[Ints, Ints, Ints]:
    """Return version (as a place in the stock) and kind of every offer, and the classes' starts."""
    every = np.arange(stock.version.size)
    makers = every[stock.at_maker]
    weights = every[stock.open]
    hosted = weights[~stock.noncommercial[weights]]
    own = weights if terms.self_hosting else weights[:0]
    at = np.concatenate([makers, hosted, own])
    kind = np.repeat([FIRST_PARTY, THIRD_PARTY, SELF_HOSTED], [makers.size, hosted.size, own.size])
    chinese = stock.origin[at] == ORIGIN_CN
    place = np.where(
        chinese, CN_MAKER + kind, np.where(stock.open[at], 1 + (kind == SELF_HOSTED), CLOSED)
    )
    order = np.argsort(place.astype(np.int8), kind="stable")
    starts = np.concatenate([[0], np.cumsum(np.bincount(place, minlength=len(CLASSES)))])
    return at[order], kind[order], starts


@kernel
def third_party_hosts(terms: Terms, p: MarketParameters) -> tuple[Ints, Floats]:
    """Return where third-party hosts of each region are, and their price relative to one in the
    United States before tariffs, shape (regions,)."""
    local = 1.0 + LOCAL_HOST_PREMIUM + p.host_scarcity * (1.0 - terms.third_country_supply)
    at_home = local < 1.0 + terms.tariff
    thirds = HOST_OTHER if at_home else HOST_US
    host = np.where(THIRDS, thirds, HOME_HOST)
    factor = np.where(THIRDS & at_home, local, 1.0)
    return host, factor


def _taxed(
    hosts: Ints, third: Bools, own: Bools, is_open: Bools, factor: Floats, terms: Terms
) -> Floats:
    """Return what users pay over what sellers ask, shape (J, regions)."""
    abroad = (hosts != HOME_HOST) & ~own[:, None]
    taxed = 1.0 + terms.tariff * abroad + terms.levy_closed * ((~is_open)[:, None] & ~_CHINA)
    paid: Floats = np.where(third[:, None], taxed * factor, taxed)
    return paid


def self_hosting_cost(launch_price: Floats, month: int, p: MarketParameters) -> Floats:
    """Return the variable cost of running weights oneself, $ per Mtok.

    gpu_usd_per_hour / (tokens_per_second x 3600 x utilisation) x 1e6 for a dense 70B model, whose
    list price in mid-2025 was about $0.8 per Mtok; other models in proportion to launch price.
    """
    return launch_price * self_hosting_factor(month, p)


@kernel
def self_hosting_factor(month: int, p: MarketParameters) -> float:
    """Return the variable cost of running weights oneself over their list price at release."""
    mtok_per_hour = p.self_host_tokens_per_second * 3600.0 * p.self_host_utilisation / 1e6
    base = p.gpu_usd_per_hour / mtok_per_hour
    years = max(0.0, (month - _REFERENCE_MONTH) / 12.0)
    fallen = exp_one(years * log_one(1.0 - p.cost_decline))
    return base / SELF_HOST_PRICE * fallen


def _open_to(
    stock: Stock, at: Ints, kind: Ints, gated: Bools, age: Floats, frontier: float, terms: Terms
) -> Bools:
    """Return which regions can reach each offer, shape (J, regions).

    US and other foreign services have not been offered in China (OpenAI blocked it in July 2024),
    so developers there use Chinese hosts or run weights themselves. Weights kept in China, and in
    the European Union those of frontier models younger than the delay, reach others only through
    their maker.
    """
    first = kind == FIRST_PARTY
    foreign_service = first & (stock.origin[at] != ORIGIN_CN)
    withheld = stock.withheld[at] & ~first
    waiting = (
        ~first & (age < terms.eu_delay_months) & (stock.eci[at] >= frontier - FRONTIER_OPEN_ECI)
    )
    shut = gated & terms.gate_shut
    elsewhere = ~withheld[:, None] & ~(shut[:, None] & ~_UNITED_STATES)
    elsewhere &= ~(waiting[:, None] & _EUROPE)
    reach: Bools = np.where(_CHINA, ~foreign_service[:, None], elsewhere)
    return reach
