# SPDX-License-Identifier: GPL-3.0-or-later
"""The open head made ready for hair, once for all tests here."""

from __future__ import annotations

import pytest

from inference.hair.head_surface import HeadSurface, prepare_head
from inference.head.open_head import load_open_head


@pytest.fixture(scope="session")
def mean_head() -> HeadSurface:
    model = load_open_head()
    return prepare_head(model, model.template)


@pytest.fixture(scope="session")
def other_head() -> HeadSurface:
    """A head one deviation along the first ten shape directions."""
    model = load_open_head()
    return prepare_head(model, model.forward(model.shape_mean[:10] + model.shape_deviation[:10]))
