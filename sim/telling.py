"""How releases are written down, and applications for licences handed in."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.chance import Purpose
from sim.log import COLUMNS, NUMBERS, Event
from sim.openness import TERMS, Decision
from sim.shelf import Line
from sim.twins import kernel
from sim.weights import Luck, Renewal
from sim.world import World

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

RELEASE = int(Event.RELEASE)
N_TERMS, FIRST_TERM = len(TERMS), len(NUMBERS)


def tell_weights(
    world: World, products: Ints, eci: Floats, chances: Floats, asks: Bools, terms_draw: Floats
) -> None:
    """Write down which licences came, and which weights were released with which terms."""
    line, office, month = world.line, world.office, world.month
    assert line is not None
    for product, _ in office.granted:
        world.log.add(month, Event.LICENCE_GRANTED, int(line.lab[product]), product=product)
    office.granted.clear()
    for product, value, chance, asked in zip(
        products.tolist(), eci.tolist(), chances.tolist(), asks, strict=True
    ):
        lab = int(line.lab[product])
        world.log.add(month, Event.WEIGHTS, lab, product=product, value=value)
        if asked:
            draw = float(terms_draw[product])
            world.log.add(month, Event.TERMS_ASKED, lab, product=product, chance=chance, draw=draw)


@kernel
def rows_of(
    month: int,
    line: Line,
    decision: Decision,
    luck: Luck,
    products: Ints,
    opens: Bools,
    peer_weight: float,
) -> Floats:
    """Return what was decided of each product renewed, as rows of the log: see Log.add_rows."""
    rows = np.empty((products.size, COLUMNS))
    for k in range(products.size):
        product = products[k]
        lab = line.lab[product]
        rows[k, 0], rows[k, 1], rows[k, 2], rows[k, 3] = month, RELEASE, lab, product
        rows[k, 4], rows[k, 5] = opens[k], decision.chance[product]
        rows[k, 6] = luck.opens[product]
        for term in range(N_TERMS):
            rows[k, FIRST_TERM + term] = decision.terms[term, product]
        rows[k, COLUMNS - 3] = peer_weight * decision.peers[lab]
        rows[k, COLUMNS - 2] = line.anchor[product]
        rows[k, COLUMNS - 1] = decision.scale[product]
    return rows


def tell_renewals(
    world: World,
    rows: Floats,
    products: Ints,
    done: Renewal,
    terms_draw: Floats,
    predecessor_draw: Floats,
) -> None:
    """Write down what was decided, and hand in applications for licences; draws are by product."""
    line, month, add = world.line, world.month, world.log.add
    assert line is not None
    mean = world.p.state.licence_review_months
    world.log.add_rows(rows)
    for k in np.flatnonzero(done.asks | done.licensed | done.predecessor).tolist():
        product, lab = int(products[k]), int(line.lab[products[k]])
        if done.asks[k]:
            chance, draw = float(done.terms_chance[k]), float(terms_draw[product])
            add(month, Event.TERMS_ASKED, lab, product=product, chance=chance, draw=draw)
        if done.licensed[k]:
            uniform = world.dice.one(Purpose.LICENSING, int(line.key[product]), month)
            world.office.apply(product, month, uniform, mean)
            add(month, Event.LICENCE_ASKED, lab, product=product)
        if done.predecessor[k]:
            add(
                month,
                Event.PREDECESSOR,
                lab,
                product=product,
                value=float(line.predecessor_eci[product]),
                chance=float(done.predecessor_chance[k]),
                draw=float(predecessor_draw[product]),
            )
