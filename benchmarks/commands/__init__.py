"""The commands of `python -m benchmarks`, one module each, in the order `--help` lists them.

A module says its NAME and HELP, adds its arguments in `add` and does its work in `run`, which
returns the status to exit with; what is slow to import is imported there.
"""

from __future__ import annotations

NAMES = ("speed", "dock", "browser", "levers", "branches", "order")
