"""How far a run has come: a bar with the time left on a terminal, and nothing elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

_WIDTH = 30
_REDRAW_SECONDS = 0.1


class ProgressBar:
    """A callable(done, total) that redraws one line of a terminal."""

    def __init__(self, stream: TextIO, *, quiet: bool = False) -> None:
        self._stream = stream
        self._shown = not quiet and stream.isatty()
        self._began = self._drawn = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if self._shown and (done == total or now - self._drawn >= _REDRAW_SECONDS):
            self._drawn = now
            self._stream.write(f"\r{bar(done, total, now - self._began)}\x1b[K")
            self._stream.flush()

    def clear(self) -> None:
        """Remove the bar, so that what follows starts on an empty line."""
        if self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()


def bar(done: int, total: int, elapsed_seconds: float) -> str:
    """Return the bar as text, with the time left once something is known about it."""
    filled = _WIDTH * done // total
    left = f", about {elapsed_seconds * (total - done) / done:.0f} s left" if done else ""
    return f"[{'#' * filled}{'.' * (_WIDTH - filled)}] {done} of {total} futures{left}"


@contextmanager
def shown_progress(*, quiet: bool) -> Iterator[ProgressBar]:
    """Yield a bar on stderr, and remove it at the end whatever happens."""
    shown = ProgressBar(sys.stderr, quiet=quiet)
    try:
        yield shown
    finally:
        shown.clear()
