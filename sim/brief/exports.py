"""In which formats a brief leaves the house, and under which names: one click, or all at once.

The formats are made on demand and import their libraries when they are. Presenter notes go into
PPTX only; nothing else that is forwarded carries them.
"""

from __future__ import annotations

import importlib
import io
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

from sim.brief.archive import TIME
from sim.brief.deck import Deck
from sim.brief.files import unwritable, write_whole
from sim.brief.record import Brief
from sim.declare import InputError, printable, unknown

FORMATS = {
    "pptx": "Slides (PPTX)",
    "pdf": "Paper (PDF)",
    "docx": "Two-pager (DOCX)",
    "html": "One page (HTML)",
    "csv": "Numbers (CSV)",
    "parquet": "Numbers (Parquet)",
    "svg": "Figures (SVG)",
    "png": "Figures (PNG)",
}
PICTURES = ("svg", "png")
ALL = "all"
_WRITERS = {
    "pdf": ("write_pdf", "pdf_bytes"),
    "docx": ("write_docx", "docx_bytes"),
    "html": ("write_html", "html_bytes"),
    "csv": ("write_data", "csv_bytes"),
    "parquet": ("write_data", "parquet_bytes"),
}
_PICTURE_WRITERS = {"svg": "standalone_svg", "png": "standalone_png"}


def made(kind: str, brief: Brief, deck: Deck) -> bytes:
    """Return the brief in one format; several figures as pictures come as a zip archive."""
    if kind in PICTURES:
        return zipped(pictures(kind, brief))
    if kind == "pptx":
        from sim.brief.write_pptx import pptx_bytes

        return pptx_bytes(brief, deck)
    if kind not in _WRITERS:
        raise unknown("format", kind, FORMATS)
    module, name = _WRITERS[kind]
    write: Callable[[Brief], bytes] = getattr(importlib.import_module(f"sim.brief.{module}"), name)
    return write(brief)


def pictures(kind: str, brief: Brief) -> dict[str, bytes]:
    """Return every figure as SVG or PNG, by file name."""
    module = importlib.import_module("sim.brief.write_picture")
    draw = getattr(module, _PICTURE_WRITERS[kind])
    drawn = {f"figure-{one.number}.{kind}": draw(one, brief) for one in brief.figures}
    return {name: file.encode() if isinstance(file, str) else file for name, file in drawn.items()}


def everything(brief: Brief, deck: Deck) -> dict[str, bytes]:
    """Return the brief in every format, by file name."""
    files = {f"brief.{kind}": made(kind, brief, deck) for kind in FORMATS if kind not in PICTURES}
    for kind in PICTURES:
        files |= pictures(kind, brief)
    return files


def zipped(files: dict[str, bytes]) -> bytes:
    """Return the files as a zip archive that is the same every time."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, TIME)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            out.writestr(entry, content)
    return archive.getvalue()


def check_out(path: Path, kinds: Iterable[str] | None) -> None:
    """Raise InputError unless a brief can be written at `path`; call it before a long run.

    Without `kinds` the path is a file whose ending names the format, else a folder to be filled.
    """
    shown = printable(path, 200)
    if kinds is None:
        ending = path.suffix.lower().removeprefix(".")
        if ending not in FORMATS or ending in PICTURES:
            allowed = ", ".join(f".{kind}" for kind in FORMATS if kind not in PICTURES)
            raise InputError(f"--out: {shown!r} has no known extension; allowed {allowed}")
        if path.is_dir():
            raise InputError(f"--out: {shown!r} is a folder; name a file, or add --format")
    elif path.exists() and not path.is_dir():
        raise InputError(f"--out: {shown!r} is a file; with --format name a folder")
    if not path.parent.is_dir():
        raise InputError(f"--out: there is no folder {printable(path.parent, 200)!r}")


def check_kinds(text: str) -> tuple[str, ...]:
    """Return the formats an untrusted list names, or all of them."""
    if text == ALL:
        return tuple(FORMATS)
    names = tuple(name.strip() for name in text.split(","))
    for name in names:
        if name not in FORMATS:
            allowed = ", ".join([ALL, *FORMATS])
            raise InputError(f"--format: {printable(name)!r}; allowed {allowed}")
    return names


def write_brief(path: Path, brief: Brief, deck: Deck) -> None:
    """Write the brief in the format its ending names; the file appears whole or not at all."""
    check_out(path, None)
    write_whole(path, made(path.suffix.lower().removeprefix("."), brief, deck))


def write_all(
    folder: Path,
    brief: Brief,
    deck: Deck,
    kinds: Iterable[str] = tuple(FORMATS),
    *,
    progress: Callable[[int, int], None] | None = None,
) -> list[Path]:
    """Write the brief in several formats into a folder, which is made if need be."""
    kinds, written = tuple(kinds), []
    check_out(folder, kinds)
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise InputError(unwritable(folder, error, "--out")) from None
    for at, kind in enumerate(kinds, start=1):
        single = {} if kind in PICTURES else {f"brief.{kind}": made(kind, brief, deck)}
        for name, content in (single or pictures(kind, brief)).items():
            write_whole(folder / name, content)
            written.append(folder / name)
        if progress is not None:
            progress(at, len(kinds))
    return written
