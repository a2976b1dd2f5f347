"""Principal directions, against the definition."""

import numpy as np

from core.evaluation.directions import principal_directions


def test_directions_are_orthogonal_and_carry_their_variances_greatest_first() -> None:
    draw = np.random.default_rng(0)
    features = draw.normal(size=(200, 6)) @ draw.normal(size=(6, 6))
    centred = features - features.mean(axis=0)
    variances, directions = principal_directions(centred)
    np.testing.assert_allclose(directions.T @ directions, np.eye(6), atol=1e-12)
    np.testing.assert_allclose((centred @ directions).var(axis=0), variances)
    assert (np.diff(variances) <= 0).all()
