"""What a session holds: the scenario in hand, the steps back and forward, and what the link says.

The scenario is the one truth. Widgets are set from it before they are drawn, and their callbacks
replace it; so undo, a link, a preset and a slider all take the same way. What was opened goes with
it through undo and redo, so that a save always names the revision that was read.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import streamlit as st

from sim import links
from sim.declare import InputError
from sim.levers import BY_ID, DEFAULT_START
from sim.link_items import Size
from sim.scenario import MAX_TITLE, LeverSetting, Scenario, load_scenario, preset_names
from sim.settings import SEED
from sim.store import Saved
from views.chart_view import LEVELS, View, view
from views.engine import BASELINE, how_many
from views.opened import Clash, Opened, of_link
from views.pictures import ALL, LARGE, NUMBERS, Picture, picture

MOST_STEPS = 100
LONGEST_LIST = 400  # signs of a link's list of charts or numbers
CHARTS = "p"  # the key of a link that names the two large charts
VIEWS = "g"  # the one that names how each is shown
NUMBERS_KEY = "q"  # and the one that names the four numbers on top
Timing = tuple[int, int]
Dialog = Literal["", "save", "library"]
Step = tuple[Scenario, Opened]


@dataclass
class Session:
    """One visitor's working state.

    `timing` is for new changes. `clash` is a save still to be settled; `refused` and `done` are
    what a dialog has still to say, `outcomes` what became of the files that were read last;
    `dialog` is the one that is open. `replaying`: the last change is to be shown once more.
    """

    scenario: Scenario
    opened: Opened
    timing: Timing = (DEFAULT_START, 0)
    past: list[Step] = field(default_factory=list)
    future: list[Step] = field(default_factory=list)
    large: tuple[Picture, Picture] = LARGE
    views: tuple[View, View] = (LEVELS, LEVELS)
    numbers: tuple[Picture, ...] = NUMBERS
    clash: Clash | None = None
    outcomes: tuple[str, ...] = ()
    uploads: int = 0
    replaying: bool = False
    message: str = ""
    refused: str = ""
    done: str = ""
    dialog: Dialog = ""

    @property
    def origin(self) -> Scenario:
        """The scenario that was opened."""
        return self.opened.scenario

    @property
    def edited(self) -> bool:
        """Whether the scenario differs from what was opened."""
        return not same(self.scenario, self.origin)

    @property
    def title(self) -> str:
        """Title of the scenario in hand, said to be edited where it is."""
        return f"{self.origin.title} (edited)" if self.edited else self.origin.title


def same(one: Scenario, other: Scenario) -> bool:
    """Return whether two scenarios ask the same question."""
    return (
        dict(one.levers) == dict(other.levers)
        and dict(one.assumptions) == dict(other.assumptions)
        and one.off == other.off
        and one.horizon == other.horizon
        and one.supply == other.supply
        and one.worlds == other.worlds
        and one.shocks == other.shocks
    )


def session() -> Session:
    """Return this visitor's state, on the first call from the link in the address bar."""
    if "session" not in st.session_state:
        st.session_state["session"] = _from_link()
    found: Session = st.session_state["session"]
    return found


def _from_link() -> Session:
    params = {key: st.query_params[key] for key in links.KEYS if key in st.query_params}
    try:
        link = links.read(params)
        found = Session(link.scenario, of_link(link), timing=timing_of(link.scenario))
    except InputError as error:
        preset = load_scenario(BASELINE)
        found = Session(preset, Opened(preset), timing=timing_of(preset), message=str(error))
    _show_as_linked(found)
    return found


def _show_as_linked(found: Session) -> None:
    """Take charts, their views and the numbers on top from the link, where it names them all."""
    charts = [picture(name) for name in _listed(CHARTS)]
    if len(charts) == 2 and charts[0] and charts[1]:
        found.large = (charts[0], charts[1])
    ways = [view(name) for name in _listed(VIEWS)]
    if len(ways) == 2:
        found.views = (ways[0], ways[1])
    numbers = [picture(name) for name in _listed(NUMBERS_KEY)]
    known = [shown for shown in numbers if shown is not None and shown.group != ALL]
    if len(known) == len(NUMBERS) == len(numbers):
        found.numbers = tuple(known)


def _listed(key: str) -> list[str]:
    return st.query_params.get(key, "")[:LONGEST_LIST].split(",")


def shared() -> Scenario:
    """Return the scenario in hand under the title it is shown with."""
    now = session()
    return dataclasses.replace(now.scenario, title=now.title[:MAX_TITLE])


def size() -> Size:
    """Return how large the runs of this session are, and which futures they have."""
    return Size(session().opened.seed, how_many())


def link(digest: str | None = None) -> dict[str, str]:
    """Return the parameters of a link that reopens the scenario and charts in hand.

    `digest` is that of its numbers, where they are known.
    """
    told = _told()
    return links.stamped(told | _display(), session().scenario, size(), digest)


def _told() -> dict[str, str]:
    now = session()
    if now.origin.name in preset_names():
        return links.encode(now.scenario, now.origin)
    return links.encode(shared(), load_scenario(BASELINE))


def _display() -> dict[str, str]:
    """Return the parameters that say what is shown of a scenario, where it is not the usual."""
    now, told = session(), {}
    if now.large != LARGE:
        told[CHARTS] = ",".join(shown.id for shown in now.large)
    if now.views != (LEVELS, LEVELS):
        told[VIEWS] = ",".join(way.name for way in now.views)
    if now.numbers != NUMBERS:
        told[NUMBERS_KEY] = ",".join(shown.id for shown in now.numbers)
    return told


def show_link() -> None:
    """Put the link in the address bar, so that copying it or a bookmark keeps the scenario."""
    now = session()
    bare = _told() == {"s": BASELINE} and now.opened.seed == SEED and not _display()
    told = {} if bare else link()
    if st.query_params.to_dict() != told:
        st.query_params.from_dict(told)


def timing_of(scenario: Scenario) -> Timing:
    """Return the start and phase-in most levers of the scenario share."""
    used = [(s.start, s.phase_in_months) for s in scenario.levers.values()]
    return max(set(used), key=lambda t: (used.count(t), t)) if used else (DEFAULT_START, 0)


def open_dialog(name: Dialog) -> None:
    """Open a dialog, or with "" close it; what an earlier one had to say is forgotten."""
    now = session()
    now.dialog = name
    now.refused = now.done = ""
    now.clash, now.outcomes = None, ()


def ask(scenario: Scenario) -> None:
    """Make `scenario` the one in hand; what was in hand can be had back by undo."""
    now = session()
    if same(scenario, now.scenario):
        return
    now.past = [*now.past[-MOST_STEPS:], (now.scenario, now.opened)]
    now.future = []
    now.scenario = scenario
    now.message = ""


def put_in_hand(opened: Opened) -> None:
    """Put what was opened in hand, unchanged; what was in hand can be had back by undo."""
    now = session()
    now.past = [*now.past[-MOST_STEPS:], (now.scenario, now.opened)]
    now.future = []
    now.scenario, now.opened = opened.scenario, opened
    now.timing = timing_of(opened.scenario)
    now.clash = None
    now.message = now.refused = ""


def saved(record: Saved) -> None:
    """Note that what is in hand is saved as this record; that is no step, for nothing moved."""
    now = session()
    now.scenario = record.scenario
    now.opened = Opened(record.scenario, record=record, seed=now.opened.seed)
    now.clash = None
    hold(record)


def hold(record: Saved) -> None:
    """Note that this visitor knows the record as it now is, also when going back to it by undo."""
    now = session()
    now.past, now.future = ([_holding(record, step) for step in s] for s in (now.past, now.future))
    now.scenario, now.opened = _holding(record, (now.scenario, now.opened))


def _holding(record: Saved, step: Step) -> Step:
    scenario, opened = step
    if opened.record is None or opened.record.id != record.id:
        return step
    name = record.name
    origin = dataclasses.replace(opened.scenario, name=name)
    opened = dataclasses.replace(opened, scenario=origin, record=record)
    return dataclasses.replace(scenario, name=name), opened


def set_view(at: int, way: View) -> None:
    """Show one of the two large charts in this way."""
    now = session()
    now.views = (way, now.views[1]) if at == 0 else (now.views[0], way)


def undo() -> None:
    """Go one step back."""
    now = session()
    if now.past:
        now.future.append((now.scenario, now.opened))
        now.scenario, now.opened = now.past.pop()


def redo() -> None:
    """Go one step forward again."""
    now = session()
    if now.future:
        now.past.append((now.scenario, now.opened))
        now.scenario, now.opened = now.future.pop()


def replay() -> None:
    """Ask to see the last change once more: how it was before, and then how it is."""
    session().replaying = bool(session().past)


def before_last() -> Scenario | None:
    """Return the scenario before the last change if that is to be shown once more; ask only once.

    None too where it ran over other months, which the same charts cannot show.
    """
    now = session()
    asked, now.replaying = now.replaying, False
    before = now.past[-1][0] if asked and now.past else None
    return before if before and before.horizon == now.scenario.horizon else None


def reset() -> None:
    """Take back every change made since the scenario was opened."""
    ask(session().origin)


def set_lever(lever_id: str, value: float) -> None:
    """Give a lever a value, clamped to what it allows, at its own or the common start."""
    now = session()
    lever = BY_ID[lever_id]
    value = lever.check(min(max(float(value), lever.low), lever.high))
    setting = now.scenario.levers.get(lever_id)
    start, phase = (setting.start, setting.phase_in_months) if setting else now.timing
    _replace_levers({**now.scenario.levers, lever_id: LeverSetting(value, start, phase)}, lever_id)


def time_lever(lever_id: str, start: int, phase: int) -> None:
    """Give one lever a start and phase-in of its own."""
    now = session()
    setting = now.scenario.levers.get(lever_id)
    value = setting.value if setting else BY_ID[lever_id].default
    _replace_levers({**now.scenario.levers, lever_id: LeverSetting(value, start, phase)})


def time_all(start: int, phase: int) -> None:
    """Move the common start: levers that followed it follow, those of their own stay."""
    now = session()
    old, now.timing = now.timing, (start, phase)
    _replace_levers(
        {
            key: LeverSetting(s.value, start, phase) if (s.start, s.phase_in_months) == old else s
            for key, s in now.scenario.levers.items()
        }
    )


def reset_lever(lever_id: str) -> None:
    """Take one lever back to the status quo."""
    levers = dict(session().scenario.levers)
    levers.pop(lever_id, None)
    _replace_levers(levers)


def _replace_levers(levers: dict[str, LeverSetting], moved: str = "") -> None:
    """Ask with these levers; a moved one that is back where it was opened leaves no trace."""
    now = session()
    scenario = dataclasses.replace(now.scenario, levers=levers)
    if moved not in now.origin.levers and moved not in scenario.changed_levers():
        scenario = dataclasses.replace(
            scenario, levers={key: s for key, s in levers.items() if key != moved}
        )
    ask(scenario)


def set_assumption(name: str, value: float | None) -> None:
    """Give an assumption a value in this world, or None for its default."""
    scenario = session().scenario
    held = {key: v for key, v in scenario.assumptions.items() if key != name}
    ask(dataclasses.replace(scenario, assumptions=held if value is None else {**held, name: value}))


def switch(mechanism_id: str, on: bool) -> None:
    """Switch a mechanism on or off."""
    scenario = session().scenario
    off = {*scenario.off} - {mechanism_id} if on else {*scenario.off, mechanism_id}
    ask(dataclasses.replace(scenario, off=tuple(sorted(off))))


def widget(key: str, value: Any, act: Callable[[Any], None]) -> dict[str, Any]:
    """Return `key` and `on_change` for a widget that shows `value` and acts when moved."""
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value

    def moved() -> None:
        act(st.session_state[key])

    return {"key": key, "on_change": moved}
