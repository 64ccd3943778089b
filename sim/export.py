"""How results leave the model: the tidy table as CSV, JSON or Parquet, byte-equal every time.

Rows are in the order scenario, replicate, series, month. Numbers are written by repr, the shortest
text that reads back to the same number; a value that does not exist is empty, in JSON null.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import numpy.typing as npt

from sim.calendar import month_label
from sim.declare import InputError, printable
from sim.outcomes import BY_ID as OUTCOMES
from sim.outcomes import SERIES
from sim.version import MODEL_VERSION

if TYPE_CHECKING:  # pandas is needed for Parquet only
    from sim.result import Result

Named = Sequence[tuple[str, "Result"]]
_COLUMNS = ("scenario", "replicate", "month", "outcome", "group", "value", "unit")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def check_out(path: Path) -> None:
    """Raise InputError unless a table can be written at `path`; call it before a long run."""
    shown = printable(path, 200)
    if path.suffix.lower() not in WRITERS:
        allowed = ", ".join(WRITERS)
        raise InputError(f"--out: {shown!r} has no known extension; allowed {allowed}")
    if path.is_dir():
        raise InputError(f"--out: {shown!r} is a folder; name a file")
    if not path.parent.is_dir():
        raise InputError(f"--out: there is no folder {printable(path.parent, 200)!r}")
    if not os.access(path.parent, os.W_OK):
        raise InputError(f"--out: the folder {printable(path.parent, 200)!r} cannot be written to")


def write_table(path: Path, results: Named) -> None:
    """Write the tidy table of (label, result) pairs; the file appears whole or not at all."""
    check_out(path)
    draft = path.with_name(f".{os.getpid()}.{path.name[-100:]}.part")
    try:
        with draft.open("xb") as file:
            WRITERS[path.suffix.lower()](file, results)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        reason = printable(error.strerror or type(error).__name__)
        raise InputError(f"--out: {printable(path, 200)!r} cannot be written: {reason}") from None
    finally:
        with contextlib.suppress(OSError):
            draft.unlink()


def spreadsheet_safe(text: str) -> str:
    """Return the text so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _write_csv(file: BinaryIO, results: Named) -> None:
    file.write((",".join(_COLUMNS) + "\n").encode())
    for label, result in results:
        name = _csv_cell(spreadsheet_safe(label))
        starts = [f"{month_label(m)}," for m in range(result.values.shape[2])]
        middles = [f"{_csv_cell(o)},{_csv_cell(g)}," for o, g in SERIES]
        ends = [f",{_csv_cell(OUTCOMES[o].unit)}\n" for o, _ in SERIES]
        for replicate, values in enumerate(result.values):
            start = f"{name},{replicate},"
            for middle, end, row in zip(middles, ends, _texts(values, ""), strict=True):
                lines = [
                    f"{start}{month}{middle}{value}{end}"
                    for month, value in zip(starts, row, strict=True)
                ]
                file.write("".join(lines).encode())


def _write_json(file: BinaryIO, results: Named) -> None:
    file.write(b"[\n")
    first = True
    for label, result in results:
        months = [json.dumps(month_label(m)) for m in range(result.values.shape[2])]
        for replicate, values in enumerate(result.values):
            start = f'{{"scenario": {json.dumps(label)}, "replicate": {replicate}, "month": '
            for (o, g), row in zip(SERIES, _texts(values, "null"), strict=True):
                middle = f', "outcome": {json.dumps(o)}, "group": {json.dumps(g)}, "value": '
                end = f', "unit": {json.dumps(OUTCOMES[o].unit)}}}'
                lines = [
                    f"{start}{month}{middle}{value}{end}"
                    for month, value in zip(months, row, strict=True)
                ]
                file.write((("" if first else ",\n") + ",\n".join(lines)).encode())
                first = False
    file.write(b"\n]\n")


def _write_parquet(file: BinaryIO, results: Named) -> None:
    import pandas as pd

    table = pd.concat([result.frame for _, result in results], ignore_index=True)
    codes = np.repeat(np.arange(len(results)), [result.values.size for _, result in results])
    labels = pd.Index([label for label, _ in results])
    table["scenario"] = pd.Categorical.from_codes(codes, categories=labels)
    table.attrs = {
        "model_version": MODEL_VERSION,
        "run_ids": {label: result.run_id for label, result in results},
    }
    table.to_parquet(file, engine="pyarrow", index=False)


WRITERS: dict[str, Callable[[BinaryIO, Named], None]] = {
    ".parquet": _write_parquet,
    ".csv": _write_csv,
    ".json": _write_json,
}


def _texts(values: npt.NDArray[np.float64], missing: str) -> Iterator[list[str]]:
    for row in values.tolist():
        yield [missing if value != value else repr(value) for value in row]


def _csv_cell(text: str) -> str:
    cell = io.StringIO()
    csv.writer(cell, lineterminator="").writerow([text])
    return cell.getvalue()
