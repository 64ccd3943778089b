"""The dialog of saved scenarios: search, sort, open, edit, copy, delete, undo, page by page."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Literal

import streamlit as st

from sim.declare import InputError
from sim.outgoing import file_name, packed, toml_of
from sim.store import Page, Saved, Search, Stale, Store
from sim.store.listing import ORDERS, Order
from sim.store.tables import MAX_NAME
from views import state
from views.files import read_files
from views.library import open_saved, refusal, store, trying, who
from views.plain import moment, plain
from views.saving import note_field, tag_field

PAGE_SIZE = 8
NOTE_SHOWN = 200
ORDER_WORDS: dict[Order, str] = {"changed": "Last changed", "created": "Newest", "name": "Name"}
_ANY = "Any tag"


@st.dialog(
    "Saved scenarios",
    width="large",
    icon=":material/folder_open:",
    on_dismiss=partial(state.open_dialog, ""),
)
def library_dialog() -> None:
    """Draw the library: what was asked for, a page of what was found, deletions, files."""
    now = state.session()
    if now.done:
        now.dialog = ""
        st.rerun()
    refusal()
    try:
        search = _asked()
        page = store().page(search)
        _found(page, search)
        _deleted(store().deleted())
    except InputError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    with st.expander("Read scenario files", icon=":material/upload_file:", key="read_files"):
        read_files()


def _asked() -> Search:
    """Draw the fields of a search and return what they say."""
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="search"):
        text = st.text_input(
            "Search",
            placeholder="Words in name, note or tags",
            icon=":material/search:",
            key="search_text",
            on_change=_first_page,
            width=280,
        )
        tags = store().tags()
        if st.session_state.get("search_tag") not in (None, _ANY, *tags):
            st.session_state["search_tag"] = _ANY  # its last scenario is gone
        tag = st.selectbox(
            "Tag",
            [_ANY, *tags],
            format_func=lambda tag: tag if tag == _ANY else f"{tag} ({tags[tag]})",
            key="search_tag",
            on_change=_first_page,
            width=180,
        )
        order = st.selectbox(
            "Order",
            ORDERS,
            format_func=lambda order: ORDER_WORDS[order],
            key="search_order",
            on_change=_first_page,
            width=160,
        )
    return Search(
        text=text,
        tag="" if tag == _ANY else tag,
        order=order,
        page=st.session_state.get("search_page", 1),
        page_size=PAGE_SIZE,
    )


def _first_page() -> None:
    st.session_state["search_page"] = 1


def _found(page: Page, search: Search) -> None:
    asked = bool(search.text or search.tag)
    if not page.total:
        st.caption("Nothing found." if asked else "Nothing saved yet. Move a lever and save.")
        return
    for record in page.records:
        _record(record)
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        if page.of > 1:
            if st.session_state.get("search_page", 1) > page.of:
                st.session_state["search_page"] = page.of
            st.pagination(page.of, key="search_page")
        words = "1 scenario" if page.total == 1 else f"{page.total:,} scenarios"
        st.caption(f"{words} found" if asked else f"{words} saved", width="content")
        st.download_button(
            "Export these" if asked else "Export all",
            data=partial(_archive, store(), search),
            file_name="scenarios.zip",
            mime="application/zip",
            icon=":material/folder_zip:",
            on_click="ignore",
            key="export_all",
            help="One .zip with a file for each scenario found, on every page.",
        )


def _archive(held: Store, search: Search) -> bytes:
    """Return the archive; it is made on the click, outside any session."""
    return packed(held.selected(search))


def _record(record: Saved) -> None:
    with st.container(border=True, key=f"saved_{record.id}", gap="xsmall"):
        tags = " ".join(f":gray-badge[{plain(tag)}]" for tag in record.tags)
        st.markdown(f"**{plain(record.name)}** {tags}")
        if record.story:
            st.caption(plain(record.story, NOTE_SHOWN))
        author = f" by {plain(record.author)}" if record.author else ""
        older = "" if record.of_today else f" · model {plain(record.model_version)}"
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            st.caption(f"{moment(record.updated_at)}{author}{older}", width="stretch")
            _act("Open", "open_in_new", record, _open)
            _act("Edit", "edit", record, _begin_editing)
            _act("Duplicate", "content_copy", record, _duplicate)
            st.download_button(
                "File",
                data=partial(toml_of, record),
                file_name=file_name(record.name),
                mime="application/toml",
                icon=":material/download:",
                type="tertiary",
                on_click="ignore",
                key=f"file_{record.id}",
            )
            _act("Delete", "delete", record, _delete)
        if st.session_state.get("editing") == record.id:
            _fields(record)


def _act(
    words: str,
    icon: str,
    record: Saved,
    act: Callable[[Saved], None],
    look: Literal["secondary", "tertiary"] = "tertiary",
) -> None:
    st.button(
        words,
        icon=f":material/{icon}:",
        type=look,
        key=f"{icon}_{record.id}",
        on_click=trying,
        args=(partial(act, record),),
    )


def _begin_editing(record: Saved) -> None:
    """Show the fields of this record, or put them away again."""
    shown = st.session_state.get("editing") == record.id
    st.session_state["editing"] = None if shown else record.id


def _fields(record: Saved) -> None:
    """Draw name, tags and note, to change without opening."""
    st.text_input("Name", value=record.name, max_chars=MAX_NAME, key=_key("name", record))
    tag_field(_key("tags", record), record.tags)
    note_field(_key("note", record), record.story)
    with st.container(horizontal=True, gap="small"):
        _act("Keep these changes", "check", record, _annotate, "secondary")
        _act("Leave it as it was", "close", record, _begin_editing)


def _key(field: str, record: Saved) -> str:
    """Return the key of a field: of this revision, so that it never shows an older one's text."""
    return f"{field}_{record.id}_{record.revision}"


def _annotate(record: Saved) -> None:
    texts = {field: st.session_state[_key(field, record)] for field in ("name", "tags", "note")}
    try:
        changed = store().annotate(
            record.id,
            revision=record.revision,
            name=texts["name"],
            tags=texts["tags"],
            story=texts["note"],
            author=who(),
        )
    except Stale as stale:
        for field, text in texts.items():  # what was typed stays typed
            st.session_state[_key(field, stale.theirs)] = text
        raise
    state.hold(changed)
    st.session_state["editing"] = None


def _open(record: Saved) -> None:
    open_saved(record)
    state.session().done = "Opened"


def _duplicate(record: Saved) -> None:
    store().duplicate(record.id, author=who())


def _delete(record: Saved) -> None:
    store().delete(record.id, revision=record.revision)


def _deleted(records: list[Saved]) -> None:
    if not records:
        return
    with st.expander(f"Deleted last ({len(records)})", icon=":material/delete:", key="deleted"):
        for record in records:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                when = moment(record.deleted_at) if record.deleted_at else ""
                st.markdown(f"{plain(record.name)} :small[:gray[{when}]]", width="stretch")
                st.button(
                    "Undo",
                    icon=":material/undo:",
                    key=f"undelete_{record.id}",
                    on_click=trying,
                    args=(partial(_undelete, record),),
                )


def _undelete(record: Saved) -> None:
    store().undelete(record.id)
