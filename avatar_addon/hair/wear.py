# SPDX-License-Identifier: GPL-3.0-or-later
"""Changing an avatar's hairstyle, without the inference process and without the bundle it came from."""

from __future__ import annotations

import bpy
import numpy as np

from ...inference.bundle import HairColor
from ...inference.bundle_style import StyleStrands
from ..scene.avatars import MARK
from ..scene.hair_coverage import mark_scalp
from ..scene.hair_material import hair_material
from ..scene.hair_object import build_hair
from ..scene.hair_scalp import Scalp, read_scalp
from ..scene.hair_sliders import copy_colors
from ..scene.hair_worn import FROM_PHOTO, HAIRSTYLE, collection_of, hair_objects, is_shown, worn_hair
from .fit import fit_style


def wear_style(head_object: bpy.types.Object, style: StyleStrands, replace: bool = False) -> bpy.types.Object:
    """Put the style on the avatar and answer its new hair object, in the colour of the hair worn before.

    The old hair is hidden; with ``replace`` it is removed, unless it is the photo's own. A style that is there but hidden
    comes back as it was left. Raises KeyError when the head is none of ours.
    """
    for known in hair_objects(head_object):
        if known[HAIRSTYLE] == style.info.name and FROM_PHOTO not in known:
            return show_hair(head_object, known, replace)
    before = worn_hair(head_object)
    scalp = read_scalp(head_object)
    hair = fit_style(style, scalp, _color(head_object))
    collection = collection_of(head_object)
    material = _material(head_object)
    name = f"{collection.name} {style.info.title}"
    hair_object = build_hair(name, hair, scalp, head_object, material, style.info.tail)
    collection.objects.link(hair_object)
    donor = before or next((item for item in hair_objects(head_object) if item is not hair_object), None)
    if donor is not None:
        copy_colors(donor, hair_object)
    _show_only(head_object, hair_object, replace, scalp)
    return hair_object


def show_hair(head_object: bpy.types.Object, hair_object: bpy.types.Object, replace: bool = False) -> bpy.types.Object:
    """Wear hair that the avatar already has, such as the photo's own."""
    before = worn_hair(head_object)
    if before is not None:
        copy_colors(before, hair_object)
    _show_only(head_object, hair_object, replace, read_scalp(head_object))
    return hair_object


def take_off(head_object: bpy.types.Object, replace: bool = False) -> None:
    """Leave the avatar bald."""
    _show_only(head_object, None, replace, read_scalp(head_object))


def _show_only(head_object: bpy.types.Object, chosen: bpy.types.Object | None, replace: bool, scalp: Scalp) -> None:
    for item in hair_objects(head_object):
        if item is chosen:
            item.hide_viewport = item.hide_render = False
        elif replace and is_shown(item) and FROM_PHOTO not in item:
            curves = item.data
            bpy.data.objects.remove(item)
            if not curves.users:
                bpy.data.hair_curves.remove(curves)
        else:
            item.hide_viewport = item.hide_render = True
    mark_scalp(head_object, scalp, _roots(chosen) if chosen else np.zeros((0, 3), np.float32))
    head_object.data.update_tag()


def _roots(hair_object: bpy.types.Object) -> np.ndarray:
    """(N, 3) first points of the guides."""
    curves = hair_object.data
    points = np.empty(len(curves.points) * 3, np.float32)
    curves.position_data.foreach_get("vector", points)
    starts = np.empty(len(curves.curves) + 1, np.int32)
    curves.curve_offset_data.foreach_get("value", starts)
    return points.reshape(-1, 3)[starts[:-1]]


def _color(head_object: bpy.types.Object) -> HairColor:
    color = head_object[MARK]["hair_color"]
    return HairColor(tuple(color["linear_rgb"]), color["melanin"], color["redness"], color["roughness"])


def _material(head_object: bpy.types.Object) -> bpy.types.Material:
    """All hair of an avatar shares one material; a bald one's is made from the colour that the photo's brows gave."""
    for item in hair_objects(head_object):
        if item.data.materials and item.data.materials[0]:
            return item.data.materials[0]
    return hair_material(f"{collection_of(head_object).name} hair", _color(head_object))
