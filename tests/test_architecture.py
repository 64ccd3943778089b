"""The rules that keep the simulator readable, held by reading its source.

Arrows run one way: app -> views -> sim, and inside sim from a later layer to an earlier one.
Chance comes from one module. Each rule is a function from a source to the offences in it, and each
is shown a source that breaks it, so that none of them can pass by seeing nothing.
"""

from __future__ import annotations

import ast
import graphlib
import importlib.metadata
import io
import re
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
LONGEST_MODULE = 400  # lines

# A module may import from its own layer and from those above it in this list.
LAYERS: tuple[frozenset[str], ...] = tuple(
    frozenset(layer.split())
    for layer in (
        "calendar declare version twins task chunks lab_names place_names",
        "arithmetic assumptions",
        "chance parameters settings levers mechanisms outcomes data catalogue evidence shocks",
        "worlds",
        "scenario observation wording pictures observed",
        # the rules, and below them the state they are applied to
        "supply population offers shortlist choice crowd people shelf labs pricing openness",
        "weights policy governments licensing ledger log accounts",
        "world",
        "reversals telling",
        "climate beginning past",
        "bookkeeping governing makers releases developers",  # who applies them
        "order compiled",
        "replicate",
        "compiling futures run_id result",
        "backend jobs worker dispatch run_files",
        "pool cluster checkpoint run_cache",
        "study ensemble",
        "compare",
        "explain",
        "pairing precision shapley coalitions four_lines",
        "attribution",
        "claims calibration",
        "identifiability",
        "backtest",
        "brief documents export kept link_items moved older progress reference report",
        "claims_report studies drivers",
        "attribution_report winners",
        "links",
        "store",
        "reopen outgoing incoming",
        "commands",
        "cli",
        "__init__ __main__",
    )
)

OURS = frozenset({"app", "sim", "views"})


def sources(*places: str) -> Iterator[tuple[str, str]]:
    """Yield (path from the root, text) of every Python file in the places that exist."""
    for place in places:
        path = ROOT / place
        for file in [path] if path.is_file() else sorted(path.rglob("*.py")):
            text = file.read_text(encoding="utf-8")
            ast.parse(text, filename=str(file))  # a syntax error names the file
            yield file.relative_to(ROOT).as_posix(), text


def imports(text: str, package: str = "") -> Iterator[str]:
    """Yield the dotted name of everything imported anywhere in a module of `package`."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(filter(None, [package if node.level else "", node.module]))
            yield from (f"{base}.{alias.name}" for alias in node.names)


def tops(text: str) -> set[str]:
    """Return the top-level packages a module imports."""
    return {name.partition(".")[0] for name in imports(text)}


def module_name(path: str) -> str:
    """Return the module of sim that a file belongs to: sim/labs.py -> labs."""
    return path.split("/")[1].removesuffix(".py")


def siblings(text: str) -> set[str]:
    """Return the modules of sim that a module of sim imports, however it spells that."""
    found = set()
    for name in imports(text, package="sim"):
        parts = [*name.split("."), ""]
        if parts[0] == "sim":
            is_module = (ROOT / "sim" / f"{parts[1]}.py").exists() or layer_of(parts[1]) is not None
            found.add(parts[1] if is_module else "__init__")
    return found


def layer_of(module: str) -> int | None:
    """Return the place of a module in LAYERS, or None."""
    return next((i for i, layer in enumerate(LAYERS) if module in layer), None)


def upward_imports(module: str, text: str) -> list[str]:
    """Return the modules of a later layer that a module imports."""
    own = layer_of(module)
    assert own is not None
    return sorted(other for other in siblings(text) if (layer_of(other) or 0) > own)


def chance(text: str) -> list[str]:
    """Return the places where a module draws random numbers of its own."""
    found = [
        f"imports {name}"
        for name in imports(text)
        if re.match(r"(random|secrets|numpy\.random)(\.|$)", name)
    ]
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute) and ast.unparse(node) in {"np.random", "numpy.random"}:
            found.append(f"line {node.lineno}: {ast.unparse(node)}")
        if "default_rng" in {getattr(node, "id", ""), getattr(node, "attr", "")}:
            found.append(f"line {getattr(node, 'lineno', 0)}: default_rng")
    return found


def builtin_hashes(text: str) -> list[int]:
    """Return the lines that call hash(), whose result for text differs from process to process."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "hash"
    ]


def bare_excepts(text: str) -> list[int]:
    """Return the lines of every except that names no exception."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ExceptHandler) and node.type is None
    ]


def excuses(text: str) -> list[str]:
    """Return the comments that silence the type checker or put work off."""
    return [
        f"line {token.start[0]}: {token.string}"
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type == tokenize.COMMENT
        and re.search(r"type:\s*ignore|\b(TODO|FIXME|XXX)\b", token.string)
    ]


def undocumented(text: str) -> list[str]:
    """Return what is public and has no docstring: the module, classes, functions, methods."""

    def look(node: ast.Module | ast.ClassDef, prefix: str) -> Iterator[str]:
        for child in node.body:
            if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                continue
            if child.name.startswith("_"):
                continue
            if ast.get_docstring(child) is None:
                yield prefix + child.name
            if isinstance(child, ast.ClassDef):
                yield from look(child, f"{child.name}.")

    tree = ast.parse(text)
    return (["the module"] if ast.get_docstring(tree) is None else []) + list(look(tree, ""))


def unbounded(line: str) -> bool:
    """Return whether a requirement lacks a lower or an upper bound."""
    operators = {specifier.operator for specifier in Requirement(line).specifier}
    return not {">=", "<"} <= operators


def requirement_lines(file: str) -> list[str]:
    """Return the requirements in a file, without comments and options."""
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.strip() and line[0] not in "#-"]


def offences(findings: Iterator[tuple[str, object]]) -> str:
    """Return one line for each file in which something was found."""
    return "\n".join(f"{path}: {found}" for path, found in findings if found)


def test_the_simulator_knows_nothing_of_the_pages() -> None:
    forbidden = {"streamlit", "altair", "views", "app"}
    assert not offences((path, tops(text) & forbidden) for path, text in sources("sim"))


def test_the_app_imports_only_its_pages_and_streamlit() -> None:
    allowed = {"streamlit", "views"} | sys.stdlib_module_names
    assert not offences((path, tops(text) - allowed) for path, text in sources("app.py"))


def test_views_never_import_the_app() -> None:
    assert not offences((path, tops(text) & {"app"}) for path, text in sources("views"))


def test_every_module_of_the_simulator_has_a_layer() -> None:
    missing = sorted({m for path, _ in sources("sim") if layer_of(m := module_name(path)) is None})
    assert not missing, f"add to LAYERS in {Path(__file__).name}: {', '.join(missing)}"


def test_no_module_imports_from_a_later_layer() -> None:
    assert not offences(
        (path, upward_imports(module, text))
        for path, text in sources("sim")
        if layer_of(module := module_name(path)) is not None
    )


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph: dict[str, set[str]] = {}
    for path, text in sources("sim"):
        module = module_name(path)
        graph.setdefault(module, set()).update(siblings(text) - {module})
    graphlib.TopologicalSorter(graph).prepare()  # raises CycleError, which names the circle


def test_chance_comes_from_one_module() -> None:
    assert not offences(
        (path, chance(text))
        for path, text in sources("sim", "views", "app.py")
        if path != "sim/chance.py"
    )


def test_no_result_depends_on_the_builtin_hash() -> None:
    assert not offences((path, builtin_hashes(text)) for path, text in sources("sim"))


def test_no_exception_is_caught_unnamed() -> None:
    places = ("app.py", "sim", "views", "tests", "benchmarks")
    assert not offences((path, bare_excepts(text)) for path, text in sources(*places))


def test_nothing_is_silenced_or_put_off() -> None:
    places = ("app.py", "sim", "views", "tests", "benchmarks")
    assert not offences((path, excuses(text)) for path, text in sources(*places))


def test_every_module_is_short_enough_to_read() -> None:
    places = ("app.py", "sim", "views", "tests", "benchmarks")
    lengths = ((path, len(text.splitlines())) for path, text in sources(*places))
    assert not offences((path, n if n > LONGEST_MODULE else 0) for path, n in lengths)


def test_everything_public_in_the_simulator_says_what_it_does() -> None:
    assert not offences((path, undocumented(text)) for path, text in sources("sim"))


USERS = ("requirements.txt", "requirements-dask.txt", "requirements-calibrate.txt")
REQUIREMENTS = (*USERS, "requirements-bench.txt", "requirements-dev.txt")


@pytest.mark.parametrize("file", REQUIREMENTS)
def test_every_requirement_is_bounded_on_both_sides(file: str) -> None:
    lines = requirement_lines(file)
    assert lines
    assert [line for line in lines if unbounded(line)] == []


def test_the_installed_versions_are_those_required() -> None:
    for file in REQUIREMENTS:
        for requirement in map(Requirement, requirement_lines(file)):
            installed = importlib.metadata.version(requirement.name)
            assert requirement.specifier.contains(installed), f"{requirement}: found {installed}"


def test_everything_a_user_imports_is_required() -> None:
    lines = [line for file in USERS for line in requirement_lines(file)]
    required = {Requirement(line).name.lower() for line in lines}
    homes = importlib.metadata.packages_distributions()  # python-pptx is imported as pptx
    provided = {
        top
        for top, found in homes.items()
        if required & {d.lower().replace("_", "-") for d in found}
    }
    known = provided | OURS | sys.stdlib_module_names
    assert not offences(
        (path, tops(text) - known) for path, text in sources("app.py", "sim", "views")
    )


@pytest.mark.parametrize(
    "source",
    [
        "import random",
        "from secrets import token_hex",
        "from numpy import random",
        "from numpy.random import Generator",
        "import numpy as np\nnp.random.seed(1)",
        "import numpy as np\ndef f(make=np.random.default_rng): ...",
    ],
)
def test_a_hidden_draw_is_noticed(source: str) -> None:
    assert chance(source)


def test_a_seeded_name_is_not_mistaken_for_a_draw() -> None:
    assert not chance("from sim.chance import draw\nrandom_order = draw(seed=1)")


@pytest.mark.parametrize(
    "source",
    [
        "from sim.ensemble import run",
        "from sim import ensemble",
        "from . import ensemble",
        "from .ensemble import run",
        "import sim.ensemble",
        "def late():\n    from sim.ensemble import run",
        "from sim import run",
    ],
)
def test_an_import_from_a_later_layer_is_noticed(source: str) -> None:
    assert upward_imports("scenario", source)


def test_an_import_from_an_earlier_layer_is_allowed() -> None:
    assert upward_imports("scenario", "from sim import levers\nfrom sim.chance import draw") == []


def test_the_other_rules_notice_what_they_forbid() -> None:
    assert builtin_hashes("x = hash('a')") == [1]
    assert bare_excepts("try:\n    f()\nexcept:\n    g()") == [3]
    assert excuses("x = 1  # TODO later")
    assert excuses("x = 1  # type: ignore[misc]")
    assert undocumented('"""M."""\nclass A:\n    """A."""\n    def b(self): ...') == ["A.b"]
    assert undocumented("def _private(): ...") == ["the module"]
    assert unbounded("numpy>=2")
    assert unbounded("numpy<3")
    assert not unbounded("numpy>=2,<3")
