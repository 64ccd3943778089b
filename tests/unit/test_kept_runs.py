"""Runs are kept whole, within bounds, and as long as a scenario or a briefing names them."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterator

import numpy as np
import pytest
import sqlalchemy as sa

from sim import InputError, LeverSetting, Scenario
from sim.kept import digest_of, from_parquet, numbers_of, to_parquet
from sim.outcomes import SERIES
from sim.result import Result
from sim.run_id import data_digest, run_id
from sim.store import KeptRuns, Store
from sim.store.tables import RUN_VALUES, RUNS
from sim.version import MODEL_VERSION


def scenario(number: int) -> Scenario:
    return Scenario("x", "A", levers={"us_foreign_model_ban": LeverSetting(number / 100)})


def result(number: int = 1, *, replicates: int = 2) -> Result:
    """Return a run with numbers of every kind, without having run it."""
    asked = scenario(number)
    values = np.arange(replicates * len(SERIES) * 4, dtype=float).reshape(replicates, -1, 4)
    values = values / 7 + number
    values[0, 0] = [np.nan, -0.0, 5e-324, 1e300]
    name = run_id(asked, seed=1, replicates=replicates, streams=200)
    return Result(asked, 1, 200, name, values)


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    store = Store(database)
    yield store
    store.close()


def bounded(store: Store, **bounds: int) -> KeptRuns:
    return KeptRuns(store._database, **bounds)


def kept_values(store: Store) -> set[str]:
    with store._database.transaction(reads=True) as connection:
        return set(connection.execute(sa.select(RUN_VALUES.c.run_id)).scalars())


def test_numbers_read_back_bit_for_bit() -> None:
    numbers = numbers_of(result())
    again = from_parquet(to_parquet(numbers), numbers.digest)
    assert again.series == SERIES
    assert again.values.tobytes() == numbers.values.tobytes()


def test_the_digest_sees_every_bit_every_name_and_the_shape() -> None:
    first = numbers_of(result())
    changed = first.values.copy()
    changed[0, 0, 1] = 0.0  # for minus zero
    others = [
        dataclasses.replace(first, values=changed),
        dataclasses.replace(first, values=first.values.reshape(4, -1, 2)),
        dataclasses.replace(first, series=(("other", "world"), *first.series[1:])),
    ]
    assert len({first.digest, *(other.digest for other in others)}) == 4
    assert digest_of(result()) == first.digest


def test_numbers_that_are_not_those_of_the_digest_are_refused() -> None:
    numbers = numbers_of(result())
    content = to_parquet(numbers)
    for damaged, digest in (
        (content, "0" * 64),
        (content[:-20], numbers.digest),
        (b"", numbers.digest),
        (b"PAR1 nonsense PAR1", numbers.digest),
    ):
        with pytest.raises(InputError, match="damaged"):
            from_parquet(damaged, digest)


def test_a_kept_run_is_reopened_byte_equal(store: Store) -> None:
    run = result(7)
    kept = store.runs.keep(run)
    assert store.runs.get(run.run_id) == kept
    assert (kept.model_version, kept.data_digest) == (MODEL_VERSION, data_digest())
    assert (kept.seed, kept.replicates, kept.streams) == (1, 2, 200)
    assert kept.read() == (run.scenario, ())
    numbers = store.runs.numbers(run.run_id)
    assert numbers is not None
    assert numbers.values.tobytes() == run.values.tobytes()
    assert store.runs.get("fc-000000000000") is None
    assert store.runs.numbers("fc-000000000000") is None


def test_a_run_kept_twice_is_kept_once_and_the_first_numbers_stand(store: Store) -> None:
    run = result()
    first = store.runs.keep(run)
    other = dataclasses.replace(run, values=run.values + 1)
    again = store.runs.keep(other)
    assert (again.digest, again.created_at) == (first.digest, first.created_at)
    assert again.used_at >= first.used_at
    numbers = store.runs.numbers(run.run_id)
    assert numbers is not None
    assert numbers.digest == digest_of(run)


def test_runs_kept_at_once_by_several_are_kept_once(store: Store) -> None:
    told: list[str] = []
    threads = [
        threading.Thread(target=lambda: told.append(store.runs.keep(result()).run_id))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == [result().run_id] * 6
    assert kept_values(store) == {result().run_id}


def test_numbers_used_longest_ago_are_dropped_first_and_the_note_stays(store: Store) -> None:
    runs = bounded(store, most_runs=2)
    ids = [runs.keep(result(n)).run_id for n in (1, 2)]
    assert runs.numbers(ids[0]) is not None  # used: now the second is the older one
    ids.append(runs.keep(result(3)).run_id)
    assert kept_values(store) == {ids[0], ids[2]}
    noted = runs.get(ids[1])
    assert noted is not None
    assert (noted.n_bytes, noted.digest) == (0, digest_of(result(2)))
    assert runs.numbers(ids[1]) is None


def test_dropped_numbers_come_back_only_if_they_are_the_same(store: Store) -> None:
    runs = bounded(store, most_runs=1)
    first = runs.keep(result(1)).run_id
    runs.keep(result(2))
    changed = dataclasses.replace(result(1), values=result(1).values + 1)
    assert runs.keep(changed).digest == digest_of(result(1))
    assert runs.numbers(first) is None
    runs.keep(result(1))
    assert runs.numbers(first) is not None


def test_bytes_are_bounded_too(store: Store) -> None:
    size = len(to_parquet(numbers_of(result(1))))
    runs = bounded(store, most_bytes=2 * size + size // 2)
    ids = [runs.keep(result(n)).run_id for n in (1, 2, 3)]
    assert kept_values(store) == set(ids[1:])


def test_a_run_too_large_is_noted_without_its_numbers(store: Store) -> None:
    runs = bounded(store, largest=1000)
    kept = runs.keep(result())
    assert kept.n_bytes == 0
    assert kept.digest == digest_of(result())
    assert kept_values(store) == set()


def test_notes_are_bounded_as_well(store: Store) -> None:
    runs = bounded(store, most_runs=1, most_noted=3)
    ids = [runs.keep(result(n)).run_id for n in range(1, 6)]
    assert [runs.get(name) is not None for name in ids] == [False, False, True, True, True]


def test_a_run_that_a_saved_scenario_names_is_never_dropped(store: Store) -> None:
    runs = bounded(store, most_runs=0, most_noted=0)
    named = result(1)
    saved = store.save(named.scenario, "Named", run_id=named.run_id)
    runs.keep(named)
    runs.keep(result(2))
    assert kept_values(store) == {named.run_id}
    store.delete(saved.id)
    runs.keep(result(3))
    assert kept_values(store) == {named.run_id}, "a deletion can be undone"
    for number in range(10):
        store.delete(store.save(scenario(4), f"Other {number}").id)
    runs.keep(result(5))
    assert kept_values(store) == set()
    assert runs.get(named.run_id) is None


def test_a_run_that_a_briefing_names_is_kept_until_it_lets_go(store: Store) -> None:
    runs = bounded(store, most_runs=0)
    held = result(1)
    runs.hold("briefing 1", [held.run_id, "fc-000000000000"])
    runs.hold("briefing 2", [held.run_id])
    runs.keep(held)
    runs.hold("briefing 1", [])
    runs.keep(result(2))
    assert kept_values(store) == {held.run_id}
    runs.hold("briefing 2", ["fc-000000000000"])
    runs.keep(result(3))
    assert kept_values(store) == set()
    with pytest.raises(InputError, match=r"run id: '../x'"):
        runs.hold("briefing 1", ["../x"])


def test_damaged_numbers_are_said_to_be_damaged(store: Store) -> None:
    run = result()
    store.runs.keep(run)
    with store._database.transaction() as connection:
        connection.execute(RUN_VALUES.update().values(content=b"PAR1"))
    with pytest.raises(InputError, match="damaged"):
        store.runs.numbers(run.run_id)


def test_a_run_is_kept_whole_or_not_at_all(store: Store) -> None:
    with store._database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE run_values RENAME TO elsewhere")
    with pytest.raises(InputError, match="run_values"):
        store.runs.keep(result())
    with store._database.transaction(reads=True) as connection:
        assert connection.execute(sa.select(RUNS)).all() == []
