"""How text that somebody else wrote is put on the page: as it stands, never as Markdown.

A name or a note may come from anybody's file or link. As Markdown it could draw images, which the
browser would fetch, or pass for a part of the page.
"""

from __future__ import annotations

import re
from datetime import datetime

_SIGNS = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&^=@/])")


def plain(text: str, limit: int | None = None) -> str:
    """Return text so that Markdown shows it letter by letter, on one line, cut to `limit` signs."""
    line = " ".join(text.split())
    if limit is not None and len(line) > limit:
        line = line[: limit - 1] + "…"
    return _SIGNS.sub(r"\\\1", line)


def moment(when: datetime) -> str:
    """Return "3 March 2026, 14:02 UTC"."""
    return f"{when.day} {when:%B %Y, %H:%M} UTC"
