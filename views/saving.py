"""The dialog that saves the scenario in hand, and the choice when somebody else was faster."""

from __future__ import annotations

import dataclasses
from dataclasses import asdict
from functools import partial

import streamlit as st

from sim.run_id import run_id
from sim.scenario import MAX_STORY, MAX_TITLE, Scenario
from sim.store import Saved, Stale
from sim.store.record import MAX_TAG, MAX_TAGS, name_key
from sim.store.rows import with_ending
from sim.store.tables import MAX_NAME
from views import state
from views.differences import differences
from views.library import asked, refusal, store, trying, who
from views.opened import Clash, of_record
from views.plain import moment, plain


@st.dialog("Save scenario", icon=":material/bookmark:", on_dismiss=partial(state.open_dialog, ""))
def save_dialog() -> None:
    """Ask for name, tags and note, and keep the scenario in hand."""
    now = state.session()
    if now.done:
        now.dialog = ""
        st.rerun()
    refusal()
    if now.clash is not None:
        _choices(now.clash)
    else:
        _form(now.opened.record)


def _form(record: Saved | None) -> None:
    with st.form("save_form", border=False):
        st.text_input(
            "Name",
            value=record.name if record else "",
            max_chars=MAX_NAME,
            placeholder="For example: ban without funding",
            key="save_name",
        )
        tag_field("save_tags", record.tags if record else ())
        note_field("save_note", state.session().scenario.story)
        if record:
            st.caption(
                f"Under this name it is saved over revision {record.revision}; under another "
                "as a new scenario, and this one stays as it is."
            )
        st.form_submit_button(
            "Save",
            type="primary",
            icon=":material/bookmark:",
            key="save_go",
            on_click=trying,
            args=(_save,),
        )


def tag_field(key: str, tags: tuple[str, ...]) -> None:
    """Draw the field for tags: those in use are offered, new ones may be typed."""
    known = list(dict.fromkeys([*tags, *asked(lambda held: list(held.tags()))]))
    st.multiselect(
        "Tags",
        known,
        default=list(tags),
        accept_new_options=True,
        max_selections=MAX_TAGS,
        placeholder="Choose or type",
        help=f"Up to {MAX_TAGS}, each of at most {MAX_TAG} letters.",
        key=key,
    )


def note_field(key: str, note: str) -> None:
    """Draw the field for the note."""
    st.text_area(
        "Note",
        value=note,
        max_chars=MAX_STORY,
        height=150,
        help="What the scenario is for; it is shown with it and travels in its file.",
        key=key,
    )


def _save() -> None:
    """Save over what was opened if the name is still the same, and else as a new scenario."""
    now, held = state.session(), state.session().opened.record
    name, note = st.session_state["save_name"], st.session_state["save_note"]
    tags = tuple(st.session_state["save_tags"])
    work = dataclasses.replace(now.scenario, title=name.strip()[:MAX_TITLE] or "?", story=note)
    if held is None or name_key(name) != name_key(held.name):
        _done(store().save_as(work, name, tags=tags, author=who(), run_id=_run_id(work)))
        return
    try:
        record = store().save(
            work,
            held.id,
            revision=held.revision,
            tags=tags,
            author=who(),
            run_id=_run_id(work),
        )
    except Stale as stale:
        now.clash = Clash(work, tags, base=held, theirs=stale.theirs)
    else:
        _done(record)


def _choices(clash: Clash) -> None:
    """Say what the other one changed, and offer what can be done; nothing is lost meanwhile."""
    theirs, gone = clash.theirs, clash.theirs.deleted_at is not None
    whom = f"**{plain(theirs.author)}**" if theirs.author else "Somebody else"
    when = moment(theirs.deleted_at or theirs.updated_at)
    st.markdown(
        f"You opened revision {clash.base.revision}. {whom} has "
        f"{'deleted it' if gone else f'saved revision {theirs.revision}'} since, on {when}. "
        "Nothing of yours or theirs is lost yet."
    )
    if not gone:
        _compared(clash)
    st.text_input(
        "Name of the new scenario",
        value=with_ending(clash.base.name, " (mine)"),
        max_chars=MAX_NAME,
        key="clash_name",
    )
    _choice("Keep mine as a new scenario", "add", _keep_mine, "Both stay.")
    if not gone:
        _choice("Take theirs", "download", _take_theirs, "Yours stays one Undo away.")
        over = f"Overwrite theirs (revision {theirs.revision})"
        _choice(over, "edit", _overwrite, "Theirs can be had back under “Saved”, deleted.")


def _choice(words: str, icon: str, act: object, consequence: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            words,
            icon=f":material/{icon}:",
            key=f"clash_{icon}",
            on_click=trying,
            args=(act,),
        )
        st.caption(consequence, width="content")


def _compared(clash: Clash) -> None:
    base, theirs = _scenario(clash.base), _scenario(clash.theirs)
    rows = differences(base, theirs, clash.scenario)
    for label, of in (("Name", "name"), ("Tags", "tags")):
        said = [_said(getattr(record, of)) for record in (clash.base, clash.theirs)]
        mine = _said(clash.tags) if of == "tags" else clash.base.name
        if len({*said, mine}) > 1:
            rows.append([label, *said, mine])
    heads = ("", "When you opened it", "Theirs", "Yours")
    st.table([dict(zip(heads, map(plain, row), strict=True)) for row in rows], hide_index=True)


def _scenario(record: Saved) -> Scenario:
    return record.read()[0]


def _said(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else ", ".join(value) or "none"


def _keep_mine() -> None:
    clash, name = state.session().clash, st.session_state["clash_name"]
    if clash is not None:
        work = dataclasses.replace(clash.scenario, title=name.strip()[:MAX_TITLE] or "?")
        run = _run_id(work)
        _done(store().save_as(work, name, tags=clash.tags, author=who(), run_id=run))


def _take_theirs() -> None:
    now = state.session()
    if now.clash is not None:
        state.put_in_hand(of_record(store().get(now.clash.theirs.id)))
        now.done = "Theirs is open; Undo brings yours back"


def _overwrite() -> None:
    now = state.session()
    if now.clash is None:
        return
    clash = now.clash
    try:
        record = store().overwrite(
            clash.scenario,
            clash.theirs,
            tags=clash.tags,
            author=who(),
            run_id=_run_id(clash.scenario),
        )
    except Stale as stale:  # and again: they are shown what there is now
        now.clash = dataclasses.replace(clash, theirs=stale.theirs)
        raise
    _done(record)


def _done(record: Saved) -> None:
    state.saved(record)
    state.session().done = f"Saved “{plain(record.name)}”"


def _run_id(scenario: Scenario) -> str:
    return run_id(scenario, **asdict(state.size()))
