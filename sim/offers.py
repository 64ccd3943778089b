"""What developers can choose this month: model x kind of host, at which price, for whom.

A closed model has one offer, its maker's. An open one is also served by third-party hosts, which
enter where licence and weights allow and charge cost plus a mark-up, and can be self-hosted. A
developer's third-party host is the one that serves its region: in the United States, the European
Union or China for developers there, in the United States for all others. Rows are sorted so that
Chinese makers' offers are one block at the end: first-party, third-party, self-hosted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.assumptions.market import MarketParameters
from sim.calendar import month_index
from sim.outcomes import HOSTS, ORIGINS, REGIONS
from sim.supply import Shelf

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

HOST_US, HOST_CN, HOST_EU, HOST_OTHER, HOST_SELF = range(len(HOSTS))
FIRST_PARTY, THIRD_PARTY, SELF_HOSTED = range(3)
ORIGIN_CN = ORIGINS.index("CN")
HOME_HOST = np.array([HOST_US, HOST_CN, HOST_EU, HOST_OTHER, HOST_OTHER])  # by region
SERVED_FROM = np.array([HOST_US, HOST_CN, HOST_EU, HOST_US, HOST_US])  # third parties, by region
GATE_BAND_ECI = 6.0
_REFERENCE_MONTH = month_index("2025-07")
_CHINA = np.array([region == "CN" for region in REGIONS])
_UNITED_STATES = np.array([region == "US" for region in REGIONS])


@dataclass(frozen=True)
class Menu:
    """Offers of one month, arrays of shape (J,) unless said otherwise.

    `price` is what the seller gets and `cost` what serving costs, $ per Mtok; a self-hoster pays
    `price` plus a fixed cost over its volume. `host`, `paid` (price with levies and tariffs) and
    `open_to` have shape (J, regions). `copies` counts a model's offers, `age` is in months,
    `frontier` is the best ECI on sale. `rows` maps (model, kind) to a row, -1 where there is
    none, with a last line for no model. Rows from `cn` on are Chinese makers', first-party ones
    up to `cn_abroad`, self-hosted ones from `cn_self`.
    """

    model: Ints
    lab: Ints
    origin: Ints
    kind: Ints
    open: Bools
    noncommercial: Bools
    restrictive: Bools
    eci: Floats
    age: Ints
    price: Floats
    cost: Floats
    copies: Floats
    host: Ints
    paid: Floats
    open_to: Bools
    rows: Ints
    frontier: float
    cn: int
    cn_abroad: int
    cn_self: int

    @property
    def size(self) -> int:
        """Number of offers."""
        return int(self.model.size)

    @property
    def places(self) -> Ints:
        """Row numbers, shape (J,)."""
        return np.arange(self.model.size)

    @property
    def self_hosted(self) -> Bools:
        """Which offers are weights run by the developer, shape (J,)."""
        return np.equal(self.kind, SELF_HOSTED)

    @property
    def first_party(self) -> Bools:
        """Which offers are the maker's own, shape (J,)."""
        return np.equal(self.kind, FIRST_PARTY)


@dataclass(frozen=True)
class Terms:
    """What policy does to offers this month."""

    levy_closed: float
    tariff: float
    gate_shut: bool
    self_hosting: bool


def build_menu(shelf: Shelf, month: int, p: MarketParameters, terms: Terms) -> Menu:
    """Return the offers of one month."""
    model, kind = _pairs(shelf, terms)
    origin, is_open = shelf.origin[model], shelf.open[model]
    own = kind == SELF_HOSTED
    cost = serving_cost(shelf, model, month, p)
    price = np.where(kind == FIRST_PARTY, shelf.price[model], cost * (1.0 + p.host_markup))
    price[own] = self_hosting_cost(shelf.launch_price[model[own]], month, p)
    host = np.where((kind == FIRST_PARTY)[:, None], origin[:, None], SERVED_FROM)
    host[own] = HOST_SELF
    tax = terms.tariff * ((host != HOME_HOST) & ~own[:, None])
    tax = tax + terms.levy_closed * (~is_open)[:, None] * ~_CHINA
    rows = np.full((shelf.count + 1, 3), -1, dtype=np.int64)
    rows[model, kind] = np.arange(model.size)
    kinds = np.bincount(kind[origin == ORIGIN_CN], minlength=3)
    cn = model.size - int(kinds.sum())
    return Menu(
        model=model,
        lab=shelf.lab[model],
        origin=origin,
        kind=kind,
        open=is_open,
        noncommercial=shelf.noncommercial[model],
        restrictive=shelf.restrictive[model],
        eci=shelf.eci[model],
        age=month - shelf.released[model],
        price=price,
        cost=np.where(own, price, cost),
        copies=np.bincount(model, minlength=shelf.count)[model].astype(np.float64),
        host=host,
        paid=price[:, None] * (1.0 + tax),
        open_to=_open_to(shelf, model, kind, terms),
        rows=rows,
        frontier=shelf.frontier,
        cn=cn,
        cn_abroad=cn + int(kinds[FIRST_PARTY]),
        cn_self=model.size - int(kinds[SELF_HOSTED]),
    )


def _pairs(shelf: Shelf, terms: Terms) -> tuple[Ints, Ints]:
    """Return model and kind of every offer, sorted."""
    listed = shelf.listed()
    weights = listed[shelf.open[listed]]
    hosted = weights[~shelf.noncommercial[weights]]
    own = weights if terms.self_hosting else weights[:0]
    model = np.concatenate([listed, hosted, own])
    kind = np.repeat([FIRST_PARTY, THIRD_PARTY, SELF_HOSTED], [listed.size, hosted.size, own.size])
    chinese = shelf.origin[model] == ORIGIN_CN
    order = np.lexsort((model, kind, shelf.open[model] & ~chinese, shelf.origin[model], chinese))
    return model[order], kind[order]


def serving_cost(shelf: Shelf, model: Ints, month: int, p: MarketParameters) -> Floats:
    """Return the cost of serving, $ per Mtok: derived from the launch price, falling with time."""
    launch = shelf.launch_price[model]
    at_launch = np.where(
        shelf.open[model], launch / p.open_list_over_cost, launch * (1.0 - p.closed_margin)
    )
    years = np.maximum(0, month - shelf.released[model]) / 12.0
    fall: Floats = (1.0 - p.cost_decline) ** years
    return at_launch * fall


def self_hosting_cost(launch_price: Floats, month: int, p: MarketParameters) -> Floats:
    """Return the variable cost of running weights oneself, $ per Mtok.

    gpu_usd_per_hour / (tokens_per_second x 3600 x utilisation) x 1e6 for a dense 70B model, whose
    list price in mid-2025 was about $0.8 per Mtok; other models in proportion to launch price.
    """
    mtok_per_hour = p.self_host_tokens_per_second * 3600.0 * p.self_host_utilisation / 1e6
    base = p.gpu_usd_per_hour / mtok_per_hour
    years = (month - _REFERENCE_MONTH) / 12.0
    cost: Floats = base * (launch_price / 0.8) * (1.0 - p.cost_decline) ** max(0.0, years)
    return cost


def _open_to(shelf: Shelf, model: Ints, kind: Ints, terms: Terms) -> Bools:
    """Return which regions can reach each offer, shape (J, regions).

    US and other foreign services have not been offered in China (OpenAI blocked it in July 2024),
    so developers there use Chinese hosts or run weights themselves.
    """
    first = kind == FIRST_PARTY
    foreign_service = first & (shelf.origin[model] != ORIGIN_CN)
    withheld = shelf.withheld[model] & ~first
    shut = np.zeros(model.size, dtype=np.bool_)
    if terms.gate_shut and model.size:
        us_closed = (shelf.origin[model] == HOST_US) & ~shelf.open[model]
        shut = us_closed & (shelf.eci[model] >= shelf.eci[model].max() - GATE_BAND_ECI)
    in_china = ~foreign_service[:, None] & _CHINA
    elsewhere = ~withheld[:, None] & (~shut[:, None] | _UNITED_STATES) & ~_CHINA
    reach: Bools = in_china | elsewhere
    return reach
