"""How zipped files (PPTX, DOCX and the workbooks within) come out the same on every machine.

The libraries that make them stamp the time of day into archive and properties. Here every entry
gets one fixed time and every property the brief's date.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

TIME = (1980, 1, 1, 0, 0, 0)  # the earliest a zip entry can carry
_STAMP = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:\2>)")


def settled(content: bytes, date: str) -> bytes:
    """Return the archive with one time for all entries, and `date` as created and modified."""

    def stamped(name: str, entry: bytes) -> bytes:
        if name == "docProps/core.xml":
            return _STAMP.sub(rb"\g<1>" + f"{date}T00:00:00Z".encode() + rb"\g<3>", entry)
        return settled(entry, date) if name.endswith(".xlsx") else entry

    return rezipped(content, stamped)


def rezipped(content: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """Return the archive with each entry changed by (name, bytes), in the same order."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for info in old.infolist():
            entry = zipfile.ZipInfo(info.filename, TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            new.writestr(entry, change(info.filename, old.read(info)))
    return file.getvalue()
