"""Results made by hand: no model is run, so that every number in a brief is known beforehand.

Eight futures of 120 months. In the status quo the share of Chinese open models on the router climbs
to 40 % in the middle future, in the ban it falls to 10 %, and in the fund it goes either way.
"""

from __future__ import annotations

import numpy as np

from sim.compare import Comparison
from sim.log import ENTRY, NOTHING, Event
from sim.openness import BURDENS, OWN
from sim.outcomes import ROW, SERIES
from sim.result import Result
from sim.run_id import run_id
from sim.scenario import LeverSetting, Scenario, load_scenario, with_changes

FUTURES, MONTHS = 8, 120
ROUTER = ROW["cn_open_share_tokens", "router"]
# Of each future, the share of tokens on the router in the last month.
LAST = {
    "status_quo": [0.33, 0.35, 0.37, 0.39, 0.41, 0.43, 0.45, 0.47],
    "ban": [0.03, 0.05, 0.07, 0.09, 0.11, 0.13, 0.15, 0.17],
    "fund": [0.35, 0.33, 0.39, 0.37, 0.43, 0.41, 0.47, 0.45],
    "same": [0.33, 0.35, 0.37, 0.39, 0.41, 0.43, 0.45, 0.47],
}


def scenario(name: str, title: str = "") -> Scenario:
    """Return one of the scenarios the results are of."""
    base = load_scenario("status_quo")
    levers = {
        "ban": {"us_foreign_model_ban": LeverSetting(0.9, 48, 12)},
        "fund": {"us_open_funding": LeverSetting(400.0, 60)},
    }.get(name, {})
    titles = {"status_quo": "Status quo", "ban": "A ban", "fund": "A fund", "same": "The same"}
    made = with_changes(base, levers=levers)
    return Scenario(
        name=name,
        title=title or titles[name],
        story=f"The story of {name}.",
        levers=made.levers,
    )


def result(name: str, title: str = "") -> Result:
    """Return the futures of one scenario; a series climbs in a line to its last value."""
    values = np.empty((FUTURES, len(SERIES), MONTHS))
    ramp = np.linspace(0.0, 1.0, MONTHS)
    for row in range(len(SERIES)):
        last = 0.2 + 0.002 * (row % 50) + 0.01 * np.arange(FUTURES)
        values[:, row, :] = last[:, None] * (0.5 + 0.5 * ramp)
    values[:, ROUTER, :] = np.array(LAST[name])[:, None] * ramp
    meant = scenario(name, title)
    number = run_id(meant, seed=1, replicates=FUTURES, streams=1000)
    opens = 0.25 if name == "ban" else 0.5
    return Result(meant, 1, 1000, number, values, tuple(_log(opens, k) for k in range(FUTURES)))


def comparison(*names: str) -> Comparison:
    """Return the comparison of several; the first is what the others are compared with."""
    return Comparison(tuple(result(name) for name in names))


def _log(opens: float, future: int) -> np.ndarray:
    """Return four releases of one lab after the policy; burdens weigh more where it opens less."""
    terms = list(NOTHING)
    terms[BURDENS], terms[OWN], terms[-1] = -100.0 * (1.0 - opens), -10.0, 100.0
    entries = [
        (
            50 + k,
            int(Event.RELEASE),
            1,
            0,
            float((4 * future + k) % 4 < 4 * opens),
            opens,
            0.5,
            terms,
        )
        for k in range(4)
    ]
    return np.array([(*entry[:-1], tuple(entry[-1])) for entry in entries], dtype=ENTRY)
