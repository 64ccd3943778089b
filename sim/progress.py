"""How far a run has come: a bar with the time left on a terminal, and nothing elsewhere.

The time left follows from the latest rate: what was done within the last few seconds. The clock
starts with the first result and not with the command, so that starting workers does not count as
slow work; results known beforehand do not count as fast work; and code that is compiled half-way
shows within seconds. While nothing arrives the rate falls, so a run that hangs does not promise an
end.
"""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

_WIDTH = 30
_REDRAW_SECONDS = 0.1
WINDOW_SECONDS = 10.0
_SAME_SECONDS = 0.05  # results of one chunk arrive together: one arrival, not an enormous rate
_MINUTE, _HOUR = 60.0, 3600.0


class Rate:
    """How fast results have been arriving lately."""

    def __init__(self, window_seconds: float = WINDOW_SECONDS) -> None:
        self._window = window_seconds
        self._arrivals: deque[tuple[float, int]] = deque()

    def add(self, now: float, done: int) -> None:
        """Learn that so many results are there now."""
        if self._arrivals and done < self._arrivals[-1][1]:
            self._arrivals.clear()  # another run
        if self._arrivals and now - self._arrivals[-1][0] < _SAME_SECONDS:
            self._arrivals[-1] = (self._arrivals[-1][0], done)
        elif not self._arrivals or done > self._arrivals[-1][1]:
            self._arrivals.append((now, done))
        while len(self._arrivals) > 2 and self._arrivals[1][0] <= now - self._window:
            self._arrivals.popleft()

    def seconds_left(self, now: float, total: int) -> float | None:
        """Return the time the rest will take at the latest rate; None while there is no rate."""
        if len(self._arrivals) < 2:
            return None
        (then, before), (_, done) = self._arrivals[0], self._arrivals[-1]
        return (total - done) * (now - then) / (done - before)


class ProgressBar:
    """A callable(done, total) that redraws one line of a terminal; `noun` is what is counted."""

    def __init__(self, stream: TextIO, *, quiet: bool = False, noun: str = "futures") -> None:
        self._stream, self._noun = stream, noun
        self._shown = not quiet and stream.isatty()
        self._rate, self._drawn = Rate(), time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        if not self._shown:
            return
        now = time.monotonic()
        if done:
            self._rate.add(now, done)
        if done == total or now - self._drawn >= _REDRAW_SECONDS:
            self._drawn = now
            left = self._rate.seconds_left(now, total)
            self._stream.write(f"\r{bar(done, total, left, self._noun)}\x1b[K")
            self._stream.flush()

    def clear(self) -> None:
        """Remove the bar, so that what follows starts on an empty line."""
        if self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()


def bar(done: int, total: int, seconds_left: float | None, noun: str = "futures") -> str:
    """Return the bar as text, with the time left if it is known."""
    filled = _WIDTH * done // total
    left = "" if seconds_left is None or done == total else f", about {span(seconds_left)} left"
    return f"[{'#' * filled}{'.' * (_WIDTH - filled)}] {done} of {total} {noun}{left}"


def span(seconds: float) -> str:
    """Return a time as a reader wants it, no finer than it can be known."""
    if seconds < 2 * _MINUTE:
        return f"{seconds:.0f} s"
    if seconds < 2 * _HOUR:
        return f"{seconds / _MINUTE:.0f} min"
    return f"{seconds / _HOUR:.1f} h"


@contextmanager
def shown_progress(*, quiet: bool, noun: str = "futures") -> Iterator[ProgressBar]:
    """Yield a bar on stderr, and remove it at the end whatever happens."""
    shown = ProgressBar(sys.stderr, quiet=quiet, noun=noun)
    try:
        yield shown
    finally:
        shown.clear()
