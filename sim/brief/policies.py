"""What the scenarios do differently: each lever that differs, in words, with what it stands for."""

from __future__ import annotations

from sim.brief.record import LeverRow
from sim.compare import Comparison
from sim.documents import records
from sim.levers import BY_ID as LEVERS
from sim.levers import Lever
from sim.scenario import LeverSetting, Scenario
from sim.wording import dial, landmark, month_words


def lever_rows(comparison: Comparison) -> tuple[LeverRow, ...]:
    """Return the levers whose path is not the same in all scenarios, in declared order."""
    differing = dict.fromkeys(row["lever"] for row in records(comparison.lever_differences()))
    return tuple(_row(LEVERS[name], comparison) for name in differing)


def _row(lever: Lever, comparison: Comparison) -> LeverRow:
    scenarios = [result.scenario for result in comparison.results]
    values = tuple(setting_words(lever, scenario) for scenario in scenarios)
    return LeverRow(
        label=lever.label,
        actor=lever.actor,
        unit=lever.unit,
        values=values,
        landmarks=tuple(landmark(lever, _value(lever, scenario)) for scenario in scenarios),
        changed=tuple(value != values[0] for value in values),
        beyond=tuple(_is_beyond(lever, scenario) for scenario in scenarios),
        tried=_tried(lever),
        source=lever.source,
    )


def setting_words(lever: Lever, scenario: Scenario) -> str:
    """Return "90 % from Jan 2027, over 12 months", or the value that simply holds."""
    value = dial(lever).say(_value(lever, scenario))
    setting = _setting(lever, scenario)
    if setting is None:
        return value
    phase = setting.phase_in_months
    return f"{value} from {month_words(setting.start)}" + (
        f", over {phase} months" if phase else ""
    )


def beyond_evidence(comparison: Comparison) -> tuple[str, ...]:
    """Return the levers set beyond what any real policy has come near, and how far that is."""
    found = []
    for lever in LEVERS.values():
        far = [one.scenario for one in comparison.results if _is_beyond(lever, one.scenario)]
        if far:
            say = dial(lever).say
            values = ", ".join(f"{say(_value(lever, one))} in {one.title}" for one in far)
            tried = _tried(lever)
            known = f"tried so far {tried}" if tried else "never tried"
            found.append(f"{lever.label}, {lever.unit} ({values}; {known})")
    return tuple(found)


def _is_beyond(lever: Lever, scenario: Scenario) -> bool:
    low, high = lever.evidence
    return _setting(lever, scenario) is not None and not low <= _value(lever, scenario) <= high


def _tried(lever: Lever) -> str:
    low, high = lever.evidence
    return f"{dial(lever).say(low)} to {dial(lever).say(high)}" if high > low else ""


def _setting(lever: Lever, scenario: Scenario) -> LeverSetting | None:
    return scenario.changed_levers().get(lever.id)


def _value(lever: Lever, scenario: Scenario) -> float:
    """Return the value the lever ends at: its own if it is changed, else that of the last month."""
    setting = _setting(lever, scenario)
    return float(scenario.path(lever.id)[-1]) if setting is None else setting.value
