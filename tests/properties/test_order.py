"""Four steps of the month could stand in another order: the model holds, and what moves is told."""

from __future__ import annotations

import numpy as np

from benchmarks.commands.order import FIRST, LAST, every_order, reordered, text
from sim.order import ORDER, Step
from sim.outcomes import BLOCS, OUTCOMES, ROW
from sim.replicate import Future
from tests.worlds import scenario, series, unfolded

REPLICATES, STREAMS = 2, 300
TOLD = scenario(until="2030-12")


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


def test_the_steps_that_may_be_permuted_are_those_of_labs_and_hosts() -> None:
    labels = [label for label, _ in ORDER[FIRST:LAST]]
    assert labels == [
        "research and spillovers",
        "releases due: openness, licence, price",
        "hosts enter, access and host prices are set",
        "labs reprice",
    ]


def test_in_any_order_of_research_releases_hosts_and_prices_the_model_holds() -> None:
    found = {places: futures(reordered(places)) for places in every_order()}
    assert len(found) == 24
    for other in found.values():
        for future in other:
            check(future)
    told = text(found).splitlines()
    assert told[2].startswith("cn_open_share_tokens world          0.0000 ")
    assert "A: research releases hosts prices;" in text(found)
