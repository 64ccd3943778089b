"""What a link says: which scenario, and only what differs from the preset it starts from.

    ?s=status_quo&l=us_foreign_model_ban:0.9@2027-01+12,us_open_funding:-&a=spillover:0.08&x=ecosystem

`l` holds levers as NAME:VALUE@START+MONTHS, `a` assumptions, `x` mechanisms switched off, `h` the
last month, `p` the two large charts. A dash in place of a value takes a preset's change back.
Everything in a link is untrusted: what is not allowed is an InputError with one line.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping

from sim.calendar import month_label
from sim.declare import InputError, printable
from sim.levers import DEFAULT_START
from sim.levers import lever as find_lever
from sim.mechanisms import mechanism
from sim.parameters import assumption
from sim.scenario import (
    LeverSetting,
    Scenario,
    check_month,
    load_scenario,
    parse_assume,
    parse_set,
    preset_names,
)

KEYS = ("s", "l", "a", "x", "h", "p")
LONGEST = 4000
BACK = "-"
NONE_OFF = "none"


def encode(scenario: Scenario, preset: Scenario) -> dict[str, str]:
    """Return the parameters of a link to `scenario`, told as a change of `preset`."""
    told = {"s": preset.name}
    levers = [_lever_item(key, scenario, preset) for key in {**preset.levers, **scenario.levers}]
    assumed = [
        f"{key}:{_exact(scenario.assumptions[key])}"
        if key in scenario.assumptions
        else f"{key}:{BACK}"
        for key in {**preset.assumptions, **scenario.assumptions}
        if scenario.assumptions.get(key) != preset.assumptions.get(key)
    ]
    told["l"] = ",".join(item for item in levers if item)
    told["a"] = ",".join(assumed)
    if set(scenario.off) != set(preset.off):
        told["x"] = ",".join(scenario.off) or NONE_OFF
    if scenario.horizon != preset.horizon:
        told["h"] = month_label(scenario.horizon)
    return {key: value for key, value in told.items() if value}


def decode(params: Mapping[str, str]) -> Scenario:
    """Return the scenario a link describes, or raise InputError naming what is wrong."""
    for key, value in params.items():
        if len(value) > LONGEST:
            raise InputError(f"{printable(key)}: too long; allowed {LONGEST} characters")
    scenario = _preset(params.get("s", "status_quo"))
    levers, assumed = dict(scenario.levers), dict(scenario.assumptions)
    for name, value in _items(params.get("l", "")):
        if value == BACK:
            levers.pop(find_lever(name).id, None)
        else:
            key, setting = parse_set(f"{name}={value}")
            levers[key] = setting
    for name, value in _items(params.get("a", "")):
        if value == BACK:
            assumed.pop(assumption(name).id, None)
        else:
            key, number = parse_assume(f"{name}={value}")
            assumed[key] = number
    return dataclasses.replace(
        scenario,
        levers=levers,
        assumptions=assumed,
        off=_off(params["x"]) if "x" in params else scenario.off,
        horizon=check_month("h", params["h"]) if "h" in params else scenario.horizon,
    )


def _preset(name: str) -> Scenario:
    if name not in preset_names():
        raise InputError(
            f"s: {printable(name)!r} is not a preset; allowed {', '.join(preset_names())}"
        )
    return load_scenario(name)


def _off(text: str) -> tuple[str, ...]:
    if text == NONE_OFF:
        return ()
    return tuple(sorted({mechanism(name).id for name in text.split(",") if name}))


def _items(text: str) -> Iterator[tuple[str, str]]:
    for item in filter(None, text.replace(" ", "+").split(",")):
        name, colon, value = item.partition(":")
        if not colon or not value:
            raise InputError(f"{printable(item)}: write NAME:VALUE, as in spillover:0.08")
        yield name, value


def _lever_item(key: str, scenario: Scenario, preset: Scenario) -> str:
    ours, theirs = scenario.levers.get(key), preset.levers.get(key)
    if ours == theirs:
        return ""
    return f"{key}:{BACK}" if ours is None else f"{key}:{_setting(ours)}"


def _setting(setting: LeverSetting) -> str:
    text = _exact(setting.value)
    if setting.start != DEFAULT_START or setting.phase_in_months:
        text += f"@{month_label(setting.start)}"
    if setting.phase_in_months:
        text += f"+{setting.phase_in_months}"
    return text


def _exact(value: float) -> str:
    return repr(float(value)).removesuffix(".0")
