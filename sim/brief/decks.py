"""Where briefings are kept: plain files in the user's data folder, written whole or not at all.

A deck is NAME.toml. What it presents is a frozen brief in frozen/, a file named by a mark of its
own content: a deck that names a mark presents exactly that, however the model has changed since.
Everything read is checked as if a stranger had written it.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import os
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from sim.brief.deck import MAX_BYTES, Deck, deck_from_toml, deck_to_toml
from sim.brief.files import unwritable, write_whole
from sim.brief.frozen import brief_from_json, brief_to_json
from sim.brief.record import Brief
from sim.declare import InputError, nearest, printable

ENVIRONMENT, BESIDE = "FRONTIER_COMMONS_DECKS", "FRONTIER_COMMONS_DB"
HOME = "~/.local/share/frontier-commons/decks"
MAX_NAME = 60
_DELETED = ".deleted"
_FORBIDDEN = set('/\\:*?"<>|')


@dataclass(frozen=True)
class Listed:
    """A deck as the list shows it; `wrong` says in one line why it cannot be opened, if so."""

    name: str
    title: str
    wrong: str = ""


def default_folder() -> Path:
    """Return where decks are kept: as the environment says, else beside the saved scenarios."""
    named, database = os.environ.get(ENVIRONMENT), os.environ.get(BESIDE, "")
    if named:
        return Path(named)
    if database and "://" not in database:
        return Path(database).parent / "decks"
    return Path(HOME).expanduser()


def check_name(name: str) -> str:
    """Return an acceptable name, trimmed; InputError with the rule otherwise."""
    text = unicodedata.normalize("NFC", name).strip()
    if not 1 <= len(text) <= MAX_NAME or not text.isprintable() or set(text) & _FORBIDDEN:
        rule = f'allowed 1 to {MAX_NAME} printable characters without / \\ : * ? " < > |'
        raise InputError(f"name: {printable(name)!r}; {rule}")
    if text[0] in "." or text[-1] in ".":
        raise InputError(f"name: {text!r}; may not begin or end with a dot")
    return text


class Decks:
    """The briefings of one folder."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = default_folder() if folder is None else folder

    def list(self) -> list[Listed]:
        """Return the decks by name; one that cannot be read is listed with what is wrong."""
        found = []
        for path in sorted(self._folder.glob("*.toml"), key=lambda p: p.stem.casefold()):
            try:
                found.append(Listed(path.stem, self.get(path.stem).title))
            except InputError as error:
                found.append(Listed(path.stem, path.stem, str(error)))
        return found

    def get(self, name: str) -> Deck:
        """Return a deck by name; InputError naming the nearest if there is none."""
        path = self._path(name)
        try:
            with path.open("rb") as file:
                content = file.read(MAX_BYTES + 1)
        except FileNotFoundError:
            near = nearest(name, [known.stem for known in self._folder.glob("*.toml")])
            raise InputError(f"unknown briefing {printable(name)!r}{near}") from None
        except OSError as error:
            reason = printable(error.strerror or type(error).__name__)
            raise InputError(f"{printable(name)}: cannot be read: {reason}") from None
        try:
            return deck_from_toml(content.decode("utf-8-sig"), name)
        except UnicodeDecodeError:
            raise InputError(f"{printable(name)}: not a text file in UTF-8") from None

    def save(self, name: str, deck: Deck, *, replace: bool = False) -> str:
        """Keep a deck under `name` and return the name; InputError if it is taken."""
        path = self._path(name)
        taken = {known.stem.casefold() for known in self._folder.glob("*.toml")}
        if not replace and path.stem.casefold() in taken:
            raise InputError(f"name: {path.stem!r} is taken; choose another")
        self._make(self._folder)
        write_whole(path, deck_to_toml(deck).encode(), field="briefing")
        return path.stem

    def delete(self, name: str) -> None:
        """Put a deck away; `undelete` brings it back."""
        path = self._path(name)
        with contextlib.suppress(FileNotFoundError):
            path.replace(path.with_name(f".{path.name}{_DELETED}"))

    def undelete(self, name: str) -> None:
        """Bring back a deck that was put away, unless the name has been taken since."""
        path = self._path(name)
        if path.exists():
            raise InputError(f"name: {path.stem!r} is taken by now; rename that one first")
        with contextlib.suppress(FileNotFoundError):
            path.with_name(f".{path.name}{_DELETED}").replace(path)

    def freeze(self, deck: Deck, brief: Brief) -> Deck:
        """Keep the brief and return the deck that presents it from now on."""
        content = brief_to_json(brief)
        mark = _mark(content)
        self._make(self._folder / "frozen")
        write_whole(self._frozen(mark), content, field="briefing")
        runs = tuple(told.run_id for told in brief.scenarios)
        return dataclasses.replace(deck, runs=runs, model_version=brief.version, frozen=mark)

    def brief(self, deck: Deck) -> Brief | None:
        """Return the brief a deck presents, None if none was frozen; InputError if it is spoilt."""
        if not deck.frozen:
            return None
        try:
            content = self._frozen(deck.frozen).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            reason = printable(error.strerror or type(error).__name__)
            raise InputError(f"frozen brief: cannot be read: {reason}") from None
        if _mark(content) != deck.frozen:
            raise InputError("frozen brief: the file is not the one that was frozen; freeze again")
        return brief_from_json(content)

    def _path(self, name: str) -> Path:
        return self._folder / f"{check_name(name)}.toml"

    def _frozen(self, mark: str) -> Path:
        return self._folder / "frozen" / f"{mark}.json"

    @staticmethod
    def _make(folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(unwritable(folder, error, "briefing")) from None


def _mark(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
