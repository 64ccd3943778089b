"""Which published observations lie on which chart: those of sim/observed.py."""

from __future__ import annotations

from sim.observed import extent, observed

__all__ = ["extent", "observed"]
