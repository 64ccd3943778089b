"""What governments and chance do in a month: levers, shocks, incidents, reviews, terms of trade."""

from __future__ import annotations

from sim import beginning, governments, policy, shocks
from sim.chance import Purpose
from sim.labs import lab_ids
from sim.log import Event
from sim.reversals import reverse
from sim.world import World

GATE_ACTOR = governments.US


def schedule(world: World) -> None:
    """Put this month's levers and shocks in force; hand supply to the labs when the record ends."""
    if not world.observed and world.shelf is None:
        beginning.take_stock(world)
    month = world.month
    world.acting = shocks.in_force(world.shocks, month)
    world.levers = shocks.shocked(world.rules.paths[month], world.acting)
    world.incidents = 0
    for shock in world.acting:
        if shock.month == month:
            _strike(world, shock)


def _strike(world: World, shock: shocks.Shock) -> None:
    """Apply what a shock does once, in its first month."""
    ids = lab_ids()
    actor = ids.index(shock.lab) if shock.lab in ids else -1
    number = [kind.id for kind in shocks.KINDS].index(shock.kind)
    world.log.add(world.month, Event.SHOCK, actor, product=number, value=shock.size)
    if shock.kind == "incident":
        world.incidents += round(shock.size)
    if shock.kind == "lab_reversal" and world.line is not None and actor >= 0:
        reverse(world.labs, world.line, actor)


def review(world: World) -> None:
    """Let incidents frighten governments and reviews that are due move their rules."""
    p, month, state = world.p.state, world.month, world.governments
    uniform = world.dice.one(Purpose.INCIDENT, 0, month)
    world.incidents += governments.incidents(uniform, world.best_open, world.best_closed, p)
    if world.incidents:
        world.log.add(month, Event.INCIDENT, -1, value=float(world.incidents))
    for government, rules in governments.review(state, p):
        fear = state.fear[government]
        world.log.add(month, Event.REVIEW, government, value=rules, chance=fear)
    governments.remember(state, world.incidents, governments.lead_of_rivals(world.best), p)
    responsiveness = p.responsiveness if world.has("fear_rules") else 0.0
    world.policy = governments.realised(world.levers, state, responsiveness)
    reviewers = round(world.policy.licensing_reviewers)
    if reviewers != world.office.employed:
        world.office.staff(reviewers)


def host_entry(world: World) -> None:
    """Set the terms on which hosts enter and foreign services reach developers."""
    hosting = world.has("self_hosting")
    world.terms = policy.terms(world.policy, world.dice, world.month, self_hosting=hosting)
    if world.terms.gate_shut:
        world.log.add(world.month, Event.GATE, GATE_ACTOR, value=1.0)
