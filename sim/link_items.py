"""How each part of a link is written and read back: a lever, an assumption, a shock, a size.

    us_foreign_model_ban:0.9@2027-01+12   spillover:0.08   lab_reversal:1@2027-05+1~alibaba

Numbers are written by repr, the shortest text that reads back to the same number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass

from sim.calendar import month_label
from sim.declare import InputError, printable
from sim.levers import DEFAULT_START
from sim.levers import lever as find_lever
from sim.parameters import assumption
from sim.scenario import (
    LeverSetting,
    Scenario,
    check_shock,
    parse_assume,
    parse_set,
)
from sim.settings import REPLICATES, SEED, STREAMS, check_count
from sim.shocks import Shock

BACK = "-"
_SHOCK = re.compile(r"([^@]+)@([^+~]+)\+(\d{1,4})(?:~([\w-]{1,60}))?")


@dataclass(frozen=True)
class Size:
    """How large a run was, and which futures it had."""

    seed: int = SEED
    replicates: int = REPLICATES
    streams: int = STREAMS


USUAL = Size()


def items(text: str) -> Iterator[tuple[str, str]]:
    """Yield NAME and VALUE of every item; a plus sign may have become a space on the way."""
    for item in filter(None, text.replace(" ", "+").split(",")):
        name, colon, value = item.partition(":")
        if not colon or not value:
            raise InputError(f"{printable(item)}: write NAME:VALUE, as in spillover:0.08")
        yield name, value


def lever_items(scenario: Scenario, preset: Scenario) -> Iterator[str]:
    """Yield the levers that are not set as in the preset."""
    for key in {**preset.levers, **scenario.levers}:
        ours, theirs = scenario.levers.get(key), preset.levers.get(key)
        if ours is None:
            yield f"{key}:{BACK}"
        elif ours != theirs:
            yield f"{key}:{_setting(ours)}"


def assumption_items(scenario: Scenario, preset: Scenario) -> Iterator[str]:
    """Yield the assumptions that are not those of the preset."""
    for key in {**preset.assumptions, **scenario.assumptions}:
        ours, theirs = scenario.assumptions.get(key), preset.assumptions.get(key)
        if ours is None:
            yield f"{key}:{BACK}"
        elif ours != theirs:
            yield f"{key}:{exact(ours)}"


def shock_item(shock: Shock) -> str:
    """Return a shock as KIND:SIZE@START+MONTHS, with the lab it strikes if there is one."""
    lab = f"~{shock.lab}" if shock.lab else ""
    return f"{shock.kind}:{exact(shock.size)}@{month_label(shock.month)}+{shock.months}{lab}"


def size_text(size: Size) -> str:
    """Return a size that is not the usual one: the seed, and the rest if that is unusual too."""
    if size == USUAL:
        return ""
    if size == Size(size.seed):
        return f"{size.seed}"
    return f"{size.seed}.{size.replicates}.{size.streams}"


def set_lever(levers: MutableMapping[str, LeverSetting], name: str, value: str) -> None:
    """Set one lever as an item says, or take it back."""
    if value == BACK:
        levers.pop(find_lever(name).id, None)
    else:
        key, levers[key] = parse_set(f"{name}={value}")


def set_assumption(assumptions: MutableMapping[str, float], name: str, value: str) -> None:
    """Set one assumption as an item says, or take it back."""
    if value == BACK:
        assumptions.pop(assumption(name).id, None)
    else:
        key, assumptions[key] = parse_assume(f"{name}={value}")


def read_shock(kind: str, value: str) -> Shock:
    """Return the shock of an item."""
    match = _SHOCK.fullmatch(value)
    if match is None:
        rule = "write KIND:SIZE@YYYY-MM+MONTHS"
        raise InputError(f"k: {printable(f'{kind}:{value}')}; {rule}")
    size, month, months, lab = match.groups()
    try:
        number = float(size)
    except ValueError:
        raise InputError(f"k: {printable(size)!r} is not a number") from None
    raw = {"kind": kind, "month": month, "months": int(months), "size": number}
    return check_shock(raw | ({"lab": lab} if lab else {}))


def read_size(text: str) -> Size:
    """Return the size of a run: SEED, or SEED.REPLICATES.STREAMS."""
    if not text:
        return USUAL
    parts = text.split(".")
    if len(parts) not in (1, 3) or not all(p.isdecimal() and len(p) < 12 for p in parts):
        raise InputError(f"n: {printable(text)!r}; write SEED or SEED.REPLICATES.STREAMS")
    names = ("seed", "replicates", "streams")
    return Size(**{n: check_count(n, int(p)) for n, p in zip(names, parts, strict=False)})


def exact(value: float) -> str:
    """Return a number as the shortest text that reads back to it."""
    return repr(float(value)).removesuffix(".0")


def _setting(setting: LeverSetting) -> str:
    text = exact(setting.value)
    if setting.start != DEFAULT_START or setting.phase_in_months:
        text += f"@{month_label(setting.start)}"
    if setting.phase_in_months:
        text += f"+{setting.phase_in_months}"
    return text
