"""How many items of a job go to a worker at once: about 75 ms of work, to hand over cheaply.

The first items go singly, because somebody waits for them and nobody knows yet how long one takes.
Towards the end chunks shrink, so that no worker is left with many items while the others are idle.
"""

from __future__ import annotations

import math
from collections import deque

CHUNK_SECONDS = 0.075
LONGEST_CHUNK = 256  # items, however quick they are
MOST_DEATHS = 3  # workers that may die over one item
_NEWS = 0.5  # weight of the latest chunk in the time an item takes


class Chunks:
    """The items of one job by number: which are to be handed out, and how long one takes."""

    def __init__(
        self, count: int, *, lanes: int, preview: int = 0, seconds: float = CHUNK_SECONDS
    ) -> None:
        self._todo = deque(range(count))
        self._again: deque[int] = deque()  # items whose worker died: alone, in case they killed it
        self._deaths: dict[int, int] = {}
        self._lanes, self._preview, self._seconds = lanes, preview, seconds
        self.item_seconds: float | None = None

    @property
    def is_preview(self) -> bool:
        """Whether somebody waits for the next item to see anything at all."""
        return bool(self._again) or bool(self._todo and self._todo[0] < self._preview)

    @property
    def left(self) -> int:
        """Number of items not handed out."""
        return len(self._todo) + len(self._again)

    @property
    def seconds_left(self) -> float:
        """Time that what is not handed out will take one worker; 0 while unknown."""
        return self.left * (self.item_seconds or 0.0)

    def take(self) -> list[int]:
        """Return the numbers of the items to hand out now; empty if none is left."""
        if self._again:
            return [self._again.popleft()]
        return [self._todo.popleft() for _ in range(self._size())]

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

    def _size(self) -> int:
        if not self._todo:
            return 0
        if self.is_preview or self.item_seconds is None:
            return 1
        fits = LONGEST_CHUNK
        if self.item_seconds * LONGEST_CHUNK > self._seconds:
            fits = max(1, int(self._seconds / self.item_seconds))
        return min(fits, math.ceil(len(self._todo) / (2 * self._lanes)))
