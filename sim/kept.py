"""How the numbers of a run are kept: Parquet, one column a series, and a digest to vouch for it.

Rows are the months of the first future, then of the second, and so on. The digest covers the names
of the series, the size and every bit of every number; equal digests are byte-equal tables.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sim.declare import InputError
from sim.outcomes import SERIES

if TYPE_CHECKING:  # Result needs pandas
    from sim.result import Result

Floats = npt.NDArray[np.float64]
Series = tuple[tuple[str, str], ...]
_BETWEEN = "|"


@dataclass(frozen=True, eq=False)
class Numbers:
    """The numbers of a run, (replicates, series, months), under the names they then had."""

    series: Series
    values: Floats

    @property
    def digest(self) -> str:
        """Digest of names, size and numbers, as 64 hexadecimal digits."""
        return _digest(self.series, self.values)


def numbers_of(result: Result) -> Numbers:
    """Return the numbers of a run of this model."""
    return Numbers(SERIES, result.values)


def digest_of(result: Result) -> str:
    """Return what is equal for byte-equal tables and for nothing else."""
    return _digest(SERIES, result.values)


def to_parquet(numbers: Numbers) -> bytes:
    """Return the numbers as a Parquet file."""
    import pyarrow as pa
    from pyarrow import parquet

    columns = {
        _BETWEEN.join(names): numbers.values[:, row, :].ravel()
        for row, names in enumerate(numbers.series)
    }
    about = {"shape": json.dumps(numbers.values.shape)}
    file = io.BytesIO()
    parquet.write_table(
        pa.table(columns).replace_schema_metadata(about),
        file,
        compression="zstd",
        use_dictionary=False,
        use_byte_stream_split=True,  # eases compression by half as much again
        write_statistics=False,
    )
    return file.getvalue()


def from_parquet(content: bytes, digest: str) -> Numbers:
    """Return the numbers in a file that `to_parquet` made; InputError if they are not those."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        table = parquet.read_table(io.BytesIO(content))
        replicates, n_series, months = json.loads(table.schema.metadata[b"shape"])
        columns = [column.to_numpy().reshape(replicates, months) for column in table.columns]
        values = np.stack(columns, axis=1)
    except (pa.ArrowException, KeyError, TypeError, ValueError):
        raise InputError("the numbers of a kept run are damaged") from None
    series = _names(table.column_names)
    if len(series) != n_series or _digest(series, values) != digest:
        raise InputError("the numbers of a kept run are damaged")
    return Numbers(series, values)


def _digest(series: Series, values: Floats) -> str:
    about = json.dumps([series, values.shape], separators=(",", ":"))
    digest = hashlib.sha256(about.encode())
    digest.update(np.ascontiguousarray(values, dtype="<f8").data)
    return digest.hexdigest()


def _names(columns: Sequence[str]) -> Series:
    split = [name.partition(_BETWEEN) for name in columns]
    return tuple((outcome, group) for outcome, _, group in split)
