"""Everything declared is used, documented and shown: held by reading the source.

Each rule is a function from a source to what it uses, and each is shown a source in which the thing
is not used, so that none of them can pass by seeing nothing.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.chance import Purpose
from sim.levers import LEVERS
from sim.log import Event
from sim.mechanisms import MECHANISMS
from sim.outcomes import OUTCOMES
from sim.parameters import ASSUMPTIONS

ROOT = Path(__file__).resolve().parent.parent
SWITCHES = {"on", "self.on", "world.on", "climate.on", "now.on"}
MECHANISM_NAMES = {mechanism.id for mechanism in MECHANISMS}


def trees(place: str, *without: str) -> Iterator[tuple[str, ast.Module]]:
    """Yield (path, syntax tree) of the Python files of a place, some folders left out."""
    for path in sorted((ROOT / place).rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        if not name.startswith(without):
            yield name, ast.parse(path.read_text(encoding="utf-8"))


def read_attributes(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield (what it is read from, name) of every attribute that is read."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            yield ast.unparse(node.value), node.attr


def numbers_read(tree: ast.AST) -> set[str]:
    """Return attributes that are read of anything but a record of switches."""
    return {name for owner, name in read_attributes(tree) if owner not in SWITCHES}


def switches_read(tree: ast.AST) -> set[str]:
    """Return mechanisms whose switch is read: on.X, or has("X")."""
    found = {name for owner, name in read_attributes(tree) if owner in SWITCHES}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".has"):
            found |= {item.value for item in node.args if isinstance(item, ast.Constant)}
    return found & MECHANISM_NAMES


def members_used(tree: ast.AST, enum: str) -> set[tuple[str, str]]:
    """Return (function, member) wherever a member of an enumeration is named."""
    found = set()
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            for owner, name in read_attributes(function):
                if owner == enum:
                    found.add((function.name, name))
    return found


def everywhere(reader: object, *without: str) -> set[str]:
    assert callable(reader)
    return set().union(*(reader(tree) for _, tree in trees("sim", *without)))


def test_every_assumption_is_read_somewhere_in_the_simulator() -> None:
    read = everywhere(numbers_read, "sim/assumptions", "sim/calibration", "sim/parameters.py")
    assert not set(ASSUMPTIONS) - read


def test_every_lever_is_read_somewhere_in_the_simulator() -> None:
    read = everywhere(numbers_read, "sim/levers", "sim/policy.py")
    told = {
        name
        for _, tree in trees("sim", "sim/levers")
        for owner, name in read_attributes(tree)
        if owner.endswith(("policy", "levers"))
    }
    assert not {lever.id for lever in LEVERS} - (read | told)


def test_every_mechanism_has_its_switch_read() -> None:
    assert not MECHANISM_NAMES - everywhere(switches_read, "sim/mechanisms.py")


def test_every_purpose_of_chance_is_drawn_for_in_one_function_and_no_other() -> None:
    where = defaultdict(set)
    for path, tree in trees("sim", "sim/chance.py", "sim/calibration", "sim/compiled"):
        for function, name in members_used(tree, "Purpose"):
            where[name].add(f"{path}: {function}")
    assert set(where) == set(Purpose.__members__)
    assert not {name: places for name, places in where.items() if len(places) > 1}


def test_every_kind_of_event_is_written_to_the_log_somewhere() -> None:
    used = {name for _, tree in trees("sim") for _, name in members_used(tree, "Event")}
    assert used == set(Event.__members__)


def test_every_outcome_is_worked_out_somewhere() -> None:
    accounts = (ROOT / "sim" / "accounts.py").read_text(encoding="utf-8")
    families = ("cn_open_share", "open_share", "bloc_share", "cn_share", "us_share", "harm")
    for outcome in OUTCOMES:
        if not outcome.id.startswith(families):
            assert f'"{outcome.id}"' in accounts, outcome.id


@pytest.fixture(scope="module")
def document() -> str:
    return (ROOT / "docs" / "ODD.md").read_text(encoding="utf-8")


def submodels(document: str) -> str:
    """Return the part of the document that describes the model, without the generated tables."""
    return re.sub(r"<!-- table: .*?<!-- end -->", "", document, flags=re.DOTALL)


@pytest.mark.parametrize("name", sorted(ASSUMPTIONS))
def test_every_assumption_has_a_row_in_the_document_and_a_place_in_its_formulas(
    document: str, name: str
) -> None:
    assert re.search(rf"^\| `{name}` \|", document, flags=re.MULTILINE)
    assert re.search(rf"\b{name}\b", submodels(document)), f"{name} is in no formula of ODD.md"


@pytest.mark.parametrize("name", [lever.id for lever in LEVERS])
def test_every_lever_has_a_row_in_the_document_and_a_place_in_its_formulas(
    document: str, name: str
) -> None:
    assert re.search(rf"^\| `{name}` \|", document, flags=re.MULTILINE)
    assert re.search(rf"\b{name}\b", submodels(document)), f"{name} is in no formula of ODD.md"


@pytest.mark.parametrize("name", sorted(MECHANISM_NAMES))
def test_every_switch_is_told_where_the_document_describes_its_mechanism(
    document: str, name: str
) -> None:
    assert re.search(rf"`{name}`", submodels(document)), f"{name} is in no submodel of ODD.md"


def keys_of(tree: ast.Module, name: str) -> set[str]:
    """Return the keys of a dictionary that a module defines."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            return set(ast.literal_eval(node.value))
    raise AssertionError(f"{name} is not defined")


def test_every_part_of_the_world_has_a_heading_in_the_panel_of_assumptions() -> None:
    panel = dict(trees("views"))["views/world_panel.py"]
    assert keys_of(panel, "PARTS") == {quantity.actor for quantity in ASSUMPTIONS.values()}


def test_the_rules_notice_what_is_not_used() -> None:
    tree = ast.parse("def f(p, on, world):\n    p.a = p.b\n    return on.spillovers + world.on.c")
    assert numbers_read(tree) == {"b", "on"}
    assert switches_read(tree) == {"spillovers"}
    assert switches_read(ast.parse("world.has('community')")) == {"community"}
    assert members_used(ast.parse("def f(): return dice.key(Purpose.GATE)"), "Purpose") == {
        ("f", "GATE")
    }
    assert submodels("a <!-- table: levers -->\nb\n<!-- end --> c") == "a  c"
    with pytest.raises(AssertionError, match="PARTS is not defined"):
        keys_of(ast.parse("OTHER = {}"), "PARTS")
