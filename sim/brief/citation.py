"""How a brief is cited, and by which command its runs are made again."""

from __future__ import annotations

import dataclasses
import shlex
from collections.abc import Sequence
from datetime import date as Date

from sim.brief.record import Brief, Settings, Told
from sim.calendar import month_label

AUTHOR = "Frontier & Commons"
TITLE = "Frontier & Commons: a simulator of open and closed AI model releases"
_TEX = {character: f"\\{character}" for character in "&%$#_{}"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
_MONTHS = (
    "January February March April May June July August September October November December".split()
)


def date_words(date: str) -> str:
    """Return "25 November 2026" for "2026-11-25"."""
    day = Date.fromisoformat(date)
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def apa(title: str, date: str, version: str, scenarios: Sequence[Told], link: str) -> str:
    """Return the citation in the style of the American Psychological Association."""
    runs = ", ".join(dict.fromkeys(told.run_id for told in scenarios))
    year, day = date[:4], date_words(date).rpartition(" ")[0]
    where = f" {link}" if link else ""
    return (
        f"{AUTHOR}. ({year}, {day}). {title} [Simulation brief; model version {version}; runs "
        f"{runs}].{where}"
    )


def bibtex(title: str, date: str, version: str, scenarios: Sequence[Told], link: str) -> str:
    """Return the citation as a BibTeX entry; the key is made from the first run."""
    runs = ", ".join(dict.fromkeys(told.run_id for told in scenarios))
    fields = {
        "author": f"{{{_tex(AUTHOR)}}}",
        "title": _tex(title),
        "year": date[:4],
        "month": str(int(date[5:7])),
        "version": version,
        "note": _tex(f"{TITLE}. Runs {runs}"),
    } | ({"url": link} if link else {})
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items()]
    key = scenarios[-1].run_id.replace("-", "")
    return f"@misc{{{key},\n" + ",\n".join(lines) + "\n}"


def retitled(brief: Brief, title: str, question: str) -> Brief:
    """Return the brief under another title and question, its citations with it."""
    cited = (title, brief.date, brief.version, brief.scenarios, brief.link)
    return dataclasses.replace(
        brief,
        title=title,
        question=question or brief.question,
        apa=apa(*cited),
        bibtex=bibtex(*cited),
    )


def command(scenarios: Sequence[Told], settings: Settings) -> str:
    """Return the command that makes these runs again, if the scenarios are known by name."""
    names = " ".join(shlex.quote(told.name) for told in scenarios)
    act = "run" if len(scenarios) == 1 else "compare"
    return (
        f"python -m sim {act} {names} --replicates {settings.replicates} "
        f"--streams {settings.streams} --seed {settings.seed} "
        f"--until {month_label(settings.months - 1)}"
    )


def _tex(text: str) -> str:
    """Return the text with what TeX would take for a command made harmless."""
    return "".join(_TEX.get(character, character) for character in text)
