"""What is ruled out, and samples of what is not: history matching, then a likelihood.

Implausibility of a trial for a target is |recorded - expected| / sd, with sd of measurement,
discrepancy and emulator together; a trial is ruled out when its third largest exceeds CUT, since
one or two of fifty targets may be far off by chance or by a fault of the model. The likelihood of
what is left is a Student t with NU degrees of freedom for each target, so that no single record
rules, and its logarithm is divided by REDUNDANCY, since many records repeat each other (eleven are
of one router). Sampling is by an affine-invariant ensemble (Goodman and Weare 2010; emcee).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.calibration.emulator import Emulator
from sim.calibration.prior import COLUMNS, FREE, design
from sim.chance import Dice, Purpose
from sim.observation import Target

Floats = npt.NDArray[np.float64]

CUT = 3.0
RANK = 3
NU = 5.0
REDUNDANCY = 2.0
WALKERS = 128
STEPS, BURN = 3000, 1000


@dataclass(frozen=True)
class Wanted:
    """What the record says of each target, and its error, on the target's scale."""

    value: Floats
    sd: Floats


def wanted(targets: Sequence[Target]) -> Wanted:
    """Return the recorded values and their errors."""
    return Wanted(
        np.array([target.wanted for target in targets]), np.array([t.sd for t in targets])
    )


def implausibility(emulator: Emulator, free: Floats, record: Wanted) -> Floats:
    """Return the third largest implausibility of each trial, shape (n,)."""
    mean, variance = emulator.predict(free)
    distance = np.abs(mean - record.value) / np.sqrt(variance + record.sd**2)
    return np.sort(distance, axis=1)[:, -RANK]


def log_likelihood(mean: Floats, variance: Floats, record: Wanted) -> Floats:
    """Return the log-likelihood of predictions, shape (n, targets) each, by trial, shape (n,)."""
    total = variance + record.sd**2
    z2 = (mean - record.value) ** 2 / total
    each = -0.5 * (NU + 1.0) * np.log1p(z2 / NU) - 0.5 * np.log(total)
    return np.asarray(each.sum(axis=1) / REDUNDANCY)


def sample(emulator: Emulator, record: Wanted, count: int, seed: int) -> Floats:
    """Return free coordinates drawn from prior times likelihood, shape (count, FREE)."""
    import emcee

    def log_posterior(free: Floats) -> Floats:
        inside = ((free > 0.0) & (free < 1.0)).all(axis=1)
        value = np.full(len(free), -np.inf)
        if inside.any():
            value[inside] = log_likelihood(*emulator.predict(free[inside]), record)
        return value

    sampler = emcee.EnsembleSampler(WALKERS, len(FREE), log_posterior, vectorize=True)
    sampler.random_state = _random_state(seed)
    sampler.run_mcmc(_start(emulator, record, seed), STEPS, skip_initial_state_check=True)
    chain = sampler.get_chain(discard=BURN, flat=True)
    places = np.linspace(0, len(chain) - 1, count).astype(np.int64)
    return np.asarray(chain[places])


def _start(emulator: Emulator, record: Wanted, seed: int) -> Floats:
    """Return where the walkers start: the likeliest of many trials spread over the cube."""
    spread = design(4096, seed)[:, COLUMNS]
    likely = log_likelihood(*emulator.predict(spread), record)
    return spread[np.argsort(-likely, kind="stable")[:WALKERS]]


def _random_state(seed: int) -> tuple[str, npt.NDArray[np.uint32], int, int, float]:
    """Return the state of the sampler's generator: its 624 words are draws of ours."""
    words = Dice(seed, 0).uniform(Purpose.WORLD, np.arange(624, dtype=np.uint64), 2) * 2.0**32
    return ("MT19937", words.astype(np.uint32), 624, 0, 0.0)
