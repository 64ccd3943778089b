"""How a long study survives being stopped: what is finished is on disk within half a second.

A checkpoint is one SQLite file in a folder, named for the study and a digest of its definition, so
that a changed study, another model version or other data never resume from a stale file. An item
is written whole or not at all, whatever kills the process; several processes may share the file.
Arrays are kept as numpy writes them, records as JSON; nothing that is read can run code.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import sqlite3
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from sim.backend import Backend
from sim.declare import InputError, printable
from sim.run_id import data_digest
from sim.settings import Progress
from sim.task import Task
from sim.version import MODEL_VERSION

PATIENCE_SECONDS = 30.0  # that a writer waits for another process's write
COMMIT_SECONDS = 0.5  # a write to disk takes as long as a small item, so several share one
_NAME = re.compile(r"[a-z0-9_-]{1,40}")
_TABLES = """
CREATE TABLE IF NOT EXISTS items (key TEXT PRIMARY KEY, kind TEXT NOT NULL, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS study (definition TEXT NOT NULL);
"""


class Checkpoint:
    """The finished items of one study, by key.

    `definition` is all that can change a result, as plain values: scenarios, ranges, sizes, seed.
    Model version and data are added to it.
    """

    def __init__(self, folder: Path, study: str, definition: Mapping[str, Any]) -> None:
        if not _NAME.fullmatch(study):
            raise InputError(f"study: {printable(study)!r}; allowed a-z, 0-9, - and _")
        told = {"model": MODEL_VERSION, "data": data_digest(), "study": definition}
        text = _canonical(told)
        self.path = folder / f"{study}-{hashlib.sha256(text.encode()).hexdigest()[:12]}.sqlite"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = sqlite3.connect(self.path, timeout=PATIENCE_SECONDS)
            self._commit_at = 0.0
            self._begin(text)
        except (OSError, sqlite3.Error) as error:
            shown = printable(self.path, 200)
            raise InputError(f"checkpoint: {shown!r} cannot be used: {error}") from None

    def __enter__(self) -> Checkpoint:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __len__(self) -> int:
        (count,) = self._file.execute("SELECT count(*) FROM items").fetchone()
        return int(count)

    def __contains__(self, item: object) -> bool:
        found = self._file.execute("SELECT 1 FROM items WHERE key = ?", (_canonical(item),))
        return found.fetchone() is not None

    def __getitem__(self, item: object) -> Any:
        found = self._file.execute(
            "SELECT kind, body FROM items WHERE key = ?", (_canonical(item),)
        ).fetchone()
        if found is None:
            raise KeyError(item)
        return _DECODERS[found[0]](found[1])

    def put(self, item: object, result: Any) -> None:
        """Write down what was found for an item, before this returns; the first one stays."""
        self._insert(item, result)
        self._file.commit()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def map(
        self,
        backend: Backend,
        task: Task,
        items: Sequence[Any],
        *,
        progress: Progress | None = None,
    ) -> Generator[tuple[Any, Any], None, None]:
        """Yield (item, result) for all items: first those written down, then the rest as they come.

        Items are plain values, results arrays, mappings of arrays or plain values. `progress`
        counts all items, those written down too.
        """
        known = [item for item in items if item in self]
        missing = [item for item in items if item not in self]

        def tell(done: int, _: int) -> None:
            self._commit_if_due()
            if progress is not None:
                progress(len(known) + done, len(items))

        for item in known:
            yield item, self[item]
        try:
            with closing(backend.map(task, missing, progress=tell)) as found:
                for item, result in found:
                    self._insert(item, result)
                    yield item, self[item]
        finally:
            self._file.commit()

    def _insert(self, item: object, result: Any) -> None:
        kind, body = _encoded(result)
        self._file.execute(
            "INSERT OR IGNORE INTO items VALUES (?, ?, ?)", (_canonical(item), kind, body)
        )

    def _commit_if_due(self) -> None:
        now = time.monotonic()
        if now >= self._commit_at and self._file.in_transaction:
            self._file.commit()
            self._commit_at = now + COMMIT_SECONDS

    def _begin(self, text: str) -> None:
        with self._file:
            self._file.executescript(_TABLES)
            if self._file.execute("SELECT 1 FROM study").fetchone() is None:
                self._file.execute("INSERT INTO study VALUES (?)", (text,))


def _canonical(value: object) -> str:
    """Return plain values as text that is the same for the same values."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} is not a plain value")


def _encoded(result: Any) -> tuple[str, bytes]:
    body = io.BytesIO()
    if isinstance(result, np.ndarray):
        np.save(body, result, allow_pickle=False)
        return "array", body.getvalue()
    if isinstance(result, Mapping) and any(isinstance(v, np.ndarray) for v in result.values()):
        np.savez(body, allow_pickle=False, **result)
        return "arrays", body.getvalue()
    return "record", _canonical(result).encode()


def _array(body: bytes) -> Any:
    return np.load(io.BytesIO(body), allow_pickle=False)


def _arrays(body: bytes) -> dict[str, Any]:
    with np.load(io.BytesIO(body), allow_pickle=False) as found:
        return dict(found)


_DECODERS: dict[str, Callable[[bytes], Any]] = {
    "array": _array,
    "arrays": _arrays,
    "record": json.loads,
}
