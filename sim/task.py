"""What a worker is asked to do: a function of the library by its import path, and plain arguments.

A path travels to any process and any machine that has the library; a function object would not. An
item is what differs from one call to the next; the arguments are the same for all of them.
"""

from __future__ import annotations

import importlib
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any


class WorkersLostError(RuntimeError):
    """Workers died again and again over the same work, or none is left."""


@dataclass(frozen=True)
class Task:
    """A function "package.module:name", called as function(item, **arguments)."""

    path: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Finished:
    """What came of a chunk of items: results in their order, the time it took, and who did it."""

    results: tuple[Any, ...]
    seconds: float
    process: int


def perform(task: Task, item: object) -> Any:
    """Return the result for one item."""
    return _function(task.path)(item, **task.arguments)


def perform_chunk(task: Task, items: Sequence[object]) -> Finished:
    """Return the results for a few items, one after the other."""
    began = time.perf_counter()
    results = tuple(perform(task, item) for item in items)
    return Finished(results, time.perf_counter() - began, os.getpid())


@cache
def _function(path: str) -> Callable[..., Any]:
    module, _, name = path.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return found
