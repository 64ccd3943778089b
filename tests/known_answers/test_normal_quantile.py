"""The normal quantile agrees with an independent implementation."""

from __future__ import annotations

import numpy as np
from scipy import stats

from sim.chance import normal_quantile


def test_the_normal_quantile_is_that_of_scipy_far_into_both_tails() -> None:
    far = 10.0 ** -np.arange(2, 16)
    u = np.concatenate([np.linspace(0.001, 0.999, 4001), far, 1.0 - far[:8]])
    exact = stats.norm.ppf(u)
    np.testing.assert_allclose(normal_quantile(u), exact, rtol=1.2e-9, atol=1e-12)


def test_the_normal_quantile_rises_where_its_two_formulas_meet() -> None:
    for edge in (0.02425, 0.97575):
        u = edge + np.linspace(-1e-6, 1e-6, 201)
        assert (np.diff(normal_quantile(u)) > 0).all()
