"""A cache to measure or test on: no runs in it, and the machine code that is on disk already."""

from __future__ import annotations

from pathlib import Path

from sim.twins import code_folder


def without_runs(folder: Path) -> Path:
    """Return a folder for FRONTIER_COMMONS_CACHE that shares the machine code of all others."""
    folder.mkdir(exist_ok=True)
    code = code_folder()
    if not (folder / code.name).exists():
        (folder / code.name).symlink_to(code)
    return folder
