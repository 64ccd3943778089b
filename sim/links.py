"""What a link says: everything that decides a run, told as a change of the preset it starts from.

    ?v=0.3.0&r=fc-1a2b3c4d5e6f&s=status_quo&l=us_foreign_model_ban:0.9@2027-01+12&a=spillover:0.08

`v` names the model and `r` the run the link was made from, `n` its seed (with futures and streams
if they are unusual), `d` the first digits of the digest of its numbers. `s` is the preset, `t` a
title; `l` holds levers as NAME:VALUE@START+MONTHS, `a` assumptions, `x` mechanisms switched off,
`k` shocks as KIND:SIZE@START+MONTHS~LAB, `u` the supply, `w` where worlds come from, `h` the last
month. A dash in place of a value takes a preset's change back. Nothing in a link is trusted: what
is not allowed is an InputError with one line; but what a link of another model names and this one
does not know is left out and said.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit

from sim.calendar import month_label
from sim.declare import InputError, printable
from sim.kept import digest_of
from sim.link_items import (
    USUAL,
    Size,
    assumption_items,
    items,
    lever_items,
    read_shock,
    read_size,
    set_assumption,
    set_lever,
    shock_item,
    size_text,
)
from sim.mechanisms import mechanism
from sim.run_id import run_id
from sim.scenario import (
    MAX_SHOCKS,
    MAX_TITLE,
    Scenario,
    check_month,
    check_supply,
    check_text,
    check_worlds,
    load_scenario,
    preset_names,
)
from sim.shocks import Shock
from sim.version import MODEL_VERSION

if TYPE_CHECKING:
    from sim.result import Result

P = ParamSpec("P")
T = TypeVar("T")
KEYS = ("v", "r", "n", "d", "s", "t", "l", "a", "x", "k", "u", "w", "h")
PLAIN = "status_quo"
LONGEST = 12_000
DIGEST_DIGITS = 16
_NONE = "none"


@dataclass(frozen=True)
class Link:
    """What a link describes; version, run id and digest are None where it does not say.

    `left_out` holds what a link of another model names and this one does not know, a line each.
    """

    scenario: Scenario
    size: Size = USUAL
    version: str | None = None
    run_id: str | None = None
    digest: str | None = None
    left_out: tuple[str, ...] = ()

    @property
    def of_today(self) -> bool:
        """Whether it was made under this model, or does not say under which."""
        return self.version in (None, MODEL_VERSION)

    @property
    def whole(self) -> bool:
        """Whether what it describes may be the run it names; never known of another model's."""
        if self.run_id is None or not self.of_today:
            return True
        return self.run_id == run_id(self.scenario, **dataclasses.asdict(self.size))


def encode(scenario: Scenario, preset: Scenario) -> dict[str, str]:
    """Return the parameters that describe `scenario`, told as a change of `preset`."""
    told = {
        "s": preset.name,
        "t": scenario.title if scenario.title != preset.title else "",
        "l": ",".join(lever_items(scenario, preset)),
        "a": ",".join(assumption_items(scenario, preset)),
    }
    if set(scenario.off) != set(preset.off):
        told["x"] = ",".join(scenario.off) or _NONE
    if scenario.shocks != preset.shocks:
        told["k"] = ",".join(map(shock_item, scenario.shocks)) or _NONE
    if scenario.supply != preset.supply:
        told["u"] = scenario.supply
    if scenario.worlds != preset.worlds:
        told["w"] = scenario.worlds
    if scenario.horizon != preset.horizon:
        told["h"] = month_label(scenario.horizon)
    return {key: value for key, value in told.items() if value}


def stamped(
    told: Mapping[str, str], scenario: Scenario, size: Size, digest: str | None = None
) -> dict[str, str]:
    """Return the parameters with model, run and size before them, where a cut link still has them.

    `digest` is that of the run's numbers, if it has been run.
    """
    first = {"v": MODEL_VERSION, "r": run_id(scenario, **dataclasses.asdict(size))}
    first["n"] = size_text(size)
    first["d"] = (digest or "")[:DIGEST_DIGITS]
    return {key: value for key, value in first.items() if value} | dict(told)


def query(told: Mapping[str, str]) -> str:
    """Return the parameters as they stand after the question mark of an address."""
    return urlencode(told, safe=":,@")


def of_run(result: Result) -> dict[str, str]:
    """Return the parameters of a link that makes a run again and can tell whether it is equal."""
    scenario = result.scenario
    base = load_scenario(scenario.name if scenario.name in preset_names() else PLAIN)
    size = Size(result.seed, result.replicates, result.streams)
    return stamped(encode(scenario, base), scenario, size, digest_of(result))


def decode(params: Mapping[str, str]) -> Scenario:
    """Return the scenario a link describes, or raise InputError naming what is wrong."""
    return read(params).scenario


def read(params: Mapping[str, str]) -> Link:
    """Return all that a link says, or raise InputError naming what is wrong."""
    for key, value in params.items():
        if len(value) > LONGEST:
            raise InputError(f"{printable(key)}: too long; allowed {LONGEST} characters")
    version = _matching("v", r"\d{1,4}\.\d{1,4}\.\d{1,4}", params)
    reader = _Reader(strict=version in (None, MODEL_VERSION))
    return Link(
        scenario=reader.scenario(params),
        size=read_size(params.get("n", "")),
        version=version,
        run_id=_matching("r", r"fc-[0-9a-f]{12}", params),
        digest=_matching("d", rf"[0-9a-f]{{{DIGEST_DIGITS}}}", params),
        left_out=tuple(reader.left_out),
    )


def params_of(text: str) -> dict[str, str]:
    """Return the parameters in an address, or in what follows its question mark."""
    text = text.strip()
    if len(text) > 4 * LONGEST:
        raise InputError(f"link: too long; allowed {4 * LONGEST} characters")
    try:
        pairs = parse_qsl(urlsplit(text).query if "?" in text else text, max_num_fields=50)
    except ValueError as error:
        raise InputError(f"link: {printable(text)!r} cannot be read: {printable(error)}") from None
    found = {key: value for key, value in pairs if key in KEYS}
    if not found:
        raise InputError(f"link: {printable(text)!r} describes no scenario; it has no ?s=...")
    return found


def _matching(key: str, pattern: str, params: Mapping[str, str]) -> str | None:
    text = params.get(key, "")
    if text and not re.fullmatch(pattern, text, re.ASCII):
        raise InputError(f"{key}: {printable(text)!r} is not written as in a link")
    return text or None


class _Reader:
    """Reads what describes the scenario; if not strict, it leaves out what it does not know."""

    def __init__(self, *, strict: bool) -> None:
        self._strict = strict
        self.left_out: list[str] = []

    def scenario(self, params: Mapping[str, str]) -> Scenario:
        """Return the scenario that the parameters describe."""
        preset = self._tried(_preset, params.get("s", PLAIN)) or load_scenario(PLAIN)
        levers, assumed = dict(preset.levers), dict(preset.assumptions)
        for name, value in items(params.get("l", "")):
            self._tried(set_lever, levers, name, value)
        for name, value in items(params.get("a", "")):
            self._tried(set_assumption, assumed, name, value)
        changes: dict[str, Any] = {"levers": levers, "assumptions": assumed}
        title = check_text("t", params.get("t", ""), MAX_TITLE)
        if title:
            changes |= {"title": title, "name": "link", "story": ""}
        return dataclasses.replace(preset, **changes, **self._fields(params))

    def _fields(self, params: Mapping[str, str]) -> dict[str, Any]:
        """Return the fields of a scenario that a link gives as a whole."""
        parse: dict[str, tuple[str, Callable[[str], object]]] = {
            "x": ("off", self._off),
            "k": ("shocks", self._shocks),
            "u": ("supply", lambda text: check_supply(text, "u")),
            "w": ("worlds", lambda text: check_worlds(text, "w")),
            "h": ("horizon", lambda text: check_month("h", text)),
        }
        found = {
            field: self._tried(reads, params[key])
            for key, (field, reads) in parse.items()
            if key in params
        }
        return {field: value for field, value in found.items() if value is not None}

    def _off(self, text: str) -> tuple[str, ...]:
        names = [] if text == _NONE else [name for name in text.split(",") if name]
        found = [self._tried(mechanism, name) for name in names]
        return tuple(sorted({known.id for known in found if known is not None}))

    def _shocks(self, text: str) -> tuple[Shock, ...]:
        told = [] if text == _NONE else list(items(text))
        if len(told) > MAX_SHOCKS:
            raise InputError(f"k: {len(told)} shocks; allowed {MAX_SHOCKS}")
        found = [self._tried(read_shock, kind, value) for kind, value in told]
        return tuple(shock for shock in found if shock is not None)

    def _tried(self, parse: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        try:
            return parse(*args, **kwargs)
        except InputError as error:
            if self._strict:
                raise
            self.left_out.append(printable(error, 200))
            return None


def _preset(name: str) -> Scenario:
    if name not in preset_names():
        raise InputError(
            f"s: {printable(name)!r} is not a preset; allowed {', '.join(preset_names())}"
        )
    return load_scenario(name)
