# SPDX-License-Identifier: GPL-3.0-or-later
"""Which hair an avatar has and which it wears. Needs bpy alone."""

from __future__ import annotations

import bpy

# Properties of a hair object: its style's name; present when it is the photo's own hair, which is never thrown away.
HAIRSTYLE, FROM_PHOTO = "hairstyle", "from_photo"
# The slider of the brows' strands, by which their object is known.
BROW_THICKNESS = "Brow thickness"


def collection_of(head_object: bpy.types.Object) -> bpy.types.Collection:
    """The collection that holds everything of an avatar."""
    return next(c for c in head_object.users_collection if head_object.name in c.objects)


def hair_objects(head_object: bpy.types.Object) -> list[bpy.types.Object]:
    """All hairstyles of the avatar, worn and hidden."""
    items = collection_of(head_object).objects
    return [item for item in items if item.type == "CURVES" and HAIRSTYLE in item and item.parent == head_object]


def worn_hair(head_object: bpy.types.Object) -> bpy.types.Object | None:
    """The hair that is to be seen; None for a bald avatar."""
    return next((item for item in hair_objects(head_object) if is_shown(item)), None)


def photo_hair(head_object: bpy.types.Object) -> bpy.types.Object | None:
    """The photo's own hair, worn or hidden."""
    return next((item for item in hair_objects(head_object) if FROM_PHOTO in item), None)


def is_shown(hair_object: bpy.types.Object) -> bool:
    """Whether a render shows it."""
    return not hair_object.hide_render


def brow_object(head_object: bpy.types.Object) -> bpy.types.Object | None:
    """The strands of the brows."""
    items = collection_of(head_object).objects
    return next((item for item in items if item.type == "CURVES" and BROW_THICKNESS in item), None)
