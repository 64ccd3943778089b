"""How releases are written down, and applications for licences handed in."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.chance import Purpose
from sim.log import COLUMNS, FIRST_TERM, Event, write_row
from sim.openness import TERMS, Decision
from sim.shelf import Line
from sim.twins import kernel
from sim.weights import Luck, Renewal
from sim.world import World

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

N_TERMS = len(TERMS)


def tell(world: World, rows: Floats) -> None:
    """Write down what was decided, rows as Log.add_rows has them, and hand in applications for
    licences."""
    world.log.add_rows(rows)
    if Event.LICENCE_ASKED not in rows[:, 1].tolist():
        return
    line, month, mean = world.line, world.month, world.p.state.licence_review_months
    assert line is not None
    for product in rows[rows[:, 1] == Event.LICENCE_ASKED, 3].astype(np.int64).tolist():
        uniform = world.dice.one(Purpose.LICENSING, int(line.key[product]), month)
        world.office.apply(product, month, uniform, mean)


@kernel
def rows_of_weights(
    month: int,
    line: Line,
    granted: Ints,
    products: Ints,
    eci: Floats,
    chances: Floats,
    asks: Bools,
    terms_draw: Floats,
) -> Floats:
    """Return as rows of the log which licences came, and which weights were released with which
    terms; draws are by product."""
    rows, at = np.empty((granted.size + 2 * products.size, COLUMNS)), 0
    for k in range(granted.size):
        lab = line.lab[granted[k]]
        at = write_row(rows, at, month, Event.LICENCE_GRANTED.value, lab, granted[k], 0.0, 1.0, 0.0)
    for k in range(products.size):
        product = products[k]
        lab, draw = line.lab[product], terms_draw[product]
        at = write_row(rows, at, month, Event.WEIGHTS.value, lab, product, eci[k], 1.0, 0.0)
        if asks[k]:
            at = write_row(
                rows, at, month, Event.TERMS_ASKED.value, lab, product, 0.0, chances[k], draw
            )
    return rows[:at].copy()


@kernel
def rows_of_renewals(
    month: int,
    line: Line,
    decision: Decision,
    luck: Luck,
    products: Ints,
    done: Renewal,
    peer_weight: float,
) -> Floats:
    """Return as rows of the log what was decided of each product renewed, then what came of it."""
    rows, at = np.empty((4 * products.size, COLUMNS)), 0
    for k in range(products.size):
        product = products[k]
        lab, chance, draw = line.lab[product], decision.chance[product], luck.opens[product]
        at = write_row(
            rows, at, month, Event.RELEASE.value, lab, product, 1.0 * done.opens[k], chance, draw
        )
        for term in range(N_TERMS):
            rows[k, FIRST_TERM + term] = decision.terms[term, product]
        rows[k, COLUMNS - 3] = peer_weight * decision.peers[lab]
        rows[k, COLUMNS - 2] = line.anchor[product]
        rows[k, COLUMNS - 1] = decision.scale[product]
    for k in range(products.size):
        product = products[k]
        lab = line.lab[product]
        if done.asks[k]:
            chance, draw = done.terms_chance[k], luck.terms[product]
            at = write_row(
                rows, at, month, Event.TERMS_ASKED.value, lab, product, 0.0, chance, draw
            )
        if done.licensed[k]:
            at = write_row(rows, at, month, Event.LICENCE_ASKED.value, lab, product, 0.0, 1.0, 0.0)
        if done.predecessor[k]:
            eci, chance = line.predecessor_eci[product], done.predecessor_chance[k]
            draw = luck.predecessor[product]
            at = write_row(
                rows, at, month, Event.PREDECESSOR.value, lab, product, eci, chance, draw
            )
    return rows[:at].copy()
