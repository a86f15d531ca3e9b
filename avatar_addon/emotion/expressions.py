# SPDX-License-Identifier: GPL-3.0-or-later
"""The drivers' expressions: how sliders become weights of shape keys.

Blender evaluates these simple expressions itself, so they work with auto-run scripts off and without the add-on. A slider's share of
the face is u = slider / max(1, length of the slider vector); levels of one emotion are blended by hat functions of u, a pair's key has
the weight 2 u_a u_b. A one-sided emotion gives its share to two channels, right and left. numpy only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# One letter per emotion, in capitals its side, keeps expressions under Blender's limit of 256 characters. "e" could be an exponent.
LETTERS = "abcdfghijklm"
LONGEST = 255


@dataclass(frozen=True)
class Channel:
    """What pulls on the face: an emotion, or one side of it. side: None, "right" or "left"."""

    emotion: int
    side: str | None = None

    def amount(self) -> str:
        """The slider's part that goes to this channel, before the face is shared."""
        letter = LETTERS[self.emotion]
        return {None: letter, "right": f"{letter}*(1-{letter.upper()})", "left": f"{letter}*{letter.upper()}"}[
            self.side
        ]


def level_expression(channel: Channel, levels: np.ndarray, index: int, emotions: int) -> str:
    """Weight of level ``index``: 1 at its own share, 0 at its neighbours' and beyond.

    Below the first level the neighbour is 0; the last level goes on rising by itself. Raises ValueError for too many emotions.
    """
    share = f"{channel.amount()}/max(1,sqrt({squares(emotions)}))"
    own = float(levels[index])
    before = float(levels[index - 1]) if index else 0.0
    rise = _ratio(share, before, own - before)
    if index == len(levels) - 1:
        return _fits(f"max({rise},0)" if index else rise)
    after = float(levels[index + 1])
    return _fits(f"max(min({rise},{_ratio(f'{after:.6g}-{share}', 0.0, after - own)}),0)")


def pair_expression(first: Channel, second: Channel, emotions: int) -> str:
    """Weight of the key of two channels. Raises ValueError for too many emotions."""
    return _fits(f"2*{first.amount()}*{second.amount()}/max(1,{squares(emotions)})")


def squares(emotions: int) -> str:
    """The squared length of the slider vector."""
    if emotions > len(LETTERS):
        raise ValueError(f"more than {len(LETTERS)} emotions")
    return "+".join(f"{letter}*{letter}" for letter in LETTERS[:emotions])


def _ratio(value: str, minus: float, over: float) -> str:
    shifted = f"{value}-{minus:.6g}" if minus else value
    return shifted if over == 1 else f"({shifted})/{over:.6g}"


def _fits(expression: str) -> str:
    if len(expression) > LONGEST:
        raise ValueError("an emotion driver is too long for Blender")
    return expression
