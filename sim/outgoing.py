"""How scenarios leave the library: one TOML file each, or many in a .zip.

A file ends with a table `[library]` of what the library knows beside the scenario: its name and
tags, and the model and run it was saved with. The command line reads the file as any other.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Collection, Iterable

from sim.declare import InputError
from sim.scenario import LIBRARY, quoted, scenario_to_toml, table_from_toml
from sim.store import Saved

_LONGEST_STEM = 60
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)  # by Windows
_MOMENT = (1980, 1, 1, 0, 0, 0)  # the same scenarios give the same bytes


def toml_of(record: Saved) -> str:
    """Return a record as a TOML file that brings back all the library knows of it."""
    try:
        text = scenario_to_toml(record.scenario)
    except InputError:  # this model no longer knows something in it: nothing is left out
        text = record.toml
        if LIBRARY in table_from_toml(text, record.name):
            return text
    told = [
        f"name = {quoted(record.name)}",
        f"tags = [{', '.join(map(quoted, record.tags))}]",
        f"model = {quoted(record.model_version)}",
    ]
    told += [f"run = {quoted(record.run_id)}"] if record.run_id else []
    return "\n".join([text.rstrip("\n"), "", f"[{LIBRARY}]", *told, ""])


def packed(records: Iterable[Saved]) -> bytes:
    """Return a .zip of the records, one TOML file each."""
    file, taken = io.BytesIO(), set[str]()
    with zipfile.ZipFile(file, "w") as archive:
        for record in records:
            name = file_name(record.name, taken)
            taken.add(name.casefold())
            entry = zipfile.ZipInfo(name, _MOMENT)
            archive.writestr(entry, toml_of(record), zipfile.ZIP_DEFLATED)
    return file.getvalue()


def file_name(name: str, taken: Collection[str] = ()) -> str:
    """Return a file name that every system accepts, and that is not in `taken`, casefolded."""
    kept = "".join(c if c.isalnum() else "_" for c in unicodedata.normalize("NFC", name))
    stem = re.sub("_+", "_", kept).strip("_")[:_LONGEST_STEM] or "scenario"
    if _RESERVED.fullmatch(stem):
        stem = f"scenario_{stem}"
    number, found = 1, f"{stem}.toml"
    while found.casefold() in taken:
        number += 1
        found = f"{stem}_{number}.toml"
    return found
