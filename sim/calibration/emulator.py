"""What the model shows as a function of the free assumptions, learnt from the bank of trials.

An ensemble of small neural networks (scikit-learn) on standardised outputs. The error of a
prediction has two parts: how far networks differ, and what is left after fitting, which holds the
luck of one future and all assumptions that are not free. Both enter the likelihood.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

MEMBERS = 4
LAYERS = (64, 64)
HELD_BACK = 0.2


@dataclass(frozen=True)
class Emulator:
    """Networks and scales; `residual_sd` is what is left after fitting, per target, in its unit."""

    networks: tuple[Any, ...]
    mean: Floats
    scale: Floats
    residual_sd: Floats

    def predict(self, free: Floats) -> tuple[Floats, Floats]:
        """Return mean and variance of each target at free coordinates, shape (n, targets) each."""
        guesses = np.stack([network.predict(2.0 * free - 1.0) for network in self.networks])
        mean = guesses.mean(axis=0) * self.scale + self.mean
        spread = guesses.var(axis=0) * self.scale**2
        return mean, spread + self.residual_sd**2


def train(free: Floats, shown: Floats, seed: int) -> Emulator:
    """Return an emulator of `shown`, shape (trials, targets), at `free`, shape (trials, FREE).

    Trials that show nothing for some target are left out. The residual is measured on trials held
    back from the fit, then all are used.
    """
    from sklearn.neural_network import MLPRegressor

    whole = np.isfinite(shown).all(axis=1)
    x, y = 2.0 * free[whole] - 1.0, shown[whole]
    mean, scale = y.mean(axis=0), np.maximum(y.std(axis=0), 1e-9)
    target = (y - mean) / scale

    def fitted(rows: slice, number: int) -> Any:
        network = MLPRegressor(
            hidden_layer_sizes=LAYERS,
            alpha=3e-3,
            learning_rate_init=2e-3,
            max_iter=400,
            early_stopping=True,
            n_iter_no_change=12,
            random_state=seed + number,
        )
        return network.fit(x[rows], target[rows])

    cut = int(len(x) * (1.0 - HELD_BACK))
    trial = np.mean([fitted(slice(0, cut), k).predict(x[cut:]) for k in range(2)], axis=0)
    residual = np.sqrt(np.mean((trial - target[cut:]) ** 2, axis=0)) * scale
    networks = tuple(fitted(slice(None), 10 + k) for k in range(MEMBERS))
    return Emulator(networks, mean, scale, residual)
