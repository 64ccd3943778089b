"""The Briefing page: build a deck from scenarios, edit it, present it, take it away."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from urllib.parse import urlencode

import streamlit as st

from sim.brief.content import brief_of
from sim.compare import Comparison
from sim.declare import InputError
from sim.levers import BY_ID as LEVERS
from sim.scenario import LeverSetting, with_changes
from sim.version import MODEL_VERSION
from sim.wording import dial
from views import briefing_edit, briefing_files, briefing_state, engine, library, stage, style
from views.briefing_state import NAME, NOTES, Opened

LIVE_FUTURES = 8
NOTHING = (
    "A briefing is a set of slides over frozen runs: a question, the room’s guess, the reveal, "
    "why, and what the model cannot say. Choose one or make a new one."
)
KEYS = (
    "Keys: right, left, space, Home, End; G guess; N notes, Shift+N in a second window; F full "
    "screen; Escape leaves."
)


def choose() -> None:
    """Draw the choice of a briefing, and what makes a new one."""
    now, kept = briefing_state.session(), briefing_state.decks().list()
    titles = {one.name: one.title for one in kept}
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    left.selectbox(
        "Briefing",
        list(titles),
        index=list(titles).index(now.name) if now.name in titles else None,
        format_func=lambda name: f"{name}: {titles[name]}" if titles[name] != name else name,
        placeholder="Choose one, or make a new one",
        key="briefing_choice",
        on_change=briefing_state.choose,
    )
    if right.button("New briefing", icon=":material/add:", key="new_briefing", width="stretch"):
        briefing_edit.new_dialog()
    for one in kept:
        if one.wrong:
            st.warning(f"“{one.name}” cannot be opened. {one.wrong}", icon=":material/error:")
    if now.deleted:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"Deleted “{now.deleted}”.", width="content")
            st.button(
                "Undo", icon=":material/undo:", key="undo_deck", on_click=briefing_edit.undelete
            )


def page(opened: Opened) -> None:
    """Draw one briefing: what to do with it, what is frozen, what to take away, its slides."""
    idle = opened.brief is None
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.button(
            "Present",
            icon=":material/slideshow:",
            key="present",
            shortcut="p",
            on_click=briefing_state.present,
            disabled=idle,
        )
        notes = urlencode({NAME: opened.name, NOTES: 1})
        here = (st.context.url or "").split("?")[0]
        words = "Notes in a new window"
        st.link_button(words, f"{here}?{notes}", icon=":material/speaker_notes:", disabled=idle)
        st.button(
            "Run again",
            icon=":material/refresh:",
            key="freeze",
            help="Run the scenarios anew, and freeze what comes out",
            on_click=briefing_state.thaw,
        )
        briefing_edit.delete_button(opened)
    if opened.brief is None:
        st.info("Nothing is frozen yet. Choose Run again.", icon=":material/ac_unit:")
    else:
        st.caption(f"{stage.stamp(opened.brief)}. Presenting recomputes nothing. {KEYS}")
        if opened.deck.model_version != MODEL_VERSION:
            st.warning(
                f"Frozen under model {opened.deck.model_version}; this is {MODEL_VERSION}. The "
                "slides show what was frozen. Run again to bring them up to date.",
                icon=":material/history:",
            )
        briefing_files.offer(opened.name, opened.deck, opened.brief)
    briefing_edit.draw(opened)


def freeze(opened: Opened) -> None:
    """Run the scenarios and keep what comes out; then show the page anew."""
    now, words = briefing_state.session(), st.empty()
    now.wanted = False
    try:
        scenarios = [library.find(name) for name in opened.deck.scenarios]
    except InputError as error:
        now.refused = str(error)
        st.rerun()
    of = engine.how_many() * len(scenarios)

    def waiting(finished: int) -> None:
        words.progress(min(1.0, finished / of), f"{finished} of {of} futures run")

    waiting(0)
    *_, runs = engine.refine(scenarios, waiting=waiting)
    briefing_state.freeze(opened, list(runs), f"{datetime.now(UTC):%Y-%m-%d}")
    st.rerun()


def what_if(opened: Opened) -> None:
    """Run the slide's scenario with one lever moved, live, in a few futures."""
    now = briefing_state.session()
    ask, now.ask = now.ask, None
    if ask is None or opened.brief is None or ask.slide not in range(len(opened.deck.slides)):
        return
    slide = opened.deck.slides[ask.slide]
    try:
        base = library.find(opened.deck.scenarios[slide.scenario])
        setting = LeverSetting(LEVERS[slide.lever].check(ask.value))
        moved = with_changes(base, levers={slide.lever: setting})
    except (InputError, KeyError):  # the stage offers only what is allowed
        return
    moved = dataclasses.replace(moved, name="what_if", title="What if")
    for runs in engine.refine([base, moved]):
        if runs[0].replicates >= min(LIVE_FUTURES, engine.how_many()):
            break
    told = brief_of(
        Comparison(runs), date=opened.brief.date, pictures=(slide.picture or told_first(opened),)
    )
    before, after = told.rows[0].cells
    assert after.change is not None
    lever = LEVERS[slide.lever]
    now.live = {
        "lever": slide.lever,
        "svg": stage.chart_svg(told.figures[0], told, 0),
        "words": f"Live, {runs[0].replicates} futures, not frozen. {lever.label} at "
        f"{dial(lever).say(ask.value)}: {after.level.words} ({after.level.range}), against "
        f"{before.level.words}; {after.change.sure}.",
    }


def told_first(opened: Opened) -> str:
    """Return the outcome that leads the deck."""
    return opened.deck.pictures[0]


def on_stage(opened: Opened) -> None:
    """Hand the deck to the stage; it covers the page while it is open."""
    now = briefing_state.session()
    assert opened.brief is not None
    payload: dict[str, object] = {"deck": opened.name, "open": now.presenting or now.notes}
    if payload["open"]:  # else it would weigh on every change of the page
        payload |= {
            "notes": now.notes,
            "stamp": stage.stamp(opened.brief),
            "slides": stage.slides(opened.deck, opened.brief),
            "live": now.live,
        }
    stage.mount(
        payload,
        asked=briefing_state.asked,
        left=briefing_state.leave,
    )


style.apply()
now = briefing_state.session()
found = briefing_state.opened()
with st.container(key="page", gap="small"):
    st.markdown("### Briefing")
    choose()
    if now.refused:
        st.error(now.refused, icon=":material/error:")
        now.refused = ""
    if found is None:
        st.caption(NOTHING)
        st.stop()
    if now.wanted:
        freeze(found)
    if now.ask is not None:
        what_if(found)
    page(found)
    if found.brief is not None:
        on_stage(found)
