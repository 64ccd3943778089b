"""What a visitor does with saved scenarios, as tests do it: press, save, open, read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from sim.scenario import load_scenario
from sim.store import Saved, Store

Open = Callable[..., AppTest]
BAN = "slider_us_foreign_model_ban"
EVIL = "![x](evil) <b>b :red[r] $x$ `c` **d**"


ROOT = Path(__file__).resolve().parents[2]


class AtOnce:
    """In place of the thread that writes runs: writes them before the page goes on."""

    def submit(self, act: Callable[..., None], *arguments: object) -> None:
        act(*arguments)

    def shutdown(self) -> None: ...


def fine(page: AppTest) -> AppTest:
    assert not page.exception, page.exception[0].value
    return page


def words(page: AppTest) -> str:
    """Return everything the page says in Markdown."""
    return "\n".join(text.value for text in (*page.markdown, *page.caption, *page.info))


def press(page: AppTest, key: str) -> AppTest:
    return fine(page.button(key=key).click().run())


def save(page: AppTest, name: str | None = None, note: str | None = None) -> AppTest:
    press(page, "save")
    if name is not None:
        page.text_input(key="save_name").set_value(name)
    if note is not None:
        page.text_area(key="save_note").set_value(note)
    return press(page, "save_go")


def opened(open_page: Open, name: str) -> AppTest:
    page = fine(open_page())
    return fine(page.selectbox(key="open").select(name).run())


def kept(name: str = "Ours") -> Saved:
    return Store().save_as(load_scenario("eu_middle_way"), name, tags=["eu"])
