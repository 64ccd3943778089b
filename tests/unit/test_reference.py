"""The tables of docs/ODD.md are those the code declares, and nothing declared is left out."""

from __future__ import annotations

import re

import pytest

from sim.declare import InputError
from sim.levers import LEVERS
from sim.mechanisms import MECHANISMS
from sim.order import ORDER
from sim.outcomes import OUTCOMES
from sim.parameters import ASSUMPTIONS
from sim.population import TASKS
from sim.reference import DOCUMENT, fill, markdown, tables
from sim.version import MODEL_VERSION

DECLARED = {
    "levers": [lever.id for lever in LEVERS],
    "assumptions": list(ASSUMPTIONS),
    "mechanisms": [mechanism.id for mechanism in MECHANISMS],
    "outcomes": [outcome.id for outcome in OUTCOMES],
    "tasks": [task.id for task in TASKS],
}


@pytest.fixture(scope="module")
def document() -> str:
    return DOCUMENT.read_text(encoding="utf-8")


def test_the_document_holds_the_tables_the_code_declares(document: str) -> None:
    assert fill(document) == document, "run: python -m sim.reference"


@pytest.mark.parametrize("name", tables())
def test_every_table_is_in_the_document(document: str, name: str) -> None:
    assert document.count(f"<!-- table: {name} -->") == 1


@pytest.mark.parametrize("name", DECLARED)
def test_everything_declared_has_exactly_one_row(name: str) -> None:
    rows = re.findall(r"^\| `(\w+)` \|", tables()[name], flags=re.MULTILINE)
    assert rows == DECLARED[name]


def test_the_order_of_the_month_is_told_as_it_runs() -> None:
    rows = re.findall(r"^\| \d+ \| ([^|]+) \|", tables()["order"], flags=re.MULTILINE)
    assert rows == [label for label, _ in ORDER]


@pytest.mark.parametrize("name", tables())
def test_every_row_of_a_table_has_as_many_cells_as_its_header(name: str) -> None:
    for block in tables()[name].split("\n\n"):
        rows = [row for row in block.splitlines() if row.startswith("|")]
        assert len({len(re.findall(r"(?<!\\)\|", row)) for row in rows}) <= 1


def test_a_pipe_or_a_line_break_in_a_cell_does_not_break_its_row() -> None:
    assert markdown(["a"], [["x | y\nz"]]) == "| a |\n| --- |\n| x \\| y z |\n"


def test_filling_replaces_what_stands_between_the_markers_and_nothing_else() -> None:
    text = "before\n<!-- table: tasks -->\nold\n<!-- end -->\nafter | <!-- end -->\n"
    filled = fill(text)
    assert filled.startswith("before\n<!-- table: tasks -->\n\n| task |")
    assert filled.endswith("|\n\n<!-- end -->\nafter | <!-- end -->\n")
    assert "old" not in filled
    assert fill(filled) == filled


def test_an_unknown_table_is_an_error_that_names_the_nearest() -> None:
    with pytest.raises(InputError, match="unknown table 'lever'; did you mean 'levers'"):
        fill("<!-- table: lever -->\n<!-- end -->")


@pytest.mark.parametrize(
    "text",
    [
        "<!-- table: tasks -->\n",
        "<!-- table: tasks -->\n<!-- table: order -->\n<!-- end -->",
    ],
)
def test_a_table_without_an_end_is_an_error(text: str) -> None:
    with pytest.raises(InputError, match="has no <!-- end -->"):
        fill(text)


def test_the_readme_cites_the_version_that_runs() -> None:
    readme = DOCUMENT.parents[1] / "README.md"
    cited = re.findall(r"version (\d+\.\d+\.\d+)", readme.read_text(encoding="utf-8"))
    assert set(cited) == {MODEL_VERSION}
