"""How a briefing is made and changed: scenarios and template, then slide by slide."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import streamlit as st

from sim.brief.deck import KINDS, MAX_NOTES, MAX_TEXT, DeckSlide
from sim.brief.fields import MAX_QUESTION, MAX_TITLE, MOST_SCENARIOS
from sim.brief.phrases import FIGURES, MOST_FIGURES, ROWS
from sim.brief.templates import TEMPLATES
from sim.brief.templates import deck as from_template
from sim.declare import InputError
from sim.levers import LEVERS
from views import briefing_files, briefing_state, engine, library
from views.briefing_state import Opened
from views.pictures import named

DRAWN = ("guess", "reveal", "replay", "what_if")
SINGLE = (*DRAWN, "why")
OFFERED = tuple(dict.fromkeys((*FIGURES, *ROWS, "cn_open_share_tokens.enterprise")))
STARTED = ("status_quo", "fear_lockdown")


@st.dialog("New briefing", width="large", icon=":material/slideshow:")
def new_dialog() -> None:
    """Ask for scenarios, template and title; make the deck and have its scenarios run."""
    offered = library.titles()
    name = st.text_input(
        "Name", max_chars=60, placeholder="For example: ban or build", key="n_name"
    )
    scenarios = st.multiselect(
        "Scenarios; the first is what the others are compared with",
        list(offered),
        default=_started(offered),
        format_func=lambda known: offered.get(known, known),
        max_selections=MOST_SCENARIOS,
        key="n_scenarios",
    )
    template = st.radio(
        "Template",
        list(TEMPLATES),
        format_func=lambda known: TEMPLATES[known],
        key="n_template",
    )
    pictures = st.multiselect(
        "Outcomes drawn; the first leads",
        OFFERED,
        default=list(FIGURES),
        format_func=picture_words,
        max_selections=MOST_FIGURES,
        key="n_pictures",
    )
    title = st.text_input("Title", max_chars=MAX_TITLE, key="n_title")
    question = st.text_input("The question it answers", max_chars=MAX_QUESTION, key="n_question")
    if st.button("Make and run", type="primary", icon=":material/play_arrow:", key="n_go"):
        try:
            deck = from_template(
                template,
                scenarios,
                title=title or name,
                question=question,
                pictures=pictures or FIGURES,
                replicates=engine.how_many(),
                link=briefing_files.compare_link(scenarios),
            )
            kept = briefing_state.decks().save(name, deck)
        except InputError as error:
            st.error(str(error), icon=":material/error:")
            return
        briefing_state.open_deck(kept, wanted=True)
        st.rerun()


def _started(offered: Mapping[str, str]) -> list[str]:
    """Return the scenarios a new briefing starts with: those compared last, else two presets."""
    compared = [name for name in st.session_state.get("compared", ()) if name in offered]
    return compared[:MOST_SCENARIOS] or [name for name in STARTED if name in offered]


def picture_words(name: str) -> str:
    """Return an outcome in words."""
    shown = named(name)
    return f"{shown.title}, {shown.subtitle}"


def draw(opened: Opened) -> None:
    """Draw the fields of the deck and every slide."""
    deck = opened.deck
    with st.container(border=True, key="deck_fields"):
        st.text_input(
            "Title",
            value=deck.title,
            max_chars=MAX_TITLE,
            key=f"d_title_{opened.name}",
            on_change=lambda: briefing_state.change(
                opened, title=st.session_state[f"d_title_{opened.name}"]
            ),
        )
        st.text_input(
            "Question",
            value=deck.question,
            max_chars=MAX_QUESTION,
            key=f"d_question_{opened.name}",
            on_change=lambda: briefing_state.change(
                opened, question=st.session_state[f"d_question_{opened.name}"]
            ),
        )
    for at, slide in enumerate(deck.slides):
        _slide(opened, at, slide)
    _add(opened)


def _slide(opened: Opened, at: int, slide: DeckSlide) -> None:
    """Draw one slide: what it is, its own words, its notes, its place in the order."""
    last = len(opened.deck.slides) - 1
    with st.container(border=True, key=f"slide_{at}", gap="xsmall"):
        with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
            st.markdown(
                f"**{at + 1}. {KINDS[slide.kind]}**{_about(opened, slide)}", width="stretch"
            )
            for words, icon, by in (("up", "arrow_upward", -1), ("down", "arrow_downward", 1)):
                st.button(
                    f":material/{icon}:",
                    key=f"{words}_{at}",
                    type="tertiary",
                    help=f"Move slide {at + 1} {words}",
                    disabled=not 0 <= at + by <= last,
                    on_click=briefing_state.move_slide,
                    args=(opened, at, by),
                )
            st.button(
                ":material/delete:",
                key=f"drop_{at}",
                type="tertiary",
                help=f"Take slide {at + 1} out",
                disabled=last == 0,
                on_click=briefing_state.drop_slide,
                args=(opened, at),
            )
        inside = st.expander("Words and notes", key=f"open_{at}", on_change="rerun", type="compact")
        if inside.open:
            with inside:
                _words(opened, at, slide)


def _words(opened: Opened, at: int, slide: DeckSlide) -> None:
    _field(opened, at, "title", slide.title, "Title (empty: made from the numbers)", MAX_TITLE)
    _field(opened, at, "text", slide.text, "Words of your own on the slide", MAX_TEXT)
    _field(opened, at, "notes", slide.notes, "Presenter notes", MAX_NOTES)


def _field(opened: Opened, at: int, field: str, value: str, label: str, limit: int) -> None:
    """Draw one text of a slide; its key holds the value, so that a moved slide shows its own."""
    key = f"{field}_{opened.name}_{at}"
    if st.session_state.get(f"{key}_was") != value:
        st.session_state[key] = st.session_state[f"{key}_was"] = value
    changed = partial(_changed, opened, at, field, key)
    if field == "title":
        st.text_input(label, max_chars=limit, key=key, on_change=changed)
    else:
        st.text_area(label, max_chars=limit, key=key, on_change=changed, height=90)


def _changed(opened: Opened, at: int, field: str, key: str) -> None:
    briefing_state.change_slide(opened, at, **{field: st.session_state[key]})


def _about(opened: Opened, slide: DeckSlide) -> str:
    told = []
    if slide.picture:
        told.append(named(slide.picture).title)
    if slide.scenario and slide.scenario < len(opened.deck.scenarios):
        offered = library.titles()
        name = opened.deck.scenarios[slide.scenario]
        told.append(offered.get(name, name))
    return f"  \n:small[:gray[{'; '.join(told)}]]" if told else ""


def _add(opened: Opened) -> None:
    """Draw what adds a slide."""
    deck, offered = opened.deck, library.titles()
    with st.container(border=True, key="add_slide"):
        st.markdown("**Add a slide**")
        left, middle, right = st.columns(3)
        kind = left.selectbox("Kind", list(KINDS), format_func=KINDS.__getitem__, key="a_kind")
        picture = middle.selectbox(
            "Outcome",
            deck.pictures,
            format_func=picture_words,
            disabled=kind not in DRAWN,
            key="a_picture",
        )
        scenario = right.selectbox(
            "Scenario",
            range(len(deck.scenarios)),
            index=min(1, len(deck.scenarios) - 1),
            format_func=lambda at: "All" if at == 0 else offered.get(deck.scenarios[at], "?"),
            disabled=kind not in SINGLE,
            key="a_scenario",
        )
        lever = ""
        if kind == "what_if":
            by_id = {one.id: one.label for one in LEVERS}
            lever = st.selectbox("Lever", by_id, format_func=by_id.__getitem__, key="a_lever")
        slide = DeckSlide(
            kind=kind,
            picture=picture if kind in DRAWN else "",
            scenario=scenario if kind in SINGLE else 0,
            lever=lever,
        )
        st.button(
            "Add",
            icon=":material/add:",
            key="a_go",
            on_click=briefing_state.add_slide,
            args=(opened, slide),
        )


def delete_button(opened: Opened) -> None:
    """Draw what puts a briefing away."""
    st.button(
        "Delete", icon=":material/delete:", key="delete_deck", on_click=_delete, args=(opened,)
    )


def _delete(opened: Opened) -> None:
    briefing_state.decks().delete(opened.name)
    briefing_state.open_deck("")
    briefing_state.session().deleted = opened.name


def undelete() -> None:
    """Bring back what was deleted last, and open it."""
    name = briefing_state.session().deleted
    try:
        briefing_state.decks().undelete(name)
        briefing_state.open_deck(name)
    except InputError as error:
        briefing_state.session().refused = str(error)
