"""Nothing that comes from outside is trusted: a link, a name, a file.

That a page asked no other machine and ran nothing is checked after every visit, as everywhere.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.visit import (
    file_dialog,
    headlines,
    move,
    save,
    saved_dialog,
    settled,
    title,
)

Visit = Callable[..., Page]
PROGRAM = "<img src=x onerror=alert(1)>"
PICTURE = "![spy](https://elsewhere.example/spy.png)"
BROKEN = {
    b"title = 'Broken\n[levers": "not valid TOML",
    b"\xff\xfe\x00": "not text in UTF-8",
    b"title = 'x'\n[levers]\nus_foreign_model_bam = 1.0": "did you mean",
}


def is_usable(page: Page) -> bool:
    """Move a lever and return whether the numbers answer."""
    before = headlines(settled(page))
    return headlines(move(page)) != before


def upload(dialog: Locator, content: bytes) -> None:
    """Hand a file to the dialog of saved scenarios."""
    dialog.locator("input[type=file]").set_input_files(
        {"name": "handed.toml", "mimeType": "application/toml", "buffer": content}
    )


def is_one_line(text: Locator) -> bool:
    return "\n" not in text.inner_text()


@pytest.mark.parametrize(
    ("link", "told"),
    [
        ("/?s=fear_lockdown&l=us_foreign_model_ban:7", "7 is out of range"),
        (f"/?s={PICTURE}", "is not a preset"),
    ],
    ids=["out of range", "no preset but a picture"],
)
def test_a_mangled_link_is_told_in_one_line_and_leaves_a_page_that_works(
    visit: Visit, link: str, told: str
) -> None:
    page = settled(visit(link))
    expect(page.get_by_role("alert")).to_have_count(1)
    assert is_one_line(page.get_by_role("alert").get_by_text(told))
    assert is_usable(page)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_broken_file_is_told_in_one_line_and_leaves_a_page_that_works(visit: Visit) -> None:
    page = settled(visit())
    dialog = file_dialog(page)
    for content, told in BROKEN.items():
        upload(dialog, content)
        line = dialog.get_by_role("listitem").filter(has_text="handed.toml: refused")
        expect(line).to_contain_text(told)
        expect(line).to_have_count(1)
        assert is_one_line(line)
        dialog.get_by_role("button", name="Remove handed.toml").click()
        expect(line).to_have_count(0)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert is_usable(page)


def test_a_name_is_shown_as_it_is_written(visit: Visit) -> None:
    page = move(settled(visit()))
    save(page, PROGRAM)
    title(page, PROGRAM)
    in_dialog = saved_dialog(settled(page)).get_by_text(PROGRAM)
    expect(in_dialog).to_be_visible()
    assert page.locator("[onerror]").count() == 0
    compared = settled(visit(f"/compare?c=status_quo&c={PROGRAM}"))
    expect(compared.get_by_role("columnheader", name=PROGRAM[:20])).to_have_count(2)
    assert compared.locator("[onerror]").count() == 0


def test_title_and_story_of_a_file_are_shown_as_they_are_written(visit: Visit) -> None:
    page = settled(visit())
    content = f'title = "{PICTURE}"\nstory = "{PICTURE} and {PROGRAM}"'
    dialog = file_dialog(page)
    upload(dialog, content.encode())
    dialog.get_by_role("button", name="Open without saving").click()
    title(page, PICTURE)
    expect(page.get_by_text(f"{PICTURE} and {PROGRAM}")).to_be_visible()
    assert settled(page).locator("[src*=elsewhere], [onerror]").count() == 0
