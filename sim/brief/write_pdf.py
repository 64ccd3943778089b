"""A brief as PDF: set by Typst from one template, with vector figures and tags for screen readers.

The template gets the record as JSON and sets its strings as text, so that nothing in a title can
be an instruction. Only the fonts of this folder are used, and no time of day enters.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

import typst

from sim.brief import look
from sim.brief.axes import Size
from sim.brief.citation import date_words
from sim.brief.frozen import brief_to_json
from sim.brief.qr import qr_svg
from sim.brief.record import Brief
from sim.brief.write_picture import figure_svg
from sim.wording import month_words

PAPER = Size(height=166)  # three to a page, with their captions


def pdf_bytes(brief: Brief) -> bytes:
    """Return the brief as PDF on A4; accessible (PDF/UA-1), the same bytes every time."""
    drawn = {
        "figures": [figure_svg(figure, brief, PAPER) for figure in brief.figures],
        "qr": qr_svg(brief.link) if brief.link else None,
        "colours": look.COLOURS,
        "date": date_words(brief.date),
        "until": month_words(brief.until),
        "runs": ", ".join(dict.fromkeys(told.run_id for told in brief.scenarios)),
    }
    made = typst.compile(
        look.HERE / "paper.typ",
        root=look.HERE,
        font_paths=[look.FONTS],
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"brief": brief_to_json(brief).decode(), "drawn": json.dumps(drawn)},
        pdf_standards=["ua-1"],
        timestamp=datetime.fromisoformat(brief.date).replace(tzinfo=UTC),
    )
    if not isinstance(made, bytes):
        raise TypeError("typst returned no single PDF")
    return made
