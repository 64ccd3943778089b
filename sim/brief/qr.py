"""The link of a brief as a QR code: a square of dark and light modules, read by any telephone."""

from __future__ import annotations

import io

import segno

from sim.brief import look


def qr_svg(link: str) -> str:
    """Return the code as an SVG element that scales with its place."""
    file = io.BytesIO()
    colours = {"dark": look.INK, "light": look.PAPER}
    _code(link).save(file, kind="svg", border=2, xmldecl=False, omitsize=True, **colours)
    return file.getvalue().decode().strip()


def qr_png(link: str) -> bytes:
    """Return the code as PNG, ten pixels a module."""
    file = io.BytesIO()
    _code(link).save(file, kind="png", border=2, scale=10, dark=look.INK, light=look.PAPER)
    return file.getvalue()


def _code(link: str) -> segno.QRCode:
    return segno.make_qr(link, error="m")
