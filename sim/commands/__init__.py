"""The commands of `python -m sim`, one module each, in the order `--help` lists them.

A module says its NAME and HELP, adds its arguments in `add` and does its work in `run`; what is
slow to import is imported there.
"""

from __future__ import annotations

NAMES = ("levers", "run", "compare", "brief", "open", "claims", "backtest", "calibrate")
