# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts the skin texture together: the smooth colour field, plus detail seen, mirrored or made.

Detail is what the photo has beyond the field. Where the photo is trusted, field plus detail is the photo again.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ..smoothstep import smoothstep
from .atlas import Atlas
from .canvas import Canvas
from .color import LUMINANCE
from .detail import made_detail
from .field import SkinField
from .mottle import mottle
from .stains import even_stains

SEEN_FROM, SEEN_TO = 0.08, 0.45  # trust between which the photo takes over from what is made up
PATCH, DARKER_PATCH = 0.005, (0.05, 0.2)  # of the texture's side; log luminance below the mirror image
PREFERRED = 0.15, 0.75  # of what speaks for a side against its mirror image
COARSE = 0.008  # of the texture's side: detail coarser than this changes over slowly
# Log luminance beyond the field from which highlights are compressed, and how much of the excess is kept.
SHINE, LIP_SHINE = (0.10, 0.45), (0.10, 0.2)
PORE = 0.0018  # of the texture's side: what is finer belongs to the skin, what is coarser to an expression's creases
PORE_CONTRAST, CREASE_CONTRAST = 0.05, 0.045  # log colour
# Standard deviations of the skin's detail beyond which bright and dark spots are specks, and the share of the excess that is kept.
SPECKS, DARK_SPECKS, SPECKS_KEPT = 2.5, 12.0, 0.2
RIM, RIM_SHARES = (
    0.007,
    (0.6, 0.95),
)  # of the texture's side; mean seen share on the rim of the seen skin, and inside it
STRETCHED_LIPS = 0.6  # share of the detail that is left out on lips the expression has stretched


def compose_skin(
    canvas: Canvas, field: SkinField, sampled: NDArray, trust: NDArray, strained: NDArray
) -> NDArray[np.float32]:
    """(size, size, 3) log colour of the skin.

    sampled (size, size, 3) log colour of the photo at each texel; trust (size, size) in [0, 1]; strained (N,) as for the field.
    """
    regions = canvas.regions
    spread = canvas.spread(np.concatenate([field.color, field.light.correction - field.color], 1))
    smooth, detail = spread[..., :3], sampled + spread[..., 3:]
    lips = regions.lips
    masks = np.stack(
        [
            regions.plain,
            regions.plain * field.folded,
            field.lit * (1 - regions.neck * (1 - field.beard)),
            lips,
            lips * strained,
            field.beard,
            field.sideways,
            regions.lid_folds,
            regions.outer,
            (1 - np.maximum(regions.lips, regions.inner_mouth)) * (1 - regions.features),
        ],
        1,
    )
    plain, folded, usable, lips, stretched, beard, sideways, lid_folds, outer, skin = cv2.split(canvas.spread(masks))
    _dim_highlights(detail, plain, *SHINE)
    _dim_highlights(detail, lips, *LIP_SHINE)
    detail *= (1 - STRETCHED_LIPS * stretched)[..., None]
    # Skin may come from both sides at once; brows, lids and lips would show double.
    mixed = smoothstep(SEEN_FROM, SEEN_TO, trust) * smoothstep(*PREFERRED, usable)
    seen = mixed + (1 - plain) * (smoothstep(SEEN_FROM, SEEN_TO, trust * usable) - mixed)
    seen_of_mirror = cv2.remap(seen, canvas.atlas.mirror_x, canvas.atlas.mirror_y, cv2.INTER_LINEAR)
    _even_edges(canvas.atlas, detail, sideways * (1 - beard), seen)
    coarse, far_in = _coarse_part(detail, seen, plain)
    fine = detail - coarse
    _smooth_creases(coarse, fine, folded)
    made = made_detail(canvas.model, detail, trust * usable * plain * canvas.atlas.covered, beard)
    _limit_specks(fine, made.strength, plain * (1 - beard), seen)
    fill = made.fill * (1 - lid_folds)[..., None]  # a blink would stretch it to stripes
    fine += made.missing * plain[..., None]
    smooth += _with_mirror(canvas.atlas, np.dstack([fine * seen[..., None], seen]), fill)
    smooth += _with_mirror(canvas.atlas, np.dstack([coarse * far_in[..., None], far_in]))
    mottled = even_stains(canvas.atlas, smooth, plain * (1 - beard), outer)
    unseen = skin * (1 - beard) * (1 - np.maximum(seen, seen_of_mirror * plain))
    smooth += unseen[..., None] * mottle(canvas.model, len(smooth), mottled, field.color[regions.cheeks > 0.5].mean(0))
    return smooth


def _dim_highlights(detail: NDArray, where: NDArray, knee: float, slope: float) -> None:
    """Compresses what is much brighter than the field, and gives it the field's hue; in place."""
    brightness = cv2.transform(detail, LUMINANCE[None])
    beyond = np.maximum(brightness - knee, 0) * where
    shiny = beyond > 0
    beyond = beyond[shiny][:, None]
    color, grey = detail[shiny] - (1 - slope) * beyond, brightness[shiny][:, None] - (1 - slope) * beyond
    detail[shiny] = color + 0.6 * smoothstep(0.0, 0.3, beyond) * (grey - color)


def _smooth_creases(coarse: NDArray, fine: NDArray, folded: NDArray) -> None:
    """Leaves pores and a trace of the creases where the expression folds the skin; in place."""
    folded = folded[..., None]
    coarse += folded * (CREASE_CONTRAST * np.tanh(coarse / CREASE_CONTRAST) - coarse)
    pores = fine - cv2.GaussianBlur(fine, (0, 0), PORE * len(fine))
    pores = PORE_CONTRAST * np.tanh(pores / PORE_CONTRAST)
    fine += folded * (pores - fine)


def _even_edges(atlas: Atlas, detail: NDArray, where: NDArray, seen: NDArray) -> None:
    """Brightens patches of the face's edges, where light begins and ends, that are darker than their mirror image; in place."""
    size = len(detail)
    quarter = (size // 4, size // 4)
    small = cv2.resize(np.dstack([detail * seen[..., None], seen]), quarter, interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), PATCH * size / 4)
    mean = small[..., :3] / np.maximum(small[..., 3:], 1e-3)
    x, y = (
        cv2.resize(m, quarter, interpolation=cv2.INTER_LINEAR) / 4 - 0.375 for m in (atlas.mirror_x, atlas.mirror_y)
    )
    other = cv2.remap(np.dstack([mean, small[..., 3]]), x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    darker = cv2.transform(other[..., :3] - mean, LUMINANCE[None])
    share = smoothstep(*DARKER_PATCH, darker) * smoothstep(0.5, 0.9, other[..., 3])
    change = cv2.resize(share[..., None] * (other[..., :3] - mean), (size, size), interpolation=cv2.INTER_LINEAR)
    detail += where[..., None] * change


def _limit_specks(fine: NDArray, strength: NDArray, plain: NDArray, seen: NDArray) -> None:
    """Compresses what stands out of plain skin: bright specks everywhere, and anything on the rim of what was seen; in place."""
    size = len(fine)
    quarter = cv2.resize(seen, (size // 4, size // 4), interpolation=cv2.INTER_AREA)
    within = cv2.GaussianBlur(quarter, (0, 0), RIM * size / 4)
    inside = cv2.resize(smoothstep(*RIM_SHARES, within), (size, size), interpolation=cv2.INTER_LINEAR)
    share = (1 - SPECKS_KEPT) * plain
    for channel, deviation in enumerate(strength):
        values = fine[..., channel]
        above = cv2.max(values - SPECKS * deviation, 0)
        below = cv2.max(-values - deviation * (SPECKS + (DARK_SPECKS - SPECKS) * inside), 0)
        values += share * (below - above)


def _coarse_part(detail: NDArray, seen: NDArray, plain: NDArray) -> tuple[NDArray, NDArray]:
    """(the seen plain skin's mean over the neighbourhood, a weight that falls to 0 well inside the seen area)."""
    size = len(seen)
    weight = seen * np.maximum(plain, 0.01)
    layers = np.dstack([detail * weight[..., None], weight])
    quarter = (size // 4, size // 4)
    sigma = COARSE * size / 4
    blurred = cv2.GaussianBlur(cv2.resize(layers, quarter, interpolation=cv2.INTER_AREA), (0, 0), sigma)
    mean = blurred[..., :3] / np.maximum(blurred[..., 3:], 1e-3)
    inner = cv2.GaussianBlur(cv2.resize(seen, quarter, interpolation=cv2.INTER_AREA), (0, 0), 2 * sigma)
    full = cv2.resize(np.dstack([mean, smoothstep(0.5, 0.95, inner)]), (size, size), interpolation=cv2.INTER_LINEAR)
    return full[..., :3].copy(), full[..., 3] * seen


def _with_mirror(atlas: Atlas, layer: NDArray, otherwise: NDArray | None = None) -> NDArray:
    """layer (size, size, 4): values times their weight, and the weight. Where it has none, its mirror image, else ``otherwise``."""
    mirrored = cv2.remap(layer, atlas.mirror_x, atlas.mirror_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    # Channel by channel: numpy is slow on interleaved ones.
    *values, weight = cv2.split(layer)
    *others, other_weight = cv2.split(mirrored)
    if otherwise is not None:
        others = [other + (1 - other_weight) * last for other, last in zip(others, cv2.split(otherwise), strict=True)]
    return cv2.merge([value + (1 - weight) * other for value, other in zip(values, others, strict=True)])
