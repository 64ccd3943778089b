"""An office program opens what is written and lays it out as meant; run with -m long."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import pptx
import pypdf
import pytest

from sim.brief.deck import Deck
from sim.brief.exports import made
from sim.brief.record import Brief
from sim.brief.templates import deck as from_template

pytestmark = pytest.mark.long
OFFICE = shutil.which("soffice")


def rendered(content: bytes, ending: str, folder: Path) -> pypdf.PdfReader:
    """Return the file as an office program prints it."""
    if OFFICE is None:
        pytest.skip("no office program here")
    (folder / f"brief.{ending}").write_bytes(content)
    command = [OFFICE, "--headless", "--convert-to", "pdf", "--outdir", str(folder)]
    home = f"-env:UserInstallation=file://{folder}/profile"
    subprocess.run(
        [*command, home, str(folder / f"brief.{ending}")], check=True, capture_output=True
    )
    return pypdf.PdfReader(folder / "brief.pdf")


def test_every_slide_is_one_page(two: Brief, deck: Deck, tmp_path: Path) -> None:
    content = made("pptx", two, deck)
    slides = len(pptx.Presentation(io.BytesIO(content)).slides)
    assert len(rendered(content, "pptx", tmp_path).pages) == slides


def test_the_two_pager_of_two_scenarios_has_two_pages(
    two: Brief, deck: Deck, tmp_path: Path
) -> None:
    assert len(rendered(made("docx", two, deck), "docx", tmp_path).pages) == 2


def test_no_words_of_a_slide_run_into_its_foot(four: Brief, tmp_path: Path) -> None:
    names = [told.name for told in four.scenarios]
    content = made("pptx", four, from_template("ten", names, title="x"))
    for page in rendered(content, "pptx", tmp_path).pages:
        places: list[tuple[float, str]] = []
        page.extract_text(
            visitor_text=lambda text, _, at, *__, to=places: to.append((at[5], text.strip()))
        )
        told = [(height, text) for height, text in places if text]
        foot = max(height for height, text in told if text.startswith("Frontier & Commons 0"))
        below = [text for height, text in told if height < foot - 3]
        assert below == []
