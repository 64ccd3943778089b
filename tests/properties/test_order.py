"""Steps 2 to 5 of the month could stand in another order; this reports what that would move."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations

import numpy as np

from sim.order import ORDER, Step
from sim.outcomes import BLOCS, OUTCOMES, ROW
from sim.replicate import Future
from tests.worlds import scenario, series, unfolded

FIRST, LAST = 2, 6  # research, releases, host entry, repricing: model.md's steps 2 to 5
REPLICATES, STREAMS = 2, 300
TOLD = scenario(until="2030-12")
WATCHED = (
    ("cn_open_share_tokens", "world"),
    ("open_share_tokens", "world"),
    ("open_release_share", "CN"),
    ("open_closed_gap_eci", "world"),
    ("price_paid_usd_per_mtok", "closed"),
    ("capacity_served", "US"),
    ("host_share", "US"),
    ("surplus_util", "world"),
)


def reordered(places: tuple[int, ...]) -> tuple[Step, ...]:
    middle = ORDER[FIRST:LAST]
    return (*ORDER[:FIRST], *(middle[k] for k in places), *ORDER[LAST:])


def futures(order: tuple[Step, ...]) -> list[Future]:
    return [
        unfolded(TOLD, replicate=replicate, streams=STREAMS, order=order)
        for replicate in range(REPLICATES)
    ]


def check(future: Future) -> None:
    """Raise unless shares are shares and the market works in every month."""
    served = series(future, "spend_musd_per_month") > 0.0
    assert served.sum() > TOLD.n_months - 12
    assert not np.isinf(future.values).any()
    blocs = sum(series(future, "bloc_share_tokens", bloc) for bloc in BLOCS)
    np.testing.assert_allclose(blocs[served], 1.0, rtol=1e-9)
    for outcome in (outcome for outcome in OUTCOMES if "share" in outcome.unit):
        values = future.values[[ROW[outcome.id, group] for group in outcome.groups]]
        known = values[~np.isnan(values)]
        assert ((known >= 0.0) & (known <= 1.0 + 1e-12)).all(), outcome.id


def changes(usual: list[Future], other: list[Future]) -> str:
    """Return the mean change after today of each watched outcome."""
    pairs = list(zip(usual, other, strict=True))
    means = [
        np.nanmean([series(b, *key)[47:] - series(a, *key)[47:] for a, b in pairs])
        for key in WATCHED
    ]
    return "".join(f"{mean:>12.4f}" for mean in means)


def test_the_steps_that_may_be_permuted_are_those_of_labs_and_hosts() -> None:
    labels = [label for label, _ in ORDER[FIRST:LAST]]
    assert labels == [
        "research and spillovers",
        "releases due: openness, licence, price",
        "hosts enter, access and host prices are set",
        "labs reprice",
    ]


def test_in_any_order_of_research_releases_hosts_and_prices_the_model_holds(
    record_property: Callable[[str, object], None],
) -> None:
    names = ("research", "release", "hosts", "prices")
    usual = futures(ORDER)
    found: dict[str, list[str]] = {}
    for places in permutations(range(LAST - FIRST)):
        other = futures(reordered(places))
        for future in other:
            check(future)
        found.setdefault(changes(usual, other), []).append(" ".join(names[k] for k in places))
    assert sum(map(len, found.values())) == 24
    header = f"{'mean change after today':<50}" + "".join(f"{k[0][:11]:>12}" for k in WATCHED)
    lines = [
        f"{f'{orders[0]} and {len(orders) - 1} more':<50}{row}" for row, orders in found.items()
    ]
    record_property("table", "\n".join([header, *lines]))
