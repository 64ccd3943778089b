"""What a brief rests on: sources of the levers that differ and of the observations drawn."""

from __future__ import annotations

from collections.abc import Sequence

from sim.brief.record import LeverRow, Source
from sim.observed import points
from sim.pictures import Picture
from sim.version import MODEL_VERSION


def sources(levers: Sequence[LeverRow], figures: Sequence[Picture]) -> tuple[Source, ...]:
    """Return every source once: the model, then levers, then observations."""
    seen = [
        Source(text=f"Observed: {point.source} (grade {point.grade})", url=point.source_url)
        for shown in figures
        for point in points(shown)
    ]
    moved = [Source(text=f"{row.label}: {row.source}", url="") for row in levers]
    model = Source(
        text=f"The model, version {MODEL_VERSION}: docs/ODD.md, with a source and a grade for each "
        "number; data in sim/data",
        url="",
    )
    return tuple(dict.fromkeys([model, *moved, *seen]))
