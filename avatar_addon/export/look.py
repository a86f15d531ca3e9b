# SPDX-License-Identifier: GPL-3.0-or-later
"""What the sliders of eyes and skin do to a texture, put into the texture: other programs do not have the nodes.

The formulas are those of Blender's nodes Hue/Saturation/Value, Mix (Color) and Map Range (Smooth Step), on linear colours.
"""

from __future__ import annotations

from collections.abc import Callable

import bpy
import numpy as np

from ..scene.eye_material import IRIS_BORDER, IRIS_CHANGE_NODE, IRIS_COLOR_NODE, IRIS_LIGHT_NODE, IRIS_RADIUS
from ..scene.skin_material import TONE_NODE


def apply_look(material: bpy.types.Material, image: bpy.types.Image) -> None:
    """Change the (copied, packed) picture as the material shows it; an untouched material leaves the file as it is."""
    nodes = material.node_tree.nodes
    tone, light = nodes.get(TONE_NODE), nodes.get(IRIS_LIGHT_NODE)
    if tone is not None and _turned(tone):
        _rewrite(image, lambda colors: hue_saturation(colors, tone, 1.0))
    elif light is not None:
        change, hue = nodes.get(IRIS_CHANGE_NODE), nodes.get(IRIS_COLOR_NODE)
        amount = change.inputs[1].default_value if change and hue else 0.0
        if amount > 0 or _turned(light):
            chosen = [s for s in hue.inputs if s.type == "RGBA"][1].default_value if hue else (0.0, 0.0, 0.0, 1.0)
            _rewrite(image, lambda colors: _iris(colors, np.array(chosen[:3]), amount, light))


def hue_saturation(colors: np.ndarray, node: bpy.types.Node, share: np.ndarray | float) -> np.ndarray:
    """(H, W, 3) linear colours through a node Hue/Saturation/Value; ``share`` is its factor."""
    hue, saturation, value = (node.inputs[name].default_value for name in ("Hue", "Saturation", "Value"))
    hsv = _hsv(colors)
    hsv[..., 0] = (hsv[..., 0] + hue + 0.5) % 1.0
    hsv[..., 1] = np.clip(hsv[..., 1] * saturation, 0, 1)
    hsv[..., 2] *= value
    return np.maximum(colors + share * (_rgb(hsv) - colors), 0)


def _iris(colors: np.ndarray, chosen: np.ndarray, amount: float, light: bpy.types.Node) -> np.ndarray:
    height, width = colors.shape[:2]
    v, u = np.meshgrid((np.arange(height) + 0.5) / height, (np.arange(width) + 0.5) / width, indexing="ij")
    outside = (np.hypot(u - 0.5, v - 0.5) - IRIS_RADIUS + IRIS_BORDER) / (2 * IRIS_BORDER)
    inside = 1 - np.clip(outside, 0, 1)
    inside = (inside * inside * (3 - 2 * inside))[..., None]
    wanted = _hsv(chosen[None, None])[0, 0]
    hsv = _hsv(colors)
    if wanted[1] > 0:
        hsv[..., :2] = wanted[:2]
    mixed = colors + np.clip(inside * amount, 0, 1) * (_rgb(hsv) - colors)
    return hue_saturation(mixed, light, inside)


def _turned(node: bpy.types.Node) -> bool:
    defaults = {"Hue": 0.5, "Saturation": 1.0, "Value": 1.0}
    return any(abs(node.inputs[name].default_value - value) > 1e-4 for name, value in defaults.items())


def _rewrite(image: bpy.types.Image, change: Callable[[np.ndarray], np.ndarray]) -> None:
    width, height = image.size
    pixels = np.empty(width * height * 4, np.float32)
    image.pixels.foreach_get(pixels)
    pixels = pixels.reshape(height, width, 4)
    encoded = pixels[..., :3].astype(np.float64)
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    changed = np.clip(change(linear), 0, 1)
    pixels[..., :3] = np.where(changed <= 0.0031308, 12.92 * changed, 1.055 * changed ** (1 / 2.4) - 0.055)
    image.pixels.foreach_set(pixels.ravel())
    image.file_format = "PNG"
    image.pack()


def _hsv(colors: np.ndarray) -> np.ndarray:
    """(..., 3) hue, saturation, value of colours."""
    high, low = colors.max(-1), colors.min(-1)
    span = high - low
    safe = np.where(span > 0, span, 1.0)
    red, green, blue = (colors[..., channel] for channel in range(3))
    sector = np.select(
        [high == red, high == green],
        [((green - blue) / safe) % 6, (blue - red) / safe + 2],
        (red - green) / safe + 4,
    )
    hue = np.where(span > 0, sector / 6, 0.0)
    saturation = np.where(high > 0, span / np.where(high > 0, high, 1.0), 0.0)
    return np.stack([hue, saturation, high], -1)


def _rgb(hsv: np.ndarray) -> np.ndarray:
    """The colours of (..., 3) hue, saturation, value."""
    hue, saturation, value = (hsv[..., channel, None] for channel in range(3))
    wave = np.clip(np.abs((hue * 6 + np.array([0.0, 4.0, 2.0])) % 6 - 3) - 1, 0, 1)
    return value * (1 + saturation * (wave - 1))
