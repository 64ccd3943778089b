"""The left-hand panel: what governments can move, grouped by who decides, each lever explained."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import groupby

import streamlit as st

from sim.calendar import LAST_OBSERVED_MONTH, month_index
from sim.levers import LEVERS, Lever
from sim.scenario import LeverSetting
from sim.wording import dial, landmark, month_words
from views import exact, state
from views.beyond import beyond

PHASES = (0, 3, 6, 12, 18, 24, 36, 48, 60)
CONFIDENCE = {
    "evidence": "from evidence",
    "estimate": "an estimate",
    "assumption": "an assumption of ours",
}


def draw() -> None:
    """Draw the common start and every lever, the first ones open and the rest one click away."""
    _common_start()
    first = [lever for lever in LEVERS if lever.first]
    for actor, levers in groupby(first, key=lambda lever: lever.actor):
        _group(actor, list(levers))
    rest = [lever for lever in LEVERS if not lever.first]
    changed = sum(lever.id in state.session().scenario.changed_levers() for lever in rest)
    label = f"More levers ({len(rest)})" + (f" :blue-badge[{changed} changed]" if changed else "")
    more = st.expander(label, key="more_levers", icon=":material/tune:", on_change="rerun")
    if more.open:  # two widgets a lever are felt at every move
        with more:
            for actor, levers in groupby(rest, key=lambda lever: lever.actor):
                _group(actor, list(levers))


def _group(actor: str, levers: list[Lever]) -> None:
    st.markdown(f"##### {actor}")
    for lever in levers:
        _lever(lever)


def _common_start() -> None:
    now = state.session()
    start, phase = now.timing
    label = f"Starts **{month_words(start)}**{_phase_words(phase)}"
    with st.popover(label, icon=":material/event:", width="stretch", key="common_start"):
        st.caption(
            "For every lever you move. A lever may have a start of its own: see its details."
        )
        _timing_fields("all", start, phase, state.time_all)


def _timing_fields(name: str, start: int, phase: int, act: Callable[[int, int], None]) -> None:
    """Draw the month and the phase-in; either calls `act` with both."""
    months = _starts(start)
    phases = PHASES if phase in PHASES else tuple(sorted({*PHASES, phase}))
    st.selectbox(
        "Starts in",
        months,
        format_func=month_words,
        **state.widget(f"start_{name}", start, lambda month: act(month, phase)),
    )
    st.selectbox(
        "Phased in over",
        phases,
        format_func=lambda months: f"{months} months" if months else "at once",
        **state.widget(f"phase_{name}", phase, lambda months: act(start, months)),
    )


def _starts(extra: int) -> tuple[int, ...]:
    """Return the months offered: each January and July, each month near today, and `extra`."""
    last = state.session().scenario.horizon
    near = range(LAST_OBSERVED_MONTH + 1, LAST_OBSERVED_MONTH + 15)
    return tuple(sorted({*range(0, last, 6), *near, month_index("2027-01"), extra}))


def _phase_words(phase: int) -> str:
    return f", over {phase} months" if phase else ""


def _lever(lever: Lever) -> None:
    scenario = state.session().scenario
    setting = scenario.levers.get(lever.id)
    value = setting.value if setting else lever.default
    changed = lever.id in scenario.changed_levers()
    with st.container(gap="xxsmall", key=f"lever_{lever.id}"):
        _value(lever, value)
        if changed and setting:
            _changed(lever, setting)
        _details(lever, setting, value)


def _value(lever: Lever, value: float) -> None:
    shown = dial(lever)
    exact.draw(
        lever,
        shown,
        lever.id,
        shown.shown(value),
        shown.shown(lever.step),
        _help(lever),
        lambda moved: state.set_lever(lever.id, shown.stored(moved)),
    )


def _changed(lever: Lever, setting: LeverSetting) -> None:
    """Say what was changed, from when, and offer to take it back."""
    shown = dial(lever)
    when = f"{month_words(setting.start)}{_phase_words(setting.phase_in_months)}"
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", wrap=False):
        st.markdown(
            f":blue-badge[{shown.say(lever.default)} → {shown.say(setting.value)}] :small[{when}]"
            + (" :orange-badge[beyond evidence]" if beyond(lever, setting.value) else ""),
            width="stretch",
        )
        words = f"Take “{lever.label}” back to the status quo"
        st.button(
            words,
            icon=":material/undo:",
            key=f"reset_{lever.id}",
            type="tertiary",
            help=words,
            on_click=state.reset_lever,
            args=(lever.id,),
        )


def _details(lever: Lever, setting: LeverSetting | None, value: float) -> None:
    """Draw the lever's own start and everything known about it; made only when open."""
    details = st.expander(
        f":small[{landmark(lever, value)}]",
        type="compact",
        key=f"details_{lever.id}",
        on_change="rerun",
    )
    if not details.open:
        return
    with details:
        start, phase = (
            (setting.start, setting.phase_in_months) if setting else state.session().timing
        )
        _timing_fields(lever.id, start, phase, partial(state.time_lever, lever.id))
        st.markdown(_about(lever))


def _help(lever: Lever) -> str:
    return (
        f"{lever.meaning}\n\nActs on: {lever.acts_on}. Unit: {lever.unit}.\n\nRange with evidence, "
        f"marked below the slider: {_evidence(lever)}."
    )


def _evidence(lever: Lever) -> str:
    """Return the part of the range that some real policy has come near."""
    (low, high), shown = lever.evidence, dial(lever)
    if high <= low:
        return "none, since no policy of this kind has been tried"
    return f"{shown.say(low)} to {shown.say(high)}; beyond it the model extrapolates"


def _about(lever: Lever) -> str:
    shown = dial(lever)
    marks = "\n".join(f"- {shown.say(at)}: {words}" for at, words in lever.landmarks)
    return (
        f"{lever.meaning}\n\n**Acts on** {lever.acts_on}.\n\n**Landmarks**\n\n{marks}\n\n"
        f"**Range with evidence** {_evidence(lever)}.\n\n"
        f"**Status quo** {shown.say(lever.default)}: {CONFIDENCE[lever.confidence]}.\n\n"
        f"**Source** {lever.source}."
    )
