# SPDX-License-Identifier: GPL-3.0-or-later
"""Finding avatars in a scene. Needs bpy alone, so that the panel does not wait for numpy."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from .hair_worn import collection_of, worn_hair

MARK = "portrait_avatar"
_KINDS = ("CAMERA", "LIGHT")


@dataclass(frozen=True)
class AvatarObjects:
    """Names of the data-blocks of one avatar; names, because references do not survive an undo. hair: worn now; None when bald."""

    collection: str
    head: str
    armature: str
    hair: str | None
    camera: str
    lights: tuple[str, ...]


def find_heads(scene: bpy.types.Scene) -> list[bpy.types.Object]:
    """The head objects of the scene's avatars."""
    return [item for item in scene.objects if item.type == "MESH" and MARK in item]


def active_head(context: bpy.types.Context) -> bpy.types.Object | None:
    """The head of the avatar that the active object belongs to; otherwise the scene's first; None without avatars."""
    heads = find_heads(context.scene)
    active = context.view_layer.objects.active
    if active is not None:
        for head_object in heads:
            if any(active.name in collection.objects for collection in head_object.users_collection):
                return head_object
    return heads[0] if heads else None


def avatar_objects(head_object: bpy.types.Object) -> AvatarObjects:
    """The other data-blocks of the avatar that a head belongs to, found again by their kind."""
    collection = collection_of(head_object)
    by_kind = {kind: [o.name for o in collection.objects if o.type == kind] for kind in _KINDS}
    hair_object = worn_hair(head_object)
    return AvatarObjects(
        collection=collection.name,
        head=head_object.name,
        armature=head_object.parent.name,
        hair=hair_object.name if hair_object else None,
        camera=next(iter(by_kind["CAMERA"]), ""),
        lights=tuple(by_kind["LIGHT"]),
    )
