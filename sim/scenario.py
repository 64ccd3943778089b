"""What a scenario is: levers with start and phase-in, assumptions, mechanisms off, horizon.

A scenario is one TOML file. Anything in it that is not declared is an error that names the
nearest valid key; nothing in it is executed or trusted.
"""

from __future__ import annotations

import dataclasses
import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar

import numpy as np
import numpy.typing as npt

from sim.calendar import DEFAULT_UNTIL, LAST_MONTH, month_index, month_label
from sim.catalogue import load_labs
from sim.declare import InputError, printable, unknown
from sim.levers import DEFAULT_START, LEVERS
from sim.levers import lever as find_lever
from sim.mechanisms import mechanism
from sim.parameters import assumption
from sim.shocks import Shock, shock_kind
from sim.worlds import WORLDS, Worlds

N = TypeVar("N", bound=str)
Supply = Literal["observed", "simulated"]
SUPPLIES: tuple[Supply, ...] = ("observed", "simulated")
MAX_FILE_BYTES = 100_000
MAX_TITLE, MAX_STORY = 120, 4000
PRESETS = Path(__file__).resolve().parent.parent / "scenarios"
_KEYS = ("title", "story", "horizon", "supply", "off", "levers", "assumptions", "shocks", "worlds")
# A table of the library's own in a scenario file (sim/outgoing.py); it changes no result.
LIBRARY = "library"
KNOWN_KEYS = (*_KEYS, LIBRARY)
_SETTING_KEYS = ("value", "start", "phase_in_months")
_SHOCK_KEYS = ("kind", "month", "months", "size", "lab")
MAX_SHOCKS = 20
# tomllib takes time in the square of a dotted key's length: 47 s for a key of 100 kB.
_MAX_DOTS = 32
_DEEP_KEY = re.compile(
    r"""(?<![\w-])(?:(?:[\w-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')[ \t]*\.[ \t]*)"""
    rf"{{{_MAX_DOTS}}}"
)


@dataclass(frozen=True)
class LeverSetting:
    """One lever's new value, the month it starts (0 = 2023-01) and months to phase it in."""

    value: float
    start: int = DEFAULT_START
    phase_in_months: int = 0


@dataclass(frozen=True)
class Scenario:
    """A question put to the model. `name` is the file's or the user's; it changes no result."""

    name: str
    title: str
    story: str = ""
    levers: Mapping[str, LeverSetting] = field(default_factory=dict)
    assumptions: Mapping[str, float] = field(default_factory=dict)
    off: tuple[str, ...] = ()
    horizon: int = month_index(DEFAULT_UNTIL)
    supply: Supply = "observed"
    shocks: tuple[Shock, ...] = ()
    worlds: Worlds = "posterior"

    @property
    def n_months(self) -> int:
        """Number of months simulated, from 2023-01 through the horizon."""
        return self.horizon + 1

    def changed_levers(self) -> dict[str, LeverSetting]:
        """Return the settings whose path differs from the status quo, in declared order."""
        return {
            lever.id: self.levers[lever.id]
            for lever in LEVERS
            if lever.id in self.levers
            and not np.array_equal(self.path(lever.id), lever.status_quo(self.n_months))
        }

    def path(self, lever_id: str) -> npt.NDArray[np.float64]:
        """Return the lever's value in each month, shape (n_months,)."""
        lever = find_lever(lever_id)
        path = lever.status_quo(self.n_months)
        setting = self.levers.get(lever_id)
        if setting is None or setting.start >= self.n_months:
            return path
        before = path[setting.start - 1] if setting.start else path[0]
        ramp = np.arange(self.n_months - setting.start)
        done = np.minimum(1.0, (ramp + 1) / (setting.phase_in_months + 1))
        path[setting.start :] = before + (setting.value - before) * done
        return path


def check_month(name: str, value: object, last: int = LAST_MONTH) -> int:
    """Return the month number of an untrusted "YYYY-MM", from 2023-01 to `last`."""
    rule = f"allowed 2023-01 to {month_label(last)}, written YYYY-MM"
    try:
        month = month_index(value) if isinstance(value, str) else -1
    except ValueError:
        month = -1
    if not 0 <= month <= last:
        raise InputError(f"{name}: {printable(value)!r} is not a month the model covers; {rule}")
    return month


def check_setting(lever_id: str, raw: object) -> LeverSetting:
    """Return the setting of one lever from an untrusted number or table."""
    lever = find_lever(lever_id)
    table = raw if isinstance(raw, dict) else {"value": raw}
    for key in table:
        if key not in _SETTING_KEYS:
            raise unknown(f"key in levers.{lever_id}", key, _SETTING_KEYS)
    if "value" not in table:
        raise InputError(f"levers.{lever_id}: no value; write {{ value = {lever.default:g} }}")
    start = (
        check_month(f"levers.{lever_id}.start", table["start"])
        if "start" in table
        else DEFAULT_START
    )
    phase = table.get("phase_in_months", 0)
    if isinstance(phase, bool) or not isinstance(phase, int) or not 0 <= phase <= 120:
        raise InputError(
            f"levers.{lever_id}.phase_in_months: {printable(phase)!r}; allowed 0 to 120 (months)"
        )
    return LeverSetting(lever.check(table["value"]), start, phase)


def check_supply(name: object, what: str = "supply") -> Supply:
    """Return where models come from, or raise InputError naming `what`."""
    return _one_of(SUPPLIES, name, what)


def check_worlds(name: object, what: str = "worlds") -> Worlds:
    """Return where the worlds of the futures come from, or raise InputError naming `what`."""
    return _one_of(WORLDS, name, what)


def _one_of(allowed: tuple[N, ...], name: object, what: str) -> N:
    for known in allowed:
        if name == known:
            return known
    raise InputError(f"{what}: {printable(name)!r}; allowed {', '.join(allowed)}")


def check_shock(raw: object) -> Shock:
    """Return one shock from an untrusted table: kind, month, and months, size, lab if wanted."""
    if not isinstance(raw, dict):
        raise InputError(f"shocks: {printable(raw)!r} is not a table; write kind and month")
    for key in raw:
        if key not in _SHOCK_KEYS:
            raise unknown("key in shocks", key, _SHOCK_KEYS)
    kind = shock_kind(str(raw.get("kind", "")))
    months = raw.get("months", kind.months)
    if isinstance(months, bool) or not isinstance(months, int) or not 1 <= months <= 240:
        raise InputError(f"shocks.{kind.id}.months: {printable(months)!r}; allowed 1 to 240")
    size = raw.get("size", kind.size)
    if isinstance(size, bool) or not isinstance(size, int | float):
        raise InputError(f"shocks.{kind.id}.size: {printable(size)!r} is not a number")
    if not kind.low <= size <= kind.high:
        rule = f"allowed {kind.low:g} to {kind.high:g} ({kind.size_unit})"
        raise InputError(f"shocks.{kind.id}.size: {printable(size)}; {rule}")
    return Shock(
        kind.id,
        check_month(f"shocks.{kind.id}.month", raw.get("month")),
        months,
        float(size),
        _shocked_lab(kind.id, raw.get("lab", "")),
    )


def _shocked_lab(kind: str, lab: object) -> str:
    known = [known.id for known in load_labs()]
    if kind != "lab_reversal":
        if lab:
            raise InputError(
                f"shocks.{kind}.lab: only a lab_reversal strikes one lab; leave it out"
            )
        return ""
    if lab not in known:
        raise unknown(f"lab in shocks.{kind}", str(lab), known)
    return str(lab)


def _shocks(raw: Mapping[str, Any]) -> tuple[Shock, ...]:
    listed = raw.get("shocks", [])
    if not isinstance(listed, list) or len(listed) > MAX_SHOCKS:
        raise InputError(f"shocks: must be a list of at most {MAX_SHOCKS} tables")
    return tuple(check_shock(item) for item in listed)


def check_text(key: str, value: object, limit: int, *, lines: bool = False) -> str:
    """Return an untrusted title or story without signs nobody sees, with line ends if `lines`."""
    if not isinstance(value, str) or len(value) > limit:
        raise InputError(f"{key}: must be text of at most {limit} characters")
    keep = "\n" if lines else ""
    spaced = (" " if c.isspace() and c not in keep else c for c in value.replace("\r\n", "\n"))
    return "".join(c for c in spaced if c.isprintable() or c in keep).strip()


def _table(raw: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = raw.get(key, {})
    if not isinstance(value, dict):
        raise InputError(f"{key}: must be a table, not {printable(value)!r}")
    return value


def scenario_from_dict(raw: Mapping[str, Any], name: str) -> Scenario:
    """Return the scenario an untrusted table describes, or raise InputError with one line."""
    try:
        return _scenario(raw, name)
    except InputError:
        raise
    except (OverflowError, RecursionError, ValueError):  # from float, repr or str of a value
        raise InputError("a value is too large or too deeply nested") from None


def _scenario(raw: Mapping[str, Any], name: str) -> Scenario:
    for key in raw:
        if key not in KNOWN_KEYS:
            raise unknown("key", key, _KEYS)
    title = check_text("title", raw.get("title", ""), MAX_TITLE)
    if not title:
        raise InputError("title: missing; a scenario needs a title")
    supply = check_supply(raw.get("supply", "observed"))
    off = raw.get("off", [])
    if not isinstance(off, list) or not all(isinstance(item, str) for item in off):
        raise InputError("off: must be a list of mechanism names")
    return Scenario(
        name=name,
        title=title,
        story=check_text("story", raw.get("story", ""), MAX_STORY, lines=True),
        levers={key: check_setting(key, v) for key, v in _table(raw, "levers").items()},
        assumptions={
            key: assumption(key).check(v) for key, v in _table(raw, "assumptions").items()
        },
        off=tuple(sorted({mechanism(item).id for item in off})),
        horizon=check_month("horizon", raw.get("horizon", DEFAULT_UNTIL)),
        supply=supply,
        shocks=_shocks(raw),
        worlds=check_worlds(raw.get("worlds", "posterior")),
    )


def scenario_from_toml(text: str, name: str) -> Scenario:
    """Return the scenario in a TOML text, or raise InputError with one line."""
    raw = table_from_toml(text, name)
    try:
        return scenario_from_dict(raw, name)
    except InputError as error:
        raise InputError(f"{printable(name)}: {printable(error, 400)}") from None


def table_from_toml(text: str, name: str) -> dict[str, Any]:
    """Return what an untrusted TOML text holds, unchecked, or raise InputError with one line."""
    if len(text.encode("utf-8", "replace")) > MAX_FILE_BYTES:
        raise InputError(f"{printable(name)}: too large; allowed {MAX_FILE_BYTES:,} bytes")
    if _DEEP_KEY.search(text):
        raise InputError(f"{printable(name)}: a key has too many dots; allowed {_MAX_DOTS - 1}")
    try:
        raw = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # ValueError also for integers of 4,300 digits
        reason = printable(str(error) or type(error).__name__, 120)
        raise InputError(f"{printable(name)}: not valid TOML: {reason}") from None
    if not raw:
        raise InputError(f"{printable(name)}: empty; a scenario needs at least a title")
    return raw


def load_scenario(source: str | Path) -> Scenario:
    """Return a preset by name, or the scenario in a TOML file.

    Raises InputError if there is no such preset or file, or it is not a valid scenario.
    """
    path = PRESETS / f"{source}.toml"
    if not re.fullmatch(r"[a-z0-9_]{1,80}", str(source)) or not path.is_file():
        path = Path(source)
    return scenario_from_toml(_read(path), printable(path.stem))


def _read(path: Path) -> str:
    shown = printable(path.name)
    try:
        if not path.is_file():
            raise unknown("scenario", str(path), preset_names())
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise InputError(f"{shown}: cannot be read: {printable(error.strerror)}") from None
    if len(content) > MAX_FILE_BYTES:
        raise InputError(f"{shown}: too large; allowed {MAX_FILE_BYTES:,} bytes")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{shown}: not a text file in UTF-8") from None


def preset_names() -> list[str]:
    """Return the names of the shipped presets, status quo first."""
    return sorted((p.stem for p in PRESETS.glob("*.toml")), key=lambda n: (n != "status_quo", n))


def parse_set(text: str) -> tuple[str, LeverSetting]:
    """Read LEVER=VALUE[@YYYY-MM[+MONTHS]] from the command line or a link."""
    match = re.fullmatch(r"([^=]+)=([^@]+)(?:@([^+]+)(?:\+(\d{1,4}))?)?", text)
    if match is None:
        raise InputError(f"--set {printable(text)}: write LEVER=VALUE[@YYYY-MM[+MONTHS]]")
    name, value, start, phase = match.groups()
    raw: dict[str, object] = {"value": _number(name, value)}
    if start is not None:
        raw["start"] = start
    if phase is not None:
        raw["phase_in_months"] = int(phase)
    return find_lever(name).id, check_setting(name, raw)


def parse_assume(text: str) -> tuple[str, float]:
    """Read PARAM=VALUE from the command line or a link."""
    name, _, value = text.partition("=")
    return assumption(name).id, assumption(name).check(_number(name, value))


def _number(name: str, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        raise InputError(f"{printable(name)}: {printable(text)!r} is not a number") from None
    if not math.isfinite(number):
        raise InputError(f"{printable(name)}: {printable(text)!r} is not a finite number")
    return number


def with_changes(
    scenario: Scenario,
    *,
    levers: Mapping[str, LeverSetting] | None = None,
    assumptions: Mapping[str, float] | None = None,
    off: tuple[str, ...] = (),
    horizon: int | None = None,
) -> Scenario:
    """Return the scenario with checked changes laid over it."""
    return dataclasses.replace(
        scenario,
        levers={**scenario.levers, **(levers or {})},
        assumptions={**scenario.assumptions, **(assumptions or {})},
        off=tuple(sorted({*scenario.off, *(mechanism(m).id for m in off)})),
        horizon=scenario.horizon if horizon is None else horizon,
    )


def in_world_of(policy: Scenario, world: Scenario) -> Scenario:
    """Return a policy (its name, words and levers) in the world of another scenario: all else."""
    return dataclasses.replace(
        world, name=policy.name, title=policy.title, story=policy.story, levers=policy.levers
    )


def scenario_to_toml(scenario: Scenario) -> str:
    """Return the scenario as TOML that `scenario_from_toml` reads back to an equal scenario."""
    lines = [f"title = {quoted(scenario.title)}", f"story = {quoted(scenario.story)}"]
    lines.append(f'horizon = "{month_label(scenario.horizon)}"')
    lines.append(f'supply = "{scenario.supply}"')
    lines.append(f'worlds = "{scenario.worlds}"')
    lines.append("off = [" + ", ".join(quoted(item) for item in scenario.off) + "]")
    lines.append("\n[levers]")
    for key, setting in sorted(scenario.levers.items()):
        lines.append(
            f'{key} = {{ value = {setting.value!r}, start = "{month_label(setting.start)}", '
            f"phase_in_months = {setting.phase_in_months} }}"
        )
    lines.append("\n[assumptions]")
    lines += [f"{key} = {value!r}" for key, value in sorted(scenario.assumptions.items())]
    for shock in scenario.shocks:
        lines += [
            "\n[[shocks]]",
            f'kind = "{shock.kind}"',
            f'month = "{month_label(shock.month)}"',
            f"months = {shock.months}",
            f"size = {shock.size!r}",
        ]
        lines += [f"lab = {quoted(shock.lab)}"] if shock.lab else []
    return "\n".join(lines) + "\n"


def quoted(text: str) -> str:
    """Return a text without control characters, but for line ends, as a TOML string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
