"""A PostgreSQL of the tests' own, and which tests run on it.

Tests marked `postgres` run wherever PostgreSQL's server programs are found: a cluster is made in a
temporary folder, listens on a socket in it only, and is gone afterwards. POSTGRES_TESTS=require
makes their absence an error and POSTGRES_TESTS=skip leaves these tests out; POSTGRES_BIN names a
folder with `initdb` and `pg_ctl` that is not in a usual place.
"""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

USUAL_PLACES = "/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin"
OTHER_USERS = ("postgres", "nobody")


def find_programs() -> Path | None:
    """Return the folder of initdb and pg_ctl, of the newest version there is, or None."""
    named = os.environ.get("POSTGRES_BIN")
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    for pattern in USUAL_PLACES:
        places = Path("/").glob(pattern.lstrip("/"))
        folders += sorted(places, key=lambda place: (len(str(place)), str(place)), reverse=True)
    folders = [Path(named)] if named else folders
    return next((f for f in folders if (f / "initdb").exists() and (f / "pg_ctl").exists()), None)


def why_no_postgres() -> str | None:
    """Return why tests on PostgreSQL do not run, or None if they do."""
    mode = os.environ.get("POSTGRES_TESTS", "auto")
    if mode not in {"auto", "require", "skip"}:
        raise pytest.UsageError(f"POSTGRES_TESTS={mode}: allowed are auto, require, skip")
    if mode == "skip":
        return "POSTGRES_TESTS=skip"
    if find_programs():
        return None
    if mode == "require":
        raise pytest.UsageError(
            "POSTGRES_TESTS=require: initdb not found; install PostgreSQL or set POSTGRES_BIN"
        )
    return "initdb not found"


def pytest_configure() -> None:
    why_no_postgres()  # a wrong or unmet POSTGRES_TESTS ends the session before anything runs


def pytest_report_header() -> str:
    reason = why_no_postgres()
    return f"PostgreSQL tests: {f'{reason}, deselected' if reason else find_programs()}"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if why_no_postgres() is None:
        return
    left_out = [item for item in items if item.get_closest_marker("postgres")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


class Cluster:
    """A running PostgreSQL in a folder of its own."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs, self._folder = programs, folder
        self._user = other_user()
        self._numbers = itertools.count()

    def start(self) -> None:
        """Make the cluster and start it."""
        if self._user is not None:  # the server refuses to be run by root
            os.chown(self._folder, pwd.getpwnam(self._user).pw_uid, -1)
        options = "--auth=trust --username=tests --encoding=UTF8 --locale=C --no-sync".split()
        self._run("initdb", "--pgdata", self._data, *options)
        self._start()

    def crash(self) -> None:
        """End the server at once, as a loss of power would, and start it again."""
        self._run("pg_ctl", "stop", "--pgdata", self._data, "--mode=immediate", "--wait")
        self._start()

    def stop(self) -> None:
        """Stop the server."""
        self._run("pg_ctl", "stop", "--pgdata", self._data, "--mode=fast", "--wait")

    def new_database(self) -> str:
        """Make an empty database and return its URL."""
        name = f"library_{os.getpid()}_{next(self._numbers)}"
        engine = sa.create_engine(self._url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        engine.dispose()
        return self._url(name)

    @property
    def _data(self) -> str:
        return str(self._folder / "data")

    def _url(self, name: str) -> str:
        return f"postgresql+psycopg://tests@/{name}?host={self._folder}"

    def _start(self) -> None:
        options = f"-k {self._folder} -c listen_addresses=''"
        log = str(self._folder / "log")
        told = ("start", "--pgdata", self._data, "--log", log, "--options", options, "--wait")
        self._run("pg_ctl", *told)

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self._programs / program), *arguments],
            user=self._user,
            cwd=self._folder,
            stdout=subprocess.DEVNULL,  # the server would keep a pipe open
            stderr=subprocess.DEVNULL,
            timeout=120,
        )
        log = self._folder / "log"
        told = log.read_text("utf-8")[-2000:] if log.is_file() else ""
        assert done.returncode == 0, f"{program} {' '.join(arguments)} failed: {told}"


def other_user() -> str | None:
    """Return whom to run the server as, None if not as somebody else."""
    if os.geteuid() != 0:
        return None
    known = {user.pw_name for user in pwd.getpwall()}
    return next(name for name in OTHER_USERS if name in known)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """Return a running PostgreSQL."""
    programs = find_programs()
    assert programs is not None
    # Not pytest's own folder: another user may not enter it, and a socket's path must be short.
    folder = Path(tempfile.mkdtemp(prefix="frontier-commons-"))
    try:
        cluster = Cluster(programs, folder)
        cluster.start()
        yield cluster
        cluster.stop()
    finally:
        shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return an empty database of each kind: a path or a URL."""
    if request.param == "sqlite":
        return str(tmp_path / "folder" / "library.sqlite")
    cluster: Cluster = request.getfixturevalue("postgres")
    return cluster.new_database()
