"""How the findings of the ten experiments are told: as text, and as plain values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.claims import Effect, Finding, Verdict
from sim.identifiability import Shares
from sim.outcomes import BY_ID as OUTCOMES
from sim.report import change, headline

SHARES = ("mechanism", "rival", "both", "neither")  # fields of Shares that sum to 1
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Told:
    """One finding, the shares of worlds in which it holds, and its verdict on other futures.

    `worlds` is what the futures were drawn from. `prior` and `again` are None where not run.
    """

    finding: Finding
    worlds: str
    shares: Shares
    prior: Shares | None = None
    again: Verdict | None = None


def claims_text(findings: Sequence[Told]) -> str:
    """Return the verdicts of the experiments, each with its effects and what would flip it."""
    lines = []
    for told in findings:
        finding, claim = told.finding, told.finding.claim
        other = (
            f"; {told.again} on other futures" if told.again not in (None, finding.verdict) else ""
        )
        lines += [
            f"{claim.number}. {claim.title}: {finding.verdict.upper()} in this model{other}",
            f"   {claim.claim}",
        ]
        for effect in finding.effects:
            lines.append(f"   {_effect_line(effect)}")
        lines.append(f"   Needs: {claim.requires}")
        lines.append(f"   In {_share_line(told.worlds, told.shares)}")
        if told.prior is not None:
            lines.append(f"   In {_share_line('prior', told.prior)}")
        flips = "; ".join(finding.flips_when) or "nothing tried"
        lines += [f"   Would change it: {flips}", ""]
    return "\n".join(lines).rstrip()


def _share_line(worlds: str, found: Shares) -> str:
    parts = [f"{name} {round(100 * getattr(found, name))}" for name in SHARES]
    return f"100 {worlds} worlds: {', '.join(parts)}: {found.reading()}"


def _effect_line(effect: Effect) -> str:
    unit, test = OUTCOMES[effect.test.outcome].unit, effect.test
    low, mid, high = _spread(effect.with_rival)
    alone = _spread(effect.alone)[1]
    share = round(100 * effect.share_with_sign(effect.with_rival))
    return (
        f"{headline(test.outcome, test.group)}: {change(mid, unit)} "
        f"[{change(low, unit)}, {change(high, unit)}], claimed {test.sign} {test.smallest:g}, "
        f"sign in {share} of 100 futures; rival off {change(alone, unit)}"
    )


def _spread(values: Floats) -> tuple[float, float, float]:
    known = values[~np.isnan(values)]
    if not known.size:
        return math.nan, math.nan, math.nan
    low, mid, high = np.quantile(known, [0.05, 0.5, 0.95]).tolist()
    return low, mid, high


def claims_document(findings: Sequence[Told]) -> list[dict[str, Any]]:
    """Return the findings as plain values: one record a claim, by its first test."""
    return [_claim_record(told) for told in findings]


def _claim_record(told: Told) -> dict[str, Any]:
    finding, first, claim = told.finding, told.finding.effects[0], told.finding.claim
    low, mid, high = _spread(first.with_rival)
    return {
        "claim": claim.number,
        "title": claim.title,
        "text": claim.claim,
        "mechanism": claim.mechanism,
        "rival": claim.rival,
        "effect": mid,
        "low": low,
        "high": high,
        "share_with_sign": first.share_with_sign(first.with_rival),
        "verdict": finding.verdict,
        "flips_when": list(finding.flips_when),
        "requires": claim.requires,
        "tests": [_test_record(effect) for effect in finding.effects],
        "verdict_on_other_futures": told.again,
        "worlds": {
            name: None if found is None else {**vars(found), "reading": found.reading()}
            for name, found in ((told.worlds, told.shares), ("prior", told.prior))
        },
        "run_ids": dict(finding.run_ids),
    }


def _test_record(effect: Effect) -> dict[str, Any]:
    names = ("low", "effect", "high")
    return {
        "outcome": effect.test.outcome,
        "group": effect.test.group,
        "unit": OUTCOMES[effect.test.outcome].unit,
        "sign": effect.test.sign,
        "smallest": effect.test.smallest,
        "share_with_sign": effect.share_with_sign(effect.with_rival),
        **dict(zip(names, _spread(effect.with_rival), strict=True)),
        "rival_off": dict(zip(names, _spread(effect.alone), strict=True)),
        "rival": dict(zip(names, _spread(effect.rival), strict=True)),
    }
