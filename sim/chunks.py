"""How many items of a job go to a worker at once: about 75 ms of work, to hand over cheaply.

The first items go singly, because somebody waits for them and nobody knows yet how long one takes.
Towards the end chunks shrink, so that no worker is left with many items while the others are idle.
Items may have a home, so that those that share something meet it in the same worker; a worker whose
own are all handed out helps with the others'.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence

CHUNK_SECONDS = 0.075
LONGEST_CHUNK = 256  # items, however quick they are
MOST_DEATHS = 3  # workers that may die over one item
_NEWS = 0.5  # weight of the latest chunk in the time an item takes


class Chunks:
    """The items of one job by number: which are to be handed out, and how long one takes."""

    def __init__(
        self,
        count: int,
        *,
        lanes: int,
        preview: int = 0,
        seconds: float = CHUNK_SECONDS,
        homes: Sequence[int] = (),
    ) -> None:
        self._todo: tuple[deque[int], ...] = tuple(deque() for _ in range(lanes))
        for item, home in enumerate(homes or [0] * count):
            self._todo[home % lanes].append(item)
        self._again: deque[int] = deque()  # items whose worker died: alone, in case they killed it
        self._deaths: dict[int, int] = {}
        self._lanes, self._preview, self._seconds = lanes, preview, seconds
        self.item_seconds: float | None = None

    @property
    def is_preview(self) -> bool:
        """Whether somebody waits for the next item to see anything at all."""
        return bool(self._again) or _first_of(self._earliest) < self._preview

    @property
    def left(self) -> int:
        """Number of items not handed out."""
        return sum(map(len, self._todo)) + len(self._again)

    @property
    def seconds_left(self) -> float:
        """Time that what is not handed out will take one worker; 0 while unknown."""
        return self.left * (self.item_seconds or 0.0)

    def take(self, lane: int = 0) -> list[int]:
        """Return the numbers of the items to hand out now to the worker of a lane; empty if none is
        left."""
        if self._again:
            return [self._again.popleft()]
        todo = self._queue_for(lane)
        return [todo.popleft() for _ in range(min(len(todo), self._size()))]

    def took(self, items: int, seconds: float) -> None:
        """Learn how long a chunk of so many items took."""
        each = seconds / items
        known = each if self.item_seconds is None else self.item_seconds
        self.item_seconds = known + _NEWS * (each - known)

    def lost(self, items: list[int]) -> bool:
        """Take back the items of a worker that died; False if one of them saw it too often."""
        for item in items:
            self._deaths[item] = self._deaths.get(item, 0) + 1
        self._again.extend(items)
        return all(self._deaths[item] < MOST_DEATHS for item in items)

    @property
    def _earliest(self) -> deque[int]:
        """The queue in which the first item of all waits."""
        return min(self._todo, key=_first_of)

    def _queue_for(self, lane: int) -> deque[int]:
        """Return the lane's own items; others' first where somebody waits for them, or if it has
        none."""
        own = self._todo[lane]
        if self.is_preview and _first_of(own) >= self._preview:
            return self._earliest
        return own or max(self._todo, key=len)

    def _size(self) -> int:
        if self.is_preview or self.item_seconds is None:
            return 1
        fits = LONGEST_CHUNK
        if self.item_seconds * LONGEST_CHUNK > self._seconds:
            fits = max(1, int(self._seconds / self.item_seconds))
        return min(fits, math.ceil(self.left / (2 * self._lanes)))


def _first_of(todo: deque[int]) -> float:
    """Return the number of the first item of a queue, infinity if it is empty."""
    return todo[0] if todo else math.inf
