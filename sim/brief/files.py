"""How a file of a brief is written: whole or not at all."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from sim.declare import InputError, printable


def write_whole(path: Path, content: bytes, *, field: str = "--out") -> None:
    """Write a file that appears complete or not at all; InputError if it cannot be written."""
    draft = path.with_name(f".{os.getpid()}.{path.name[-100:]}.part")
    try:
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        raise InputError(unwritable(path, error, field)) from None
    finally:
        with contextlib.suppress(OSError):
            draft.unlink()


def unwritable(path: Path, error: OSError, field: str) -> str:
    """Return one line that says which file cannot be written, and why."""
    reason = printable(error.strerror or type(error).__name__)
    return f"{field}: {printable(path, 200)!r} cannot be written: {reason}"
