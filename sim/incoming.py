"""How scenarios come into the library from files: .toml, or many in a .zip.

Whatever comes in is untrusted. A .zip is read within bounds of entries and bytes, whatever it says
of itself; names in it are never used as paths; what is not a scenario is refused with one line and
the rest is taken. A scenario of an older model is stored as it stands in its file.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

from sim.declare import InputError, printable
from sim.older import read_older
from sim.scenario import (
    LIBRARY,
    MAX_FILE_BYTES,
    Scenario,
    scenario_from_dict,
    table_from_toml,
)
from sim.store import Saved, Store, check_name, check_tags
from sim.store.runs import RUN_ID
from sim.store.tables import MAX_NAME
from sim.version import MODEL_VERSION

MAX_ENTRIES, MAX_UPLOAD, MAX_TOTAL = 2000, 5_000_000, 20_000_000
_VERSION = re.compile(r"\d{1,4}\.\d{1,4}\.\d{1,4}", re.ASCII)
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,  # a compression nobody knows
    OSError,
    RuntimeError,  # a password
    ValueError,
)


@dataclass(frozen=True)
class Found:
    """A scenario in a file, and the model and run of an older one."""

    file: str
    scenario: Scenario
    tags: tuple[str, ...]
    toml: str
    model_version: str
    run_id: str | None
    left_out: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """What became of a file: its name in the library, or None; and what there is to say."""

    file: str
    name: str | None
    words: str = ""


def found_in(file: str, content: bytes) -> tuple[list[Found], list[Outcome]]:
    """Return the scenarios in an uploaded .toml or .zip, and what in it is none and why."""
    found: list[Found] = []
    refused: list[Outcome] = []
    for name, text in _files(file, content):
        base = PurePosixPath(name.replace("\\", "/")).name or name
        try:
            found.append(_read(base, text))
        except InputError as error:
            refused.append(Outcome(printable(base), None, printable(error, 300)))
    return found, refused


def take(store: Store, found: Iterable[Found], *, author: str | None = None) -> list[Outcome]:
    """Store what was found, under a name that is free, and return what became of each."""
    return [_take(store, item, author) for item in found]


def _take(store: Store, item: Found, author: str | None) -> Outcome:
    name = item.scenario.name
    if _same(store.named(name), item):
        return Outcome(item.file, None, f"“{name}” is here already, the same")
    record = store.add(
        item.scenario,
        toml=item.toml,
        model_version=item.model_version,
        tags=item.tags,
        run_id=item.run_id,
        author=author,
    )
    renamed = [] if record.name == name else [f"“{name}” was taken"]
    return Outcome(item.file, record.name, "; ".join([*renamed, *item.left_out]))


def _same(record: Saved | None, item: Found) -> bool:
    if record is None:
        return False
    scenario = replace(record.read()[0], name=item.scenario.name)
    ours = (record.model_version, record.tags, scenario, record.read()[1])
    return ours == (item.model_version, item.tags, item.scenario, item.left_out)


def _files(file: str, content: bytes) -> Iterator[tuple[str, bytes | str]]:
    """Yield name and content of every file; in place of what cannot be read, why."""
    if len(content) > MAX_UPLOAD:
        yield file, f"too large; allowed {MAX_UPLOAD:,} bytes"
    elif file.lower().endswith(".zip"):
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                yield from _entries(file, archive)
        except _BROKEN as error:
            yield file, f"not a .zip that can be read: {printable(error)}"
    else:
        yield file, content


def _entries(file: str, archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes | str]]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MAX_ENTRIES:
        yield file, f"{len(entries)} files in it; allowed {MAX_ENTRIES}"
        return
    total = 0
    for entry in entries:
        content = _content(archive, entry)
        total += len(content)
        if total > MAX_TOTAL:
            yield file, f"too large unpacked; allowed {MAX_TOTAL:,} bytes; the rest is left out"
            return
        yield entry.filename, content


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes | str:
    try:
        with archive.open(entry) as file:
            return file.read(MAX_FILE_BYTES + 1)
    except _BROKEN:
        return "cannot be unpacked: damaged, or locked with a password"


def _read(file: str, content: bytes | str) -> Found:
    if isinstance(content, str):
        raise InputError(content)
    if not file.lower().endswith(".toml"):
        raise InputError("not a .toml file")
    if len(content) > MAX_FILE_BYTES:
        raise InputError(f"too large; allowed {MAX_FILE_BYTES:,} bytes")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("not text in UTF-8") from None
    raw = table_from_toml(text, file)
    said = raw.get(LIBRARY)
    known: Mapping[str, Any] = said if isinstance(said, dict) else {}
    version = _matching(known.get("model"), _VERSION) or MODEL_VERSION
    name, left_out = _name(known, raw, file), tuple[str, ...]()
    run_id = None
    if version == MODEL_VERSION:
        scenario = scenario_from_dict(raw, name)
    else:
        scenario, left_out = read_older(raw, name)
        run_id = _matching(known.get("run"), RUN_ID)
    toml = _without_library(text, raw)
    return Found(
        printable(file), scenario, _tags(known.get("tags")), toml, version, run_id, left_out
    )


def _without_library(text: str, raw: Mapping[str, Any]) -> str:
    """Return the text before the table our own files end with, if nothing else is lost by it."""
    head = text.rpartition(f"\n[{LIBRARY}]\n")[0]
    rest = {key: value for key, value in raw.items() if key != LIBRARY}
    try:
        return head if table_from_toml(head, "") == rest else text
    except InputError:
        return text


def _name(known: Mapping[str, Any], raw: Mapping[str, Any], file: str) -> str:
    """Return the first acceptable of the name in the file, the title and the file's own name."""
    for said in (known.get("name"), raw.get("title"), PurePosixPath(file).stem.replace("_", " ")):
        text = "".join(c if c.isprintable() else " " for c in said) if isinstance(said, str) else ""
        try:
            return check_name(re.sub(r"[/\\]", "-", text)[:MAX_NAME])
        except InputError:
            continue
    return "Imported scenario"


def _tags(said: object) -> tuple[str, ...]:
    """Return the tags that are acceptable; the others are not worth refusing a scenario for."""
    found: tuple[str, ...] = ()
    for tag in said if isinstance(said, list) else ():
        try:
            found = check_tags([*found, tag])
        except InputError:
            continue
    return found


def _matching(said: object, pattern: re.Pattern[str]) -> str | None:
    return said if isinstance(said, str) and pattern.fullmatch(said) else None
