# SPDX-License-Identifier: GPL-3.0-or-later
"""Buttons of the emotion sliders; each press is one undo step."""

from __future__ import annotations

import random
from typing import ClassVar

import bpy

from ..scene.avatars import active_head
from .keys import keyframe_sliders, mirror_face, show_photo_expression
from .presets import PRESETS
from .sliders import photo_values, set_sliders, sliders


class _EmotionOperator:
    bl_options: ClassVar[set[str]] = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        head_object = active_head(context)
        if head_object is None or not sliders(head_object):
            cls.poll_message_set("There is no avatar with emotion sliders in this scene")
            return False
        if head_object.library is not None:
            cls.poll_message_set("The avatar is linked from another file: make a library override of it first")
            return False
        return True


class AVATAR_OT_emotions_reset(_EmotionOperator, bpy.types.Operator):
    """Set all emotion sliders to 0, and hide the photo's own expression"""

    bl_idname = "avatar.emotions_reset"
    bl_label = "Reset Emotions"

    def execute(self, context: bpy.types.Context) -> set[str]:
        head_object = active_head(context)
        set_sliders(head_object, {})
        show_photo_expression(head_object, 0.0)
        return {"FINISHED"}


class AVATAR_OT_emotions_randomise(_EmotionOperator, bpy.types.Operator):
    """Show one or two emotions by chance"""

    bl_idname = "avatar.emotions_randomise"
    bl_label = "Random Emotions"

    seed: bpy.props.IntProperty(name="Seed", description="Another number gives another face", default=0)
    amount: bpy.props.FloatProperty(
        name="Amount", description="How strong the emotions may be", default=1.0, min=0.0, max=1.0, subtype="FACTOR"
    )

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        self.seed = random.randrange(2**31)
        return self.execute(context)

    def execute(self, context: bpy.types.Context) -> set[str]:
        head_object = active_head(context)
        chance = random.Random(self.seed)
        chosen = chance.sample(sliders(head_object), k=min(chance.choice((1, 2)), len(sliders(head_object))))
        show_photo_expression(head_object, 0.0)
        set_sliders(head_object, {name: self.amount * chance.uniform(0.4, 1.0) for name in chosen})
        return {"FINISHED"}


class AVATAR_OT_emotions_mirror(_EmotionOperator, bpy.types.Operator):
    """Swap left and right: the side of one-sided emotions, the values of left and right shape keys, and the photo's expression"""

    bl_idname = "avatar.emotions_mirror"
    bl_label = "Mirror Face"

    def execute(self, context: bpy.types.Context) -> set[str]:
        mirror_face(active_head(context))
        return {"FINISHED"}


class AVATAR_OT_emotions_keyframe(_EmotionOperator, bpy.types.Operator):
    """Insert a keyframe for every emotion slider and side at the current frame"""

    bl_idname = "avatar.emotions_keyframe"
    bl_label = "Keyframe Emotions"

    def execute(self, context: bpy.types.Context) -> set[str]:
        keyframe_sliders(active_head(context), context.scene.frame_current)
        return {"FINISHED"}


class AVATAR_OT_emotions_preset(_EmotionOperator, bpy.types.Operator):
    """Set the emotion sliders to a ready mixture"""

    bl_idname = "avatar.emotions_preset"
    bl_label = "Mixed Emotions"

    preset: bpy.props.EnumProperty(
        name="Preset",
        items=[
            (name, label, ", ".join(f"{s} {v:.0%}" for s, v in mix.items())) for name, (label, mix) in PRESETS.items()
        ],
    )

    def execute(self, context: bpy.types.Context) -> set[str]:
        head_object = active_head(context)
        show_photo_expression(head_object, 0.0)
        set_sliders(head_object, PRESETS[self.preset][1])
        return {"FINISHED"}


class AVATAR_OT_emotions_photo(_EmotionOperator, bpy.types.Operator):
    """Start from the expression in the photo"""

    bl_idname = "avatar.emotions_photo"
    bl_label = "As in the Photo"

    exact: bpy.props.BoolProperty(
        name="Exact",
        description="The photo's own expression as a shape key; otherwise the sliders that come nearest to it",
        default=True,
    )

    def execute(self, context: bpy.types.Context) -> set[str]:
        head_object = active_head(context)
        show_photo_expression(head_object, float(self.exact))
        set_sliders(head_object, {} if self.exact else photo_values(head_object))
        if not self.exact and not any(photo_values(head_object).values()):
            self.report({"INFO"}, "The photo's expression is neutral, or none of these emotions")
        return {"FINISHED"}


CLASSES = (
    AVATAR_OT_emotions_reset,
    AVATAR_OT_emotions_randomise,
    AVATAR_OT_emotions_mirror,
    AVATAR_OT_emotions_keyframe,
    AVATAR_OT_emotions_preset,
    AVATAR_OT_emotions_photo,
)
