"""Whose items go to a worker next, and how many at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.chunks import CHUNK_SECONDS, MOST_DEATHS, Chunks
from sim.jobs import Job, Jobs
from sim.task import Finished, Task, WorkersLostError

TASK = Task("math:sqrt")


def job(count: int, *, preview: int = 0) -> Job:
    """Return a job of so many items."""
    return Job(TASK, tuple(range(count)), lanes=2, preview=preview)


def do(one: Job, seconds: float) -> list[int]:
    """Work on the next chunk of a job, `seconds` an item."""
    taken = one.take()
    one.finish(taken, Finished(tuple(taken), seconds * len(taken), process=1))
    return taken


@given(st.integers(0, 300), st.integers(0, 10), st.lists(st.floats(0.0, 2.0), min_size=1))
def test_every_item_is_handed_out_once_and_in_order(
    count: int, preview: int, seconds: list[float]
) -> None:
    one, taken = job(count, preview=preview), []
    while one.chunks.left:
        taken += do(one, seconds[len(taken) % len(seconds)])
    assert taken == list(range(count))
    assert one.take() == []


def test_items_go_singly_until_something_is_known_and_while_a_preview_waits() -> None:
    chunks = Chunks(1000, lanes=2, preview=3)
    assert [chunks.take(), chunks.take()] == [[0], [1]]
    chunks.took(1, 0.001)
    assert chunks.take() == [2]
    assert len(chunks.take()) == int(CHUNK_SECONDS / 0.001)


def test_a_chunk_takes_about_as_long_whatever_an_item_takes() -> None:
    for seconds in (0.002, 0.01, 0.03):
        one = job(10_000)
        do(one, seconds)
        chunk = len(one.take()) * seconds
        assert CHUNK_SECONDS - seconds <= chunk <= CHUNK_SECONDS


def test_long_items_go_singly_and_quick_ones_never_all_at_once() -> None:
    slow, quick = job(100), job(10**6)
    do(slow, 1.0)
    do(quick, 0.0)
    assert len(slow.take()) == 1
    assert len(quick.take()) < 1000


def test_the_last_items_are_spread_over_all_workers() -> None:
    one = job(9)
    do(one, 1e-6)
    sizes = []
    while one.chunks.left:
        sizes.append(len(do(one, 1e-6)))
    assert sizes == [2, 2, 1, 1, 1, 1]


def test_a_faster_world_is_noticed_within_a_few_chunks() -> None:
    one = job(10_000)
    do(one, 0.5)
    for _ in range(12):
        do(one, 0.005)
    assert len(one.take()) > 10


def test_items_of_a_dead_worker_are_redone_first_and_alone() -> None:
    one = job(1000)
    do(one, 0.01)
    taken = one.take()
    assert len(taken) > 1
    assert one.lose(taken)
    assert [one.take() for _ in taken] == [[item] for item in taken]


def test_a_job_over_which_workers_keep_dying_fails() -> None:
    one = job(3)
    for _ in range(MOST_DEATHS - 1):
        assert one.lose(one.take())
    assert not one.lose(one.take())
    _, error = one.findings.get_nowait()
    assert isinstance(error, WorkersLostError)


def test_a_first_result_goes_before_everybody_elses_refinements() -> None:
    jobs, old, new = Jobs(), job(1000, preview=4), job(1000, preview=4)
    jobs.add(old)
    for _ in range(10):
        do(old, 0.01)
    jobs.add(new)
    order = []
    for _ in range(4):
        chosen = jobs.next_job()
        assert chosen is not None
        order.append(chosen)
        chosen.take()
    assert order == [new] * 4
    assert not jobs.preview_waits


def test_workers_time_is_shared_evenly_whatever_items_take() -> None:
    jobs, heavy, light = Jobs(), job(10_000), job(10_000)
    jobs.add(heavy)
    jobs.add(light)
    for _ in range(400):
        chosen = jobs.next_job()
        assert chosen is not None
        do(chosen, 1.0 if chosen is heavy else 0.02)
    assert heavy.served == pytest.approx(light.served, rel=0.05)


def test_a_newcomer_does_not_catch_up_on_what_others_had_before() -> None:
    jobs, old, new = Jobs(), job(10_000), job(10_000)
    jobs.add(old)
    for _ in range(100):
        do(old, 0.05)
    jobs.add(new)
    order = []
    for _ in range(20):
        chosen = jobs.next_job()
        assert chosen is not None
        order.append(chosen)
        do(chosen, 0.05)
    assert 9 <= order.count(new) <= 11


def test_work_under_way_counts_as_served() -> None:
    jobs, one, other = Jobs(), job(100), job(100)
    for each in (one, other):
        do(each, 0.05)
        jobs.add(each)
    first = jobs.next_job()
    assert first is not None
    first.take()
    assert jobs.next_job() is not first


def test_nothing_is_next_when_all_is_handed_out() -> None:
    jobs, one = Jobs(), job(1)
    assert jobs.next_job() is None
    jobs.add(one)
    one.take()
    assert jobs.next_job() is None
    assert not jobs.are_none
    jobs.remove(one)
    assert jobs.are_none


HOMES = [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]  # pairs of two scenarios, future by future


def test_items_of_one_home_go_to_one_lane_until_a_lane_has_none_left() -> None:
    chunks = Chunks(len(HOMES), lanes=2, homes=HOMES)
    chunks.took(1, 1.0)  # long items: one at a time
    assert [chunks.take(1) for _ in range(4)] == [[2], [3], [6], [7]]
    assert [chunks.take(0), chunks.take(0)] == [[0], [1]]
    assert chunks.take(1) == [4]  # the other lane is behind: help
    assert chunks.left == 3


def test_who_is_done_with_its_own_helps_with_what_somebody_waits_for() -> None:
    chunks = Chunks(len(HOMES), lanes=2, preview=4, homes=HOMES)
    assert [chunks.take(0) for _ in range(3)] == [[0], [1], [2]]
    assert chunks.is_preview
    assert chunks.take(1) == [3]
    assert not chunks.is_preview
    assert [chunks.take(0), chunks.take(1)] == [[4], [6]]


@given(st.lists(st.integers(0, 9), min_size=1), st.integers(1, 4), st.integers(0, 10), st.data())
def test_with_homes_too_every_item_is_handed_out_once(
    homes: list[int], lanes: int, preview: int, data: st.DataObject
) -> None:
    chunks, taken = Chunks(len(homes), lanes=lanes, preview=preview, homes=homes), []
    while chunks.left:
        lane = data.draw(st.integers(0, lanes - 1))
        got = chunks.take(lane)
        assert got
        own = [item for item in range(len(homes)) if homes[item] % lanes == lane]
        asked = [item for item in range(min(preview, len(homes))) if item not in taken]
        if not asked and set(own) - set(taken):
            assert set(got) <= set(own)
        taken += got
        chunks.took(len(got), data.draw(st.floats(0.0, 0.1)))
    assert sorted(taken) == list(range(len(homes)))
