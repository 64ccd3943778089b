"""What a user may write on a brief: one printable line each, a day, an address on the web."""

from __future__ import annotations

from sim.brief.citation import date_words
from sim.declare import InputError, printable

MOST_SCENARIOS = 6
MAX_TITLE, MAX_QUESTION, MAX_LINK = 120, 240, 500


def one_line(name: str, text: str, limit: int) -> str:
    """Return untrusted text as one printable line; InputError if it is too long."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if len(line) > limit:
        raise InputError(f"{name}: {len(line)} characters; allowed {limit}")
    return line


def check_date(text: str) -> str:
    """Return an untrusted date if it is a day written YYYY-MM-DD."""
    try:
        date_words(text)
    except ValueError:
        raise InputError(f"date: {printable(text)!r}; write a day as YYYY-MM-DD") from None
    return text[:10]


def check_link(text: str) -> str:
    """Return an untrusted link if it is empty or leads to a web address, and is short enough."""
    link = text.strip()
    good = link.startswith(("https://", "http://")) and link.isprintable() and " " not in link
    if link and (not good or len(link) > MAX_LINK):
        rule = f"write an http or https address of at most {MAX_LINK} characters"
        raise InputError(f"link: {printable(link)!r}; {rule}")
    return link
