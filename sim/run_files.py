"""Where finished runs are kept between commands: a Parquet file each, in the user's cache folder.

A file appears whole or not at all, so writers and readers need no lock. It carries checksums; one
that is damaged, or not what its name says, counts as absent and is removed. The folder is named for
a digest of the source, so that a change of the model never finds runs of the model before it. What
was not used for longest goes first when files or bytes exceed their bounds.
"""

from __future__ import annotations

import os
import time
import uuid
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim import twins
from sim.futures import Futures
from sim.log import ENTRY
from sim.outcomes import SERIES

if TYPE_CHECKING:
    import pyarrow as pa

MOST_FILES, MOST_BYTES = 500, 2_000_000_000
STALE_SECONDS = 3600.0  # after which a file that was never finished is somebody's who died


class RunFiles:
    """The runs kept in one folder."""

    def __init__(
        self, folder: Path, *, most_files: int = MOST_FILES, most_bytes: int = MOST_BYTES
    ) -> None:
        self._folder, self._most_files, self._most_bytes = folder, most_files, most_bytes

    def get(self, family: str, replicates: int) -> Futures | None:
        """Return the futures kept under `family`: at most `replicates` if fewer, else as many.

        A longer run serves a shorter one. None if there is none.
        """
        for path in self._of(family):
            found = _read(path, family, replicates)
            if found is not None:
                with suppress(OSError):
                    os.utime(path)
                return found
            _remove(path)
        return None

    def put(self, family: str, futures: Futures) -> None:
        """Keep a run unless a longer one is there; a disk that cannot be written to is no error."""
        longest = next(iter(self._of(family)), None)
        if longest is not None and _replicates(longest) >= len(futures.values):
            return
        path = self._folder / f"{family}-{len(futures.values)}.parquet"
        draft = self._folder / f".{uuid.uuid4().hex}.part"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            _write(draft, family, futures)
            draft.replace(path)
        except OSError:
            return
        finally:
            _remove(draft)
        for shorter in self._of(family)[1:]:
            _remove(shorter)
        self._make_room()

    def _of(self, family: str) -> list[Path]:
        """Return the files of a family, the longest first."""
        found = [path for path in self._folder.glob(f"{family}-*.parquet") if _replicates(path)]
        return sorted(found, key=_replicates, reverse=True)

    def _make_room(self) -> None:
        """Remove files, of this model and of earlier ones, until the bounds are kept."""
        now, kept = time.time(), []
        for path in self._folder.parent.glob("*/*"):
            with suppress(OSError):
                told = path.stat()
                if path.suffix == ".parquet":
                    kept.append((told.st_mtime, told.st_size, path))
                elif path.suffix == ".part" and now - told.st_mtime > STALE_SECONDS:
                    _remove(path)
        size = 0
        for at, (_, n_bytes, path) in enumerate(sorted(kept, reverse=True), start=1):
            size += n_bytes
            if at > self._most_files or size > self._most_bytes:
                _remove(path)


def default_files() -> RunFiles:
    """Return the runs kept for this user by this version of the source."""
    code = twins.code_folder()
    return RunFiles(code.parent / "runs" / code.name.removeprefix("code-"))


def _write(path: Path, family: str, futures: Futures) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    n, _, months = futures.values.shape
    values = np.ascontiguousarray(futures.values).view(np.uint8).reshape(n, -1)
    width = values.shape[1]
    columns = {
        "values": pa.FixedSizeBinaryArray.from_buffers(
            pa.binary(width), n, [None, pa.py_buffer(values)]
        ),
        "log": pa.array([log.tobytes() for log in futures.logs], type=pa.large_binary()),
    }
    told = {"family": family, "months": str(months)}
    pq.write_table(
        pa.table(columns).replace_schema_metadata(told),
        path,
        compression="zstd",
        use_dictionary=False,
        write_page_checksum=True,
    )


def _read(path: Path, family: str, replicates: int) -> Futures | None:
    """Return the first futures in a file, None if the file is damaged or not what it should be."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path, page_checksum_verification=True)
        told = {key.decode(): value.decode() for key, value in table.schema.metadata.items()}
        if told["family"] != family or table.num_rows != _replicates(path):
            return None
        return _futures(table.slice(0, replicates), int(told["months"]))
    except (OSError, KeyError, ValueError, TypeError, AttributeError, pa.ArrowException):
        return None


def _futures(table: pa.Table, months: int) -> Futures:
    rows = table.column("values").to_pylist()
    values = np.frombuffer(b"".join(rows)).reshape(len(rows), len(SERIES), months)
    logs = table.column("log").to_pylist()
    return Futures(values, tuple(np.frombuffer(log, dtype=ENTRY) for log in logs))


def _replicates(path: Path) -> int:
    """Return how many futures a file holds by its name; 0 if the name is not one of ours."""
    number = path.stem.rpartition("-")[2]
    return int(number) if number.isascii() and number.isdecimal() else 0


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()
