"""Compiled forms are used once loaded, can be taken out again, and never outlive their source."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from types import FunctionType

import pytest

from sim import twins
from sim.twins import kernel, twin

FACTOR = 3.0


def inner(x: float) -> float:
    """Return three times x."""
    return FACTOR * x


def outer(x: float) -> float:
    """Return three times x, and one."""
    return inner(x) + 1.0


@pytest.fixture(autouse=True)
def own_register(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what is marked here be forgotten after each test."""
    for register in ("_sources", "_references", "_names", "_compiled", "_installed"):
        monkeypatch.setattr(twins, register, dict(getattr(twins, register)))


@pytest.fixture
def kernels(monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """Two kernels of this module, one of which calls the other, and their names."""
    for function in (inner, outer):
        monkeypatch.setitem(globals(), function.__name__, kernel(function))
    return f"{__name__}.inner", f"{__name__}.outer"


@pytest.fixture
def stand_in() -> str:
    """The name of a twin whose compiled form, which is in use, says that it is."""
    twins._compiled["greeting"] = twins._installed["greeting"] = lambda: "compiled"
    return "greeting"


def test_a_twin_runs_its_reference_until_the_compiled_form_is_loaded() -> None:
    assert twin("never loaded")(lambda x: x + 1)(1) == 2


def test_a_loaded_form_runs_in_place_of_the_reference(stand_in: str) -> None:
    greet = twin(stand_in)(lambda: "reference")
    assert greet() == "compiled"
    with twins.only("reference"):
        assert greet() == "reference"
        assert not twins.is_installed()
    assert greet() == "compiled"


def test_forms_in_use_come_back_even_after_an_error(stand_in: str) -> None:
    with pytest.raises(ZeroDivisionError), twins.only("reference"):
        raise ZeroDivisionError
    assert twins.is_installed()
    assert twin(stand_in)(lambda: "reference")() == "compiled"


def test_a_mark_keeps_name_and_words_of_the_function(kernels: tuple[str, str]) -> None:
    assert (outer.__name__, outer.__doc__) == ("outer", "Return three times x, and one.")
    assert twins.references()[kernels[1]](1.0) == 4.0


def test_a_kernel_that_calls_a_kernel_calls_its_compiled_form(kernels: tuple[str, str]) -> None:
    made: list[str] = []

    def remember(function: FunctionType) -> FunctionType:
        made.append(function.__name__)
        return function

    inside: dict[str, FunctionType] = {}
    form = twins._compile(kernels[1], inside, remember)
    assert made == ["inner", "outer"]
    assert form.__globals__["inner"] is inside[kernels[0]]
    assert form(2.0) == 7.0


def test_everything_marked_in_the_engine_is_compiled_whatever_was_imported_before() -> None:
    code = (
        "from sim import twins; names = set(twins.compiled()); import sim.replicate; "
        "assert names >= set(twins.references()); "
        "months = {'market', 'market_month', 'makers', 'labs_month'}; "
        "assert months <= names - set(twins.references()); "
        "assert {'sim.releases.renew', 'sim.shelf.followers', 'exp', 'menu', 'choose'} <= names"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def copied_source(tmp_path: Path) -> Path:
    """Return a copy of the simulator's source."""
    source = Path(twins.__file__).parent
    ignored = shutil.ignore_patterns("__pycache__", "*.csv")
    return Path(shutil.copytree(source, tmp_path / "sim", ignore=ignored))


def test_machine_code_is_kept_apart_for_each_state_of_the_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = copied_source(tmp_path)
    monkeypatch.setenv(twins.CACHE, str(tmp_path / "cache"))
    monkeypatch.setattr(twins, "__file__", str(source / "twins.py"))
    before = twins.code_folder()
    assert before == twins.code_folder()
    assert before.parent == tmp_path / "cache"
    assert before.is_dir()
    with (source / "shelf.py").open("a", encoding="utf-8") as file:
        file.write("\n# a change\n")
    assert twins.code_folder() != before


def test_without_a_home_to_write_to_machine_code_goes_to_the_folder_for_temporary_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("in the way", encoding="utf-8")
    monkeypatch.setenv(twins.CACHE, str(blocked))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert twins.code_folder().parent == tmp_path


def test_importing_the_engine_loads_no_compiler() -> None:
    code = "import sys, sim.replicate; assert 'numba' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
