# SPDX-License-Identifier: GPL-3.0-or-later
"""How much a landmark on averted skin still tells.

The detector guesses the far side from the near one: well on faces turned a little, not at all toward the profile.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FULLY_SEEN = 0.35  # cosine between the skin and the line of sight from which on a landmark counts fully
GUESSED_WELL, NOT_GUESSED = 38.0, 52.0  # degrees of yaw
LEAST = 0.02


def visibility(facing: NDArray, yaw_degrees: float, least: float) -> NDArray:
    """(L,) weights in (0, 1]. facing: (L,) cosines; least: the weight of averted landmarks on nearly frontal faces."""
    guessed = np.interp(abs(yaw_degrees), [GUESSED_WELL, NOT_GUESSED], [least, LEAST])
    return np.clip(facing / FULLY_SEEN, guessed, 1)
