"""The population matches its tables, and a larger one contains the smaller one unchanged."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from sim.chance import Dice
from sim.parameters import Parameters
from sim.people import INDIFFERENT, REFUSES
from sim.population import (
    CELLS,
    CN,
    EU,
    PEERS,
    REGION_VOLUME,
    SCALE_LOWEST,
    SCALE_STEP,
    SCALES,
    SEGMENT_STREAMS,
    SEGMENT_VOLUME,
    TASKS,
    US,
    Population,
    build_population,
    cell_volumes,
    fixed_cost_classes,
)

P = Parameters()
TRUST = P.trust
STATIC = ("region", "segment", "task", "cell", "place", "alpha", "type", "ids")


@lru_cache
def population(streams: int, replicate: int = 0) -> Population:
    return build_population(Dice(1, replicate), P.developers, P.trust, P.market, streams)


def shares(of: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
    counts = np.bincount(of, weights)
    return counts / counts.sum()


@pytest.mark.parametrize("attribute", STATIC)
def test_a_larger_population_contains_the_smaller_one_unchanged(attribute: str) -> None:
    for more in (301, 2000):
        small, large = (getattr(population(n), attribute) for n in (300, more))
        np.testing.assert_array_equal(large[:300], small)


def test_in_a_larger_population_volumes_keep_their_order_and_ratios_within_a_cell() -> None:
    small, large = population(300), population(2000)
    for cell in np.unique(small.cell):
        members = small.cell == cell
        ratio = large.volume_mtok[:300][members] / small.volume_mtok[members]
        np.testing.assert_allclose(ratio, ratio[0], rtol=1e-12)


@pytest.mark.parametrize("streams", [200, 301, 4000])
@pytest.mark.parametrize("replicate", range(2))
def test_every_cell_with_streams_has_its_share_of_the_volume_exactly(
    streams: int, replicate: int
) -> None:
    who = population(streams, replicate)
    held = np.bincount(who.cell, who.volume_mtok, minlength=CELLS)
    filled = held > 0.0
    wanted = cell_volumes() * filled
    total = P.market.tokens_2025_07 * 1e6
    np.testing.assert_allclose(held, total * wanted / wanted.sum(), rtol=1e-12)
    assert (filled.sum() == (cell_volumes() > 0.0).sum()) == (streams == 4000)


@pytest.mark.parametrize("streams", [200, 301, 4000])
def test_the_total_volume_is_what_was_assumed_for_july_2025(streams: int) -> None:
    volume = population(streams).volume_mtok
    assert volume.sum() == pytest.approx(P.market.tokens_2025_07 * 1e6)
    assert (volume > 0).all()


@pytest.mark.parametrize("replicate", range(3))
def test_shares_of_streams_are_near_their_tables(replicate: int) -> None:
    who = population(2000, replicate)
    np.testing.assert_allclose(shares(who.region), REGION_VOLUME, atol=0.005)
    np.testing.assert_allclose(shares(who.segment), SEGMENT_STREAMS, atol=0.005)
    mix = np.array([task.mix for task in TASKS]).T
    joint = np.einsum("r,s,st->rst", REGION_VOLUME, SEGMENT_STREAMS, mix)
    cells = np.bincount(who.cell, minlength=joint.size)
    np.testing.assert_allclose(cells, 2000 * joint.ravel(), atol=5.0)  # by chance alone: 25


@pytest.mark.parametrize("replicate", range(3))
def test_shares_of_volume_are_those_of_the_tables(replicate: int) -> None:
    who = population(4000, replicate)
    np.testing.assert_allclose(shares(who.segment, who.volume_mtok), SEGMENT_VOLUME, rtol=1e-9)
    np.testing.assert_allclose(shares(who.region, who.volume_mtok), REGION_VOLUME, rtol=1e-9)


def test_a_cell_is_a_place_and_a_task_and_a_place_a_region_and_a_segment() -> None:
    who = population(2000)
    np.testing.assert_array_equal(who.cell, who.place * len(TASKS) + who.task)
    np.testing.assert_array_equal(who.place, who.region * len(SEGMENT_STREAMS) + who.segment)


def test_every_number_of_a_kind_fits_its_byte() -> None:
    assert max(CELLS, SCALES) <= np.iinfo(np.int8).max + 1
    who = population(2000)
    assert {array.itemsize for array in (who.region, who.cell, who.place, who.scale)} == {1}


def test_volumes_and_tastes_spread_as_assumed() -> None:
    who = population(20_000)
    large = np.bincount(who.cell, minlength=CELLS) >= 300
    spread = [np.log(who.volume_mtok[who.cell == cell]).std() for cell in np.flatnonzero(large)]
    np.testing.assert_allclose(spread, P.developers.volume_log_sd, rtol=0.06)
    taste = np.log(who.alpha / P.developers.price_sensitivity)
    assert taste.std() == pytest.approx(P.developers.price_sensitivity_spread, rel=0.03)
    assert np.median(taste) == pytest.approx(0.0, abs=0.02)


def test_large_streams_are_no_more_and_no_less_sensitive_to_price() -> None:
    who = population(4000)
    taste = np.log(who.alpha)
    for other in (np.log(who.volume_mtok), who.cell):
        assert abs(np.corrcoef(taste, other)[0, 1]) < 0.05


@pytest.mark.parametrize("streams", [200, 301, 4000])
def test_every_stream_has_twelve_peers_that_exist(streams: int) -> None:
    peers = population(streams).peers
    assert peers.shape == (PEERS, streams)
    assert peers.min() >= 0
    assert peers.max() < streams


def test_about_seventy_per_cent_of_peers_are_from_home_and_the_rest_from_anywhere() -> None:
    who = population(4000)
    at_home = (who.place[who.peers] == who.place).mean()
    by_accident = (shares(who.place) ** 2).sum()
    expected = 0.7 + 0.3 * by_accident
    assert at_home == pytest.approx(expected, abs=0.01)


def test_nobody_is_everybodys_peer_and_hardly_anybody_is_nobodys() -> None:
    chosen = np.bincount(population(4000).peers.ravel(), minlength=4000)
    assert chosen.mean() == PEERS
    assert chosen.max() < 4 * PEERS
    assert (chosen < 3).mean() < 0.005  # Poisson with mean 12: 0.0005


def test_types_of_trust_are_as_frequent_as_assumed() -> None:
    who = population(20_000)
    for region, refuse, indifferent in (
        (US, TRUST.refusers_us, TRUST.indifferent_us),
        (EU, TRUST.refusers_elsewhere, TRUST.indifferent_elsewhere),
        (CN, 0.0, 1.0),
    ):
        types = who.type[who.region == region]
        assert (types == REFUSES).mean() == pytest.approx(refuse, abs=0.02)
        assert (types == INDIFFERENT).mean() == pytest.approx(indifferent, abs=0.02)


def test_the_fixed_cost_of_hosting_oneself_is_that_of_the_streams_own_volume() -> None:
    who, market = population(4000), P.market
    relative = who.volume_mtok / who.volume_mtok.mean()
    exact = market.self_host_fixed_usd / (market.deployment_mtok * relative)
    low, high = np.exp(SCALE_LOWEST), np.exp(SCALE_LOWEST + SCALES * SCALE_STEP)
    inside = (exact > low) & (exact < high)
    ratio = fixed_cost_classes()[who.scale] / exact
    assert inside.mean() > 0.95
    assert (np.abs(np.log(ratio[inside])) <= SCALE_STEP / 2 + 1e-9).all()
    assert (who.scale[exact >= high] == SCALES - 1).all()
    assert (who.scale[exact <= low] == 0).all()


def test_a_wider_spread_of_volumes_changes_nothing_else() -> None:
    wider = replace(P.developers, volume_log_sd=2.0)
    wide = build_population(Dice(1, 0), wider, P.trust, P.market, 300)
    for attribute in (*STATIC, "peers"):
        np.testing.assert_array_equal(getattr(wide, attribute), getattr(population(300), attribute))
    assert wide.volume_mtok.max() > population(300).volume_mtok.max()


def test_replicates_are_different_populations() -> None:
    one, other = population(300, 0), population(300, 1)
    assert (one.cell != other.cell).mean() > 0.5
    assert (one.peers != other.peers).mean() > 0.9
