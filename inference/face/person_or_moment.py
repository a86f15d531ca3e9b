# SPDX-License-Identifier: GPL-3.0-or-later
"""What the landmarks of one photo show, divided: what belongs to the person, and what to the moment.

Without a learned identity a displacement belongs to the person where the expression moves little. A learned one is what the
landmarks tell of the person; of what else they ask for, a part is kept on frontal faces (the front view is more like the photo
for it), none on turned ones: there it is noise and wrong depth (measured by ``judge-shape`` and ``same-person``). What points
along the line of sight is kept too: without it the detector sees noses on renders up to twice as far from the photo's (closed
loop of ``evaluate``). Brows are an exception: people's sit lower than those of the heads that identity was learned from.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from ..bundle import Camera
from ..head.landmark_sets import LEFT_BROW, RIGHT_BROW
from ..head.model import HeadModel
from ..smoothstep import smoothstep
from .camera import yaw_degrees
from .closed_mouth import keep_closed
from .gauss_newton import LinearFit
from .learned.identity import Identity

IDENTITY_ACTIVITY = 0.0025  # metres of expression displacement beyond which free-form is put down to the expression
LASTING = 0.5  # share of what a learned identity leaves unexplained that counts as the person's
FRONTAL, TURNED = 8.0, 25.0  # degrees of yaw between which that fades
# Mean of mouthSmile at which low brows begin to be the person's own, and are so fully: who smiles does not frown.
SMILES = (0.2, 0.45)
BROWS = RIGHT_BROW + LEFT_BROW
# Brows of calm faces on the trial photos lie 4 mm lower (median) than a learned identity puts them, which is no frown. All of it
# given to the person would look still more like the photo, but costs twice as much in ``judge-shape``, whose painted brows read low.
LOWERED_SHARE = 0.5
# Metres from the brows at which the skin no longer quite follows them, and no longer at all.
BROW_WIDTH = 0.007, 0.022


@dataclass(frozen=True)
class Division:
    """shape (S,), offsets (V, 3): the person. expression (E,), photo_offsets (V, 3): the moment. Metres."""

    shape: NDArray
    offsets: NDArray
    expression: NDArray
    photo_offsets: NDArray


def divide(
    model: HeadModel, linear: LinearFit, identity: Identity | None, displaced: NDArray, camera: Camera
) -> Division:
    """``displaced`` (V, 3): what the landmarks ask for beyond the linear fit (which stands on the identity's offsets)."""
    own_brows = _own_brows(model, linear.expression)
    own = np.tensordot(own_brows.astype(np.float32), model.expression_basis, 1)
    linear = replace(linear, expression=linear.expression - own_brows)
    share = _identity_share(model, linear.expression)[:, None]
    if identity is None:
        return Division(linear.shape, own + displaced * share, linear.expression, displaced * (1 - share))
    more = displaced + np.tensordot((linear.shape - identity.shape).astype(np.float32), model.shape_basis, 1)
    kept = LASTING * np.interp(abs(yaw_degrees(camera)), [FRONTAL, TURNED], [1, 0])
    lasting = keep_closed(model, kept * share * more)
    return _with_resting_brows(
        model,
        Division(identity.shape, identity.offsets + lasting + own, linear.expression, more - lasting),
        lasting + own,
    )


def _own_brows(model: HeadModel, expression: NDArray) -> NDArray:
    """(E,) the part of the expression that belongs to the person at rest: the lowered brows of a smiling face."""
    names = model.expression_names
    smile = np.mean(
        [expression[names.index(name)] for name in ("mouthSmileLeft", "mouthSmileRight") if name in names] or [0.0]
    )
    return smoothstep(*SMILES, smile) * _lowering(model) * expression


def _with_resting_brows(model: HeadModel, division: Division, person: NDArray) -> Division:
    """A share of the lowering of the brows given to the person. person: (V, 3) what the person has beyond the identity."""
    brows = model.landmarks["mediapipe_478"].points
    units = np.tensordot(division.expression.astype(np.float32), model.expression_basis, 1)
    height = [float(brows(moved)[list(BROWS), 2].mean()) for moved in (person, person + units + division.photo_offsets)]
    resting = LOWERED_SHARE * min(height[1], 0.0)
    lowered = min(resting - height[0], 0.0)
    moved = np.zeros_like(person)
    moved[:, 2] = lowered * _about_brows(model)
    # The units that lower brows are turned down by what they no longer need to do.
    left = np.clip(1 - lowered / min(height[1] - height[0], -1e-6), 0, 1)
    expression = division.expression * np.where(_lowering(model), left, 1)
    released = np.tensordot((division.expression - expression).astype(np.float32), model.expression_basis, 1)
    return replace(
        division,
        offsets=division.offsets + moved,
        expression=expression,
        photo_offsets=division.photo_offsets - moved + released,
    )


def _lowering(model: HeadModel) -> NDArray:
    """(E,) bool: units that lower the brows."""
    return np.array([name.startswith("browDown") for name in model.expression_names])


@lru_cache(maxsize=4)
def _about_brows(model: HeadModel) -> NDArray:
    """(V,) in [0, 1]: how far the head follows its brows."""
    brows = model.landmarks["mediapipe_478"].points(model.template)[list(BROWS)]
    return smoothstep(*BROW_WIDTH[::-1], cKDTree(brows).query(model.template)[0])


def _identity_share(model: HeadModel, expression: NDArray) -> NDArray:
    """(V,) in [0, 1]: how far a displacement belongs to the person and not to the expression of this photo."""
    moved = np.linalg.norm(np.tensordot(expression.astype(np.float32), model.expression_basis, 1), axis=1)
    return np.exp(-((moved / IDENTITY_ACTIVITY) ** 2))
