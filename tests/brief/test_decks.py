"""A briefing is a plain file that reads back as it was, and presents exactly what was frozen."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from sim.brief.citation import retitled
from sim.brief.deck import KINDS, MAX_SLIDES, Deck, DeckSlide, deck_from_toml, deck_to_toml
from sim.brief.decks import Decks, default_folder
from sim.brief.frozen import brief_from_json, brief_to_json
from sim.brief.record import Brief
from sim.brief.slides import lever_changes, shown
from sim.brief.templates import TEMPLATES
from sim.brief.templates import deck as from_template
from sim.declare import InputError
from views.stage import MOST_LINES, first

HEAD = 'title = "T"\nscenarios = ["status_quo", "fear_lockdown"]\n'


@pytest.fixture
def decks(tmp_path: Path) -> Decks:
    return Decks(tmp_path / "decks")


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("names", [("a",), ("a", "b"), ("a", "b", "c", "d")])
def test_a_template_reads_back_as_it_was_written(template: str, names: tuple[str, ...]) -> None:
    deck = from_template(template, names, title="T")
    assert deck_from_toml(deck_to_toml(deck), "x") == deck


def test_words_of_several_lines_read_back_as_they_were() -> None:
    slide = DeckSlide(kind="limits", text='Say "no".\nThen \\ stop.', notes="One\n\ntwo = 3 # four")
    deck = Deck(title="T", question="", scenarios=("a",), slides=(slide,))
    assert deck_from_toml(deck_to_toml(deck), "x") == deck


def test_five_minutes_go_from_question_over_guess_and_reveal_to_limits() -> None:
    deck = from_template("five", ("a", "b"), title="T")
    kinds = [slide.kind for slide in deck.slides]
    assert kinds == ["question", "guess", "reveal", "why", "limits", "share"]
    assert all(slide.notes for slide in deck.slides)


def test_ten_minutes_show_the_change_step_by_step_and_a_second_outcome() -> None:
    kinds = [slide.kind for slide in from_template("ten", ("a", "b"), title="T").slides]
    assert kinds.count("reveal") == 2
    assert {"replay", "overview", "table", "doubts"} <= set(kinds)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "title: missing"),
        ('title = "T"', "scenarios: none; name 1 to 6"),
        (HEAD, "slides: must be a list of 1 to"),
        (HEAD + "[[slides]]\nkind = 'reveel'", "did you mean 'reveal'"),
        (HEAD + "[[slides]]\nkind = 'reveal'\ncolour = 1", "unknown key in slides 'colour'"),
        (HEAD + "[[slides]]\nkind = 'reveal'\nscenario = 2", "scenario: 2; allowed 0 (all) to 1"),
        (HEAD + "[[slides]]\nkind = 'reveal'\npicture = 'x.y'", "picture: 'x.y' is not one"),
        (HEAD + "[[slides]]\nkind = 'what_if'", "slides.what_if.lever: missing"),
        (HEAD + "[[slides]]\nkind = 'what_if'\nlever = 'us_ban'", "unknown lever 'us_ban'"),
        (HEAD + "[[slides]]\nkind = 'why'\nnotes = 3", "notes: must be text"),
        (HEAD + "slides = 3", "slides: must be a list"),
        (HEAD + "slide = 3", "unknown key 'slide'; did you mean 'slides'?"),
        (HEAD + "replicates = 0\n[[slides]]\nkind = 'why'", "replicates: 0; allowed 1 to"),
        (HEAD + "link = 'ftp://x'\n[[slides]]\nkind = 'why'", "write an http or https address"),
        (HEAD + "frozen = '../x'\n[[slides]]\nkind = 'why'", "is not a mark"),
        (HEAD + "[[slides]]\nkind = 'why'\n" * (MAX_SLIDES + 1), "slides: must be a list of 1"),
        ("title = ", "not valid TOML"),
        ("x = 1" * 60_000, "too large"),
    ],
)
def test_what_is_wrong_with_a_deck_is_said_in_one_line(text: str, named: str) -> None:
    with pytest.raises(InputError) as caught:
        deck_from_toml(text, "mine")
    assert named in str(caught.value)
    assert str(caught.value).startswith("mine: ")
    assert "\n" not in str(caught.value)


def test_every_kind_of_slide_has_words(two: Brief) -> None:
    slides = tuple(
        DeckSlide(kind=kind, lever="us_open_funding" if kind == "what_if" else "") for kind in KINDS
    )
    deck = Deck(title="T", question="Q?", scenarios=("status_quo", "ban"), slides=slides)
    for slide in shown(deck, two):
        assert slide.title, slide.kind
        assert slide.lines or slide.kind == "table", slide.kind


def test_a_title_of_ones_own_takes_the_place_of_the_usual_one(two: Brief) -> None:
    deck = Deck(
        title="T",
        question="Q?",
        scenarios=("status_quo", "ban"),
        slides=(DeckSlide(kind="reveal", title="Look at this"), DeckSlide(kind="question")),
    )
    assert [slide.title for slide in shown(deck, two)] == ["Look at this", "Q?"]


def test_a_frozen_brief_reads_back_equal(two: Brief, four: Brief) -> None:
    for brief in (two, four):
        assert brief_from_json(brief_to_json(brief)) == brief


def test_a_new_title_is_cited_too(two: Brief) -> None:
    named = retitled(two, "Ban or build", "Which?")
    assert (named.title, named.question) == ("Ban or build", "Which?")
    assert "Ban or build" in named.apa
    assert "Ban or build" in named.bibtex
    assert retitled(two, two.title, "") == two


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b"[" * 100_000, b'{"title": 3}'])
def test_a_spoilt_frozen_brief_is_refused_in_one_line(content: bytes) -> None:
    with pytest.raises(InputError, match="frozen brief: not readable") as caught:
        brief_from_json(content)
    assert "\n" not in str(caught.value)


def test_a_deck_presents_what_was_frozen(decks: Decks, two: Brief, deck: Deck) -> None:
    assert decks.brief(deck) is None
    frozen = decks.freeze(deck, two)
    decks.save("Mine", frozen)
    kept = decks.get("Mine")
    assert kept.runs == tuple(told.run_id for told in two.scenarios)
    assert kept.model_version == two.version
    assert decks.brief(kept) == two


def test_a_frozen_file_that_was_changed_is_not_presented(
    decks: Decks, two: Brief, deck: Deck, tmp_path: Path
) -> None:
    frozen = decks.freeze(deck, two)
    (file,) = (tmp_path / "decks" / "frozen").glob("*.json")
    file.write_bytes(file.read_bytes().replace(b"A ban", b"A bun"))
    with pytest.raises(InputError, match="not the one that was frozen"):
        decks.brief(frozen)


def test_a_name_that_is_taken_is_refused_and_nothing_is_lost(decks: Decks, deck: Deck) -> None:
    decks.save("Mine", deck)
    with pytest.raises(InputError, match="'mine' is taken"):
        decks.save("mine", dataclasses.replace(deck, title="Other"))
    assert [one.title for one in decks.list()] == [deck.title]


def test_a_deleted_deck_can_be_had_back(decks: Decks, deck: Deck) -> None:
    decks.save("Mine", deck)
    decks.delete("Mine")
    assert decks.list() == []
    decks.undelete("Mine")
    assert decks.get("Mine") == deck


def test_a_deck_that_cannot_be_read_is_listed_with_what_is_wrong(
    decks: Decks, deck: Deck, tmp_path: Path
) -> None:
    decks.save("Good", deck)
    (tmp_path / "decks" / "Bad.toml").write_text("nonsense", encoding="utf-8")
    (tmp_path / "decks" / "Binary.toml").write_bytes(b"\xff\xfe\x00")
    told = {one.name: one.wrong for one in decks.list()}
    assert told["Good"] == ""
    assert "not valid TOML" in told["Bad"]
    assert "not a text file" in told["Binary"]


@pytest.mark.parametrize(
    "name", ["", " ", "..", "../x", "a/b", "a\\b", ".hidden", "x" * 61, "a\nb"]
)
def test_a_name_that_could_leave_the_folder_is_refused(decks: Decks, deck: Deck, name: str) -> None:
    with pytest.raises(InputError, match="name: "):
        decks.save(name, deck)


def test_an_unknown_deck_names_the_nearest(decks: Decks, deck: Deck) -> None:
    decks.save("Ban or build", deck)
    with pytest.raises(InputError, match="did you mean 'Ban or build'"):
        decks.get("Ban and build")


def test_decks_lie_beside_the_saved_scenarios(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("FRONTIER_COMMONS_DECKS", raising=False)
    monkeypatch.setenv("FRONTIER_COMMONS_DB", str(tmp_path / "scenarios.sqlite"))
    assert default_folder() == tmp_path / "decks"
    monkeypatch.setenv("FRONTIER_COMMONS_DECKS", str(tmp_path / "elsewhere"))
    assert default_folder() == tmp_path / "elsewhere"


def test_a_lever_is_told_with_its_unit(two: Brief) -> None:
    (line,) = lever_changes(two, 1)
    assert line.startswith("US ban on Chinese models, share of US volume covered: 5")


def test_what_the_room_is_not_shown_is_counted_and_in_the_notes() -> None:
    lines = tuple(f"{n}." for n in range(10))
    assert first(lines[:MOST_LINES]) == lines[:MOST_LINES]
    shortened = first(lines)
    assert len(shortened) == MOST_LINES
    assert shortened[-1] == "And 4 more, in the files of this briefing."


def test_above_a_figure_many_levers_are_named_and_told_in_full_in_the_notes(
    two: Brief, deck: Deck
) -> None:
    lever = two.levers[0]
    many = dataclasses.replace(
        two, levers=tuple(dataclasses.replace(lever, label=f"Lever {n}") for n in range(5))
    )
    replay = next(slide for slide in shown(deck, many) if slide.kind == "replay")
    assert replay.lines == ("5 levers move: Lever 0; Lever 1; Lever 2; Lever 3; Lever 4.",)
    assert replay.prompts[:5] == lever_changes(many, 1)
