# SPDX-License-Identifier: GPL-3.0-or-later
"""A bundle becomes objects: the whole import in one screen."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import bpy

from ...inference.bundle import SCHEMA_VERSION, Avatar
from ..emotion.drivers import add_emotions
from .armature import add_bones, bind, build_armature
from .avatars import MARK, AvatarObjects
from .datablocks import remove_new, snapshot
from .hair_brows import build_brows
from .hair_coverage import mark_scalp
from .hair_material import hair_material
from .hair_object import build_hair
from .hair_scalp import read_scalp
from .hair_worn import FROM_PHOTO
from .head_object import build_head
from .lighting import build_lights, face_center, portrait_world
from .parts_materials import part_materials
from .photo_camera import build_photo_camera, frame_photo
from .place import free_place

# Custom property of heads that may not be used commercially; exporters that keep custom properties keep it.
LICENCE = "licence"


def build_avatar(avatar: Avatar, scene: bpy.types.Scene) -> AvatarObjects:
    """Add the avatar, as read by ``read_bundle``, to the scene in a collection of its own, named after the photo.

    What is already in the scene is left alone; the new avatar stands beside it. The scene's camera and world are set
    only where it has none. Must be called in object mode. Raises ValueError or RuntimeError, and leaves nothing behind,
    when the bundle's contents do not fit together.
    """
    place = free_place(scene)
    before = snapshot()
    try:
        collection = bpy.data.collections.new(avatar.name)
        scene.collection.children.link(collection)
        return _fill(collection, avatar, scene, place)
    except Exception:
        remove_new(before)
        raise


def _fill(collection: bpy.types.Collection, avatar: Avatar, scene: bpy.types.Scene, place: float) -> AvatarObjects:
    prefix, head = collection.name, avatar.head
    images = {role: _load_picture(f"{prefix} {role}", path) for role, path in avatar.textures.items()}

    bald = len(avatar.hair.points) == 0
    materials = part_materials(prefix, head.part_names, images, avatar.colors, avatar.hair.color.linear_rgb)
    head_object = build_head(f"{prefix} head", head, materials)
    collection.objects.link(head_object)
    add_emotions(head_object, avatar)
    head_object[MARK] = _mark(avatar)
    if made_with := head_object[MARK]["non_commercial"]:
        head_object[LICENCE] = f"Non-commercial use only: made with {made_with}"

    armature_object = build_armature(f"{prefix} armature")
    collection.objects.link(armature_object)
    view_layer = _view_layer(scene)
    view_layer.update()
    add_bones(armature_object, head, view_layer)
    bind(head_object, armature_object, head)

    hair_object = None
    if not bald:
        material = hair_material(f"{prefix} hair", avatar.hair.color)
        scalp = read_scalp(head_object)
        hair_object = build_hair(f"{prefix} hair", avatar.hair, scalp, head_object, material)
        hair_object[FROM_PHOTO] = True
        mark_scalp(head_object, scalp, avatar.hair.points[:, 0])
        collection.objects.link(hair_object)

    brows = build_brows(f"{prefix} brows", head, images.get("skin"), head_object)
    if brows is not None:
        collection.objects.link(brows)

    camera_object = build_photo_camera(f"{prefix} camera", avatar.camera, images.get("photo"))
    lights = build_lights(prefix, face_center(head), collection)
    for item in (camera_object, *lights):
        collection.objects.link(item)
        item.parent = armature_object
    armature_object.location.x = place
    _set_up_scene(scene, camera_object, avatar)
    return AvatarObjects(
        collection=collection.name,
        head=head_object.name,
        armature=armature_object.name,
        hair=hair_object.name if hair_object else None,
        camera=camera_object.name,
        lights=tuple(light.name for light in lights),
    )


def _load_picture(name: str, path: Path) -> bpy.types.Image:
    """The picture, packed: the .blend must not depend on the bundle's folder."""
    image = bpy.data.images.load(str(path))
    image.name = name
    image.pack()
    return image


def _mark(avatar: Avatar) -> dict[str, object]:
    """What the head remembers of its bundle."""
    return {
        "name": avatar.name,
        "schema_version": SCHEMA_VERSION,
        "head_model": avatar.head_model,
        "sources": [dict(source) for source in avatar.sources],
        "non_commercial": ", ".join(
            source["name"] for source in avatar.sources if source.get("use") == "non-commercial"
        ),
        "hair_color": asdict(avatar.hair.color),
        "expression": {key: float(value) for key, value in avatar.expression.items()},
        "pose": {joint: [float(x) for x in axis_angle] for joint, axis_angle in avatar.pose.items()},
    }


def _view_layer(scene: bpy.types.Scene) -> bpy.types.ViewLayer:
    context = bpy.context
    return context.view_layer if context.scene == scene else scene.view_layers[0]


def _set_up_scene(scene: bpy.types.Scene, camera_object: bpy.types.Object, avatar: Avatar) -> None:
    if scene.camera is None:
        scene.camera = camera_object
        frame_photo(scene, avatar.camera)
    if scene.world is None:
        scene.world = portrait_world(f"{avatar.name} world")
