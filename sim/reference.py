"""Which tables of docs/ODD.md are written by the code: every declared number, in Markdown.

`python -m sim.reference` writes them again, between the markers `<!-- table: NAME -->` and
`<!-- end -->`; a test fails when the document and the declarations differ.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from inspect import getdoc
from pathlib import Path

from sim.declare import InputError, Quantity, unknown
from sim.levers import LEVERS, Lever
from sim.mechanisms import MECHANISMS
from sim.order import ORDER
from sim.outcomes import OUTCOMES
from sim.parameters import ASSUMPTIONS
from sim.population import SEGMENTS, TASKS

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "ODD.md"
_START, _END = "<!-- table: ", "<!-- end -->"
_MARKED = re.compile(rf"({_START}([^\n]*?) -->\n).*?({_END})", re.DOTALL)


def tables() -> dict[str, str]:
    """Return every generated table by its name in the markers; each ends with a line break."""
    return {
        "order": _order(),
        "levers": _levers(),
        "assumptions": _assumptions(),
        "mechanisms": _mechanisms(),
        "outcomes": _outcomes(),
        "tasks": _tasks(),
    }


def fill(text: str) -> str:
    """Return `text` with every marked table replaced by the generated one.

    Raises InputError if a marker names no table or has no end.
    """
    known = tables()

    def replaced(match: re.Match[str]) -> str:
        opening, name, end = match.groups()
        if name not in known:
            raise unknown("table", name, known)
        return f"{opening}\n{known[name]}\n{end}"

    if text.count(_START) != len(_MARKED.findall(text)):
        raise InputError(f"a marker {_START}NAME --> has no {_END} after it")
    return _MARKED.sub(replaced, text)


def markdown(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; pipes in cells are escaped and line breaks become spaces."""
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(map(_cell, line))} |\n" for line in lines)


def main() -> None:
    """Write the tables of docs/ODD.md again."""
    before = DOCUMENT.read_text(encoding="utf-8")
    after = fill(before)
    if after != before:
        DOCUMENT.write_text(after, encoding="utf-8")
    print(f"{DOCUMENT.name}: {'unchanged' if after == before else 'tables written again'}")


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _code(name: str) -> str:
    return f"`{name}`"


def _range(quantity: Quantity) -> str:
    return f"{quantity.low:g} to {quantity.high:g}"


def _levers() -> str:
    def landmarks(lever: Lever) -> str:
        return "; ".join(f"{value:g}: {words}" for value, words in lever.landmarks)

    header = "lever|actor|unit|range|default|landmarks|acts on|source|confidence".split("|")
    return markdown(
        header,
        (
            [
                _code(lever.id),
                lever.actor,
                lever.unit,
                _range(lever),
                f"{lever.default:g}",
                landmarks(lever),
                lever.acts_on,
                lever.source,
                lever.confidence,
            ]
            for lever in LEVERS
        ),
    )


def _assumptions() -> str:
    """Return one table for each part of the world, under a heading of its own."""
    header = "assumption|unit|range|default|meaning|source|confidence".split("|")

    def row(item: Quantity) -> list[str]:
        told = [_code(item.id), item.unit, _range(item), f"{item.default:g}"]
        return [*told, item.meaning, item.source, item.confidence]

    parts = dict.fromkeys(item.actor for item in ASSUMPTIONS.values())
    return "\n".join(
        f"#### {part.capitalize()}\n\n"
        + markdown(header, (row(item) for item in ASSUMPTIONS.values() if item.actor == part))
        for part in parts
    )


def _mechanisms() -> str:
    rows = ([_code(m.id), m.label, m.meaning, m.rival] for m in MECHANISMS)
    return markdown(["mechanism", "label", "meaning", "rival explanation"], rows)


def _outcomes() -> str:
    rows = ([_code(o.id), o.label, o.unit, ", ".join(o.groups), o.meaning] for o in OUTCOMES)
    return markdown(["outcome", "label", "unit", "groups", "meaning"], rows)


def _order() -> str:
    def told(step: Callable[..., None]) -> list[str]:
        where = f"{step.__module__}.{step.__name__}"
        return [_code(where), (getdoc(step) or "").partition("\n")[0]]

    rows = ([str(k), label, *told(step)] for k, (label, step) in enumerate(ORDER, start=1))
    return markdown(["", "step", "code", "what it does"], rows)


def _tasks() -> str:
    names = [f"share, {segment.replace('_', '-')}" for segment in SEGMENTS]
    rows = (
        [_code(t.id), t.label, f"{t.threshold_eci:g}", t.drift, *(f"{part:g}" for part in t.mix)]
        for t in TASKS
    )
    return markdown(["task", "label", "capability wanted, ECI", "drift", *names], rows)


if __name__ == "__main__":
    main()
