"""The experiments: planted effects come out as planted, and shares of worlds add up."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from sim import InputError, Result, Scenario, run
from sim.claims import (
    ARMS,
    FOLDER,
    Claim,
    Effect,
    Rules,
    arms,
    effects,
    experiment,
    judge,
    load_claims,
    load_rules,
    read_claim,
)
from sim.claims import (
    Test as Wanted,
)
from sim.claims_report import Told, claims_document, claims_text
from sim.identifiability import Shares, shares
from sim.outcomes import ROW, SERIES

RULES = Rules(most=0.8, replicates=20, streams=200, flip_replicates=10)
OPEN = Wanted("open_share_tokens", "world", "+", 0.03)
SCENARIO = Scenario("planted", "Planted", horizon=23)
CLAIM = Claim(
    1,
    "Planted",
    "It rises.",
    "peer_cascade",
    "state_support",
    "Nothing.",
    12,
    (),
    (OPEN,),
    SCENARIO,
)


def made(scenario: Scenario, level: npt.NDArray[np.float64]) -> Result:
    """Return a result whose open share is `level` in every month, shape (replicates,)."""
    values = np.zeros((len(level), len(SERIES), scenario.n_months))
    values[:, ROW[OPEN.outcome, OPEN.group]] = level[:, None]
    return Result(scenario, 1, 200, "fc-made", values)


def planted(mechanism: float, rival: float, spread: float = 0.0) -> Sequence[Result]:
    """Return the four arms of a claim whose mechanism and rival add these effects."""
    luck = np.linspace(-1.0, 1.0, RULES.replicates)
    on = [(1.0, 1.0), (0.0, 1.0), (1.0, 0.0), (0.0, 0.0)]  # in the order of ARMS
    return [
        made(arm, 0.3 + ours * (mechanism + spread * luck) + theirs * rival)
        for arm, (ours, theirs) in zip(arms(CLAIM), on, strict=True)
    ]


@pytest.mark.parametrize(
    ("mechanism", "spread", "verdict"),
    [
        (0.1, 0.01, "supported"),
        (0.0, 0.01, "not supported"),
        (-0.1, 0.01, "not supported"),
        (0.02, 0.005, "not supported"),  # of the claimed sign, too small for the words
        (0.03, 0.2, "cannot tell"),
    ],
)
def test_a_planted_effect_is_judged_as_planted(
    mechanism: float, spread: float, verdict: str
) -> None:
    assert judge(effects(CLAIM, planted(mechanism, 0.2, spread)), RULES) == verdict


@pytest.mark.parametrize(
    ("mechanism", "rival", "field"),
    [(0.1, 0.0, "mechanism"), (0.0, 0.1, "rival"), (0.1, 0.1, "both"), (0.0, 0.0, "neither")],
)
def test_worlds_are_counted_under_what_is_at_work_in_them(
    mechanism: float, rival: float, field: str
) -> None:
    found = shares(effects(CLAIM, planted(mechanism, rival)))
    assert found == dataclasses.replace(Shares(0.0, 0.0, 0.0, 0.0, 20), **{field: 1.0})
    assert found.reading() == field


def test_where_worlds_disagree_it_cannot_be_told() -> None:
    found = shares(effects(CLAIM, planted(0.03, 0.0, spread=0.1)))
    assert found.mechanism == pytest.approx(0.5)
    assert found.mechanism + found.rival + found.both + found.neither == pytest.approx(1.0)
    assert found.reading() == "cannot tell"


def test_a_world_without_the_outcome_has_neither() -> None:
    gone = np.full(4, np.nan)
    assert shares([Effect(OPEN, gone, gone, gone)]) == Shares(0.0, 0.0, 0.0, 1.0, 4)


def test_the_model_itself_refutes_a_claim_made_false_and_grants_one_made_true() -> None:
    """Costs that fall make prices fall: a claim that says so is true, its reverse is false."""
    base = load_claims()[2]
    scenario = Scenario("planted", "Planted", horizon=71)
    sign = {
        name: dataclasses.replace(
            base,
            scenario=scenario,
            flips=(),
            first=60,
            mechanism="cost_decline",
            rival="good_enough",
            tests=(Wanted("price_paid_usd_per_mtok", "open", name, 0.01),),
        )
        for name in ("+", "-")
    }

    def one(arm: Scenario, replicates: int, streams: int) -> Result:
        return run(arm, replicates=replicates, streams=streams, workers=1)

    rules = Rules(most=0.8, replicates=5, streams=300, flip_replicates=5)
    found = {name: experiment(claim, one, rules) for name, claim in sign.items()}
    verdicts = {name: finding.verdict for name, finding in found.items()}
    assert verdicts == {"-": "supported", "+": "not supported"}


def test_the_arms_differ_in_what_is_off_only() -> None:
    for claim in load_claims():
        off = [set(arm.off) - set(claim.scenario.off) for arm in arms(claim)]
        both = {claim.mechanism, claim.rival}
        assert off == [set(), {claim.mechanism}, {claim.rival}, both]
        assert len(ARMS) == len({tuple(sorted(item)) for item in off})


def test_ten_claims_ship_and_their_rules_were_fixed() -> None:
    assert [claim.number for claim in load_claims()] == list(range(1, 11))
    rules = load_rules()
    assert (rules.most, rules.replicates, rules.flip_replicates) == (0.8, 64, 16)


def test_a_claim_about_no_outcome_is_refused(tmp_path: Path) -> None:
    text = (FOLDER / "claim_07.toml").read_text("utf-8").replace("attraction", "atraction")
    file = tmp_path / "claim_07.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(InputError, match="no outcome atraction"):
        read_claim(file)


def test_findings_are_told_with_what_other_futures_say() -> None:
    def one(arm: Scenario, _replicates: int, _streams: int) -> Result:
        place = [a.name for a in arms(CLAIM)].index(arm.name)
        return planted(0.1, 0.0)[place]

    finding = experiment(CLAIM, one, RULES)
    ours = shares(finding.effects)
    told = Told(finding, "posterior", ours, prior=ours, again="cannot tell")
    (record,) = claims_document([told])
    assert record["verdict"] == "supported"
    assert record["effect"] == pytest.approx(0.1)
    assert record["verdict_on_other_futures"] == "cannot tell"
    assert set(record["worlds"]) == {"posterior", "prior"}
    assert {"claim", "title", "effect", "low", "high", "share_with_sign", "flips_when"} <= set(
        record
    )
    assert "cannot tell on other futures" in claims_text([told])
