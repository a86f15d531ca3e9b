# SPDX-License-Identifier: GPL-3.0-or-later
"""The networks that come with the product (see data/SOURCE.md)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from ..head.model import HeadModel
from .network import EmotionNetwork, load_network

DATA = Path(__file__).parent / "data"
EMOTIONS_ONLY = DATA / "emotions.safetensors"
WITH_SHAPE = DATA / "emotions_and_shape.safetensors"


def shipped_network(model: HeadModel) -> EmotionNetwork:
    """The one that looks at the shape for the open head; the other for any head that has the ARKit directions."""
    with_shape = _loaded(WITH_SHAPE)
    return with_shape if with_shape.head == model.name else _loaded(EMOTIONS_ONLY)


@lru_cache(maxsize=2)
def _loaded(path: Path) -> EmotionNetwork:
    return load_network(path)
