# SPDX-License-Identifier: GPL-3.0-or-later
"""The skeleton: neck, head, jaw and eyes, bound to the head by the bundle's smooth weights."""

from __future__ import annotations

from collections.abc import Mapping

import bpy
import numpy as np
from mathutils import Matrix, Vector

from ...inference.bundle import HeadMesh

EYE_BONE_LENGTH = 0.03
END_BONE_LENGTH = 0.12
JAW_BONE_LENGTH = 0.08


def build_armature(name: str) -> bpy.types.Object:
    """The armature object (not yet in a collection, no bones): bones need the view layer, see :func:`add_bones`."""
    armature = bpy.data.armatures.new(name)
    # In front, so that bones can be clicked, and thin, so that the face is seen.
    armature.display_type = "WIRE"
    armature_object = bpy.data.objects.new(name, armature)
    armature_object.show_in_front = True
    return armature_object


def add_bones(armature_object: bpy.types.Object, head: HeadMesh, view_layer: bpy.types.ViewLayer) -> None:
    """One bone per joint. Edit mode is the only way to make bones; the caller's active object comes back afterwards."""
    previous = view_layer.objects.active
    view_layer.objects.active = armature_object
    bpy.ops.object.mode_set(mode="EDIT")
    bones = armature_object.data.edit_bones
    for index, (name, parent) in enumerate(zip(head.joint_names, head.joint_parents, strict=True)):
        bone = bones.new(name)
        bone.head = head.joint_positions[index]
        bone.tail = bone.head + _bone_vector(head, index)
        # X across the face: a positive turn about it nods the head and opens the jaw.
        bone.align_roll(Vector((1.0, 0.0, 0.0)).cross(bone.vector))
        if parent >= 0:
            bone.parent = bones[head.joint_names[parent]]
    bpy.ops.object.mode_set(mode="OBJECT")
    view_layer.objects.active = previous


def bind(head_object: bpy.types.Object, armature_object: bpy.types.Object, head: HeadMesh) -> None:
    """Parent the head to the armature and give it the weights and the modifier."""
    head_object.parent = armature_object
    for index, name in enumerate(head.joint_names):
        group = head_object.vertex_groups.new(name=name)
        weights = np.round(head.skin_weights[:, index], 4)
        for weight in np.unique(weights[weights > 0]):
            group.add(np.flatnonzero(weights == weight).tolist(), float(weight), "REPLACE")
    modifier = head_object.modifiers.new("Armature", "ARMATURE")
    modifier.object = armature_object


def set_pose(armature_object: bpy.types.Object, pose: Mapping[str, tuple[float, float, float]]) -> None:
    """Turn bones by axis-angle rotations (radians) about the axes of the bundle's frame; bones not named are reset."""
    for bone in armature_object.pose.bones:
        axis_angle = Vector(pose.get(bone.name, (0.0, 0.0, 0.0)))
        rotation = Matrix.Rotation(axis_angle.length, 3, axis_angle) if axis_angle.length > 0 else Matrix.Identity(3)
        rest = bone.bone.matrix_local.to_3x3()
        bone.matrix_basis = (rest.inverted() @ rotation @ rest).to_4x4()


def _bone_vector(head: HeadMesh, index: int) -> Vector:
    """From a joint to its bone's tail: eyes look ahead, the jaw reaches for the chin, others for their child."""
    name, start = head.joint_names[index].lower(), head.joint_positions[index]
    if "eye" in name:
        return Vector((0.0, -EYE_BONE_LENGTH, 0.0))
    if "jaw" in name:
        moved = head.vertices[head.skin_weights[:, index] > 0.9]
        chin = moved[np.argmin(moved[:, 1] + moved[:, 2])] if len(moved) else start + np.array([0.0, -0.8, -0.6])
        return Vector((0.0, *(chin - start)[1:])).normalized() * JAW_BONE_LENGTH
    for child, parent in enumerate(head.joint_parents):
        child_name = head.joint_names[child].lower()
        if parent == index and "eye" not in child_name and "jaw" not in child_name:
            return Vector(head.joint_positions[child] - start)
    return Vector((0.0, 0.0, END_BONE_LENGTH))
