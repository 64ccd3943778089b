"""Which functions have a compiled twin, and which of the two runs.

A twin has the signature of its reference and returns the same bits (tests/parity), so it makes no
difference to any result which of them served a future, and none goes into a run's identifier. The
reference runs until `install` has loaded the compiled ones, so nobody waits for a compiler.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

_installed: dict[str, Callable[..., Any]] = {}
_references: dict[str, Callable[..., Any]] = {}


def twin(name: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Mark a function as the reference of the compiled function called `name`."""

    def mark(reference: Callable[P, R]) -> Callable[P, R]:
        _references[name] = reference

        @wraps(reference)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            fast = _installed.get(name)
            return reference(*args, **kwargs) if fast is None else fast(*args, **kwargs)

        return run

    return mark


def install() -> None:
    """Load the compiled twins, compiling what is not on disk yet, and use them from now on."""
    _installed.update(compiled())


def compiled() -> dict[str, Callable[..., Any]]:
    """Return the compiled twins by name."""
    found: dict[str, Callable[..., Any]] = importlib.import_module("sim.compiled").TWINS
    return found


def references() -> dict[str, Callable[..., Any]]:
    """Return the references by name."""
    return dict(_references)


def is_installed() -> bool:
    """Return whether the compiled twins are in use."""
    return bool(_installed)


@contextmanager
def only(which: str) -> Iterator[None]:
    """Use only the "reference" or only the "compiled" functions for a while, as tests do."""
    before = dict(_installed)
    _installed.clear()
    if which == "compiled":
        _installed.update(compiled())
    try:
        yield
    finally:
        _installed.clear()
        _installed.update(before)
