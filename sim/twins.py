"""Which functions are compiled, and how: by a twin written for the purpose, or from their source.

Two kinds of function have a compiled form. A `twin` has a hand-written one in sim/compiled, for the
inner loops over streams and offers, where numpy and a compiler want the work in different order.
A `kernel` is compiled from its own source, for the small arrays of labs and models, where numpy's
cost is in the calls. Both return the same bits compiled or not (tests/parity), so it makes no
difference to a result which of them served a future, and none goes into a run's identifier. The
uncompiled forms run until `install` has loaded the compiled ones: nobody waits for a compiler.

Machine code is kept on disk in a folder named for a digest of the source, so that none outlives
a change of any function it was built from.
"""

from __future__ import annotations

import dis
import hashlib
import importlib
import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from types import FunctionType
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
Call = Callable[..., Any]

CACHE = "FRONTIER_COMMONS_CACHE"
_sources: dict[str, FunctionType] = {}  # kernels, in the order they were defined
_references: dict[str, Call] = {}
_names: dict[int, str] = {}  # of the wrappers and of what is composed, by id
_compiled: dict[str, Call] = {}
_installed: dict[str, Call] = {}
_lock = threading.Lock()


def twin(name: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Mark a function as the reference of the hand-written compiled function called `name`."""

    def mark(reference: Callable[P, R]) -> Callable[P, R]:
        return _wrapped(name, reference)

    return mark


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Mark a function that is compiled from its own source; it may call other kernels and twins."""
    assert isinstance(function, FunctionType)
    name = f"{function.__module__}.{function.__name__}"
    _sources[name] = function
    return _wrapped(name, function)


def composed(function: Callable[P, R]) -> Callable[P, R]:
    """Mark a function of sim/compiled that calls kernels by the names of their references, and so
    is compiled after them; `form` gives it by its name."""
    assert isinstance(function, FunctionType)
    _sources[function.__name__] = function
    _names[id(function)] = function.__name__
    return function


def _wrapped(name: str, reference: Callable[P, R]) -> Callable[P, R]:
    _references[name] = reference

    @wraps(reference)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        fast = _installed.get(name)
        result: R = reference(*args, **kwargs) if fast is None else fast(*args, **kwargs)
        return result

    _names[id(run)] = name
    return run


def install() -> None:
    """Load the compiled forms, compiling what is not on disk yet, and use them from now on."""
    _installed.update(compiled())


def compiled() -> dict[str, Call]:
    """Return the compiled forms by name."""
    with _lock:
        if not _compiled:
            importlib.import_module("sim.order")  # defines every kernel
            package = importlib.import_module("sim.compiled")
            _compiled.update(package.TWINS | package.STEPS)
            inner = dict(package.PRIMITIVES)
            jit = package.compiled
            for name in _sources:
                _compiled[name] = _compile(name, inner, jit)
    return dict(_compiled)


def _compile(name: str, inner: dict[str, Call], jit: Call) -> Call:
    """Return a kernel compiled, after those it calls; `inner` holds what is compiled already."""
    if name not in inner:
        inner[name] = jit(_with_compiled_calls(_sources[name], inner, jit))
    return inner[name]


def _with_compiled_calls(source: FunctionType, inner: dict[str, Call], jit: Call) -> FunctionType:
    """Return the function with what it calls replaced by compiled forms."""
    known = dict(source.__globals__)
    for step in dis.get_instructions(source):
        if step.opname == "LOAD_GLOBAL" and isinstance(step.argval, str):
            name = _names.get(id(known.get(step.argval)))
            if name is not None:
                known[step.argval] = _compile(name, inner, jit)
    clone = FunctionType(source.__code__, known, source.__name__, source.__defaults__)
    clone.__module__, clone.__qualname__ = source.__module__, source.__qualname__
    clone.__kwdefaults__ = source.__kwdefaults__
    return clone


def code_folder() -> Path:
    """Return where machine code is kept: under FRONTIER_COMMONS_CACHE, or the user's cache."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).resolve().parent.rglob("*.py")):
        digest.update(path.read_bytes())
    chosen = os.environ.get(CACHE)
    base = Path(chosen) if chosen else Path("~/.cache/frontier-commons").expanduser()
    folder = base / f"code-{digest.hexdigest()[:16]}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:  # no home that can be written to
        folder = Path(tempfile.gettempdir()) / folder.name
        folder.mkdir(parents=True, exist_ok=True)
    return folder


def form(name: str) -> Call | None:
    """Return a compiled form that is in use, None if none is."""
    return _installed.get(name)


def references() -> dict[str, Call]:
    """Return the uncompiled forms by name."""
    return dict(_references)


def is_installed() -> bool:
    """Return whether the compiled forms are in use."""
    return bool(_installed)


@contextmanager
def only(which: str) -> Iterator[None]:
    """Use only the "reference" or only the "compiled" forms for a while, as tests do."""
    before = dict(_installed)
    _installed.clear()
    if which == "compiled":
        _installed.update(compiled())
    try:
        yield
    finally:
        _installed.clear()
        _installed.update(before)
