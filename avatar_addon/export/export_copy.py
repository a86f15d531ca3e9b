# SPDX-License-Identifier: GPL-3.0-or-later
"""A copy of the avatar for the exporters, so that the user's own objects are never touched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import bpy
import numpy as np
from mathutils import Matrix

from ..scene.avatars import AvatarObjects
from ..scene.datablocks import remove_new, snapshot
from ..scene.hair_material import seen_color
from ..scene.hair_worn import BROW_THICKNESS, brow_object
from ..scene.head_object import SCALP_UV_MAP
from .brow_mesh import brow_mesh
from .flat_material import flat_material
from .hair_mesh import HairDetail, hair_mesh
from .options import ExportOptions


@dataclass(frozen=True)
class ExportCopy:
    """The copy's objects, which are selected; strands: meshes of the hair and of the brows. images: the copy's textures."""

    head: bpy.types.Object
    armature: bpy.types.Object
    strands: tuple[bpy.types.Object, ...]
    images: tuple[bpy.types.Image, ...]

    @property
    def meshes(self) -> tuple[bpy.types.Object, ...]:
        """All but the armature."""
        return self.head, *self.strands


@contextmanager
def export_copy(
    objects: AvatarObjects, folder: Path, posed: bool, options: ExportOptions | None = None
) -> Iterator[ExportCopy]:
    """The avatar once more, at the origin, with flat materials, hair and brows as meshes bound to the skull; gone afterwards.

    posed: hair in the current pose and expression (for formats that keep neither), else at rest. folder: where the
    textures' files will lie. The scene's selection is restored.
    """
    context = bpy.context
    selected, active = list(context.selected_objects), context.view_layer.objects.active
    before = snapshot()
    try:
        options = options or ExportOptions()
        copy = _copy(objects, folder, posed, options.hair)
        scale_copy(copy, options.scale)
        for item in selected:
            item.select_set(False)
        for item in (*copy.meshes, copy.armature):
            item.select_set(True)
        context.view_layer.objects.active = copy.head
        context.view_layer.update()
        yield copy
    finally:
        remove_new(before)
        for item in selected:
            item.select_set(True)
        context.view_layer.objects.active = active


def scale_copy(copy: ExportCopy, factor: float) -> None:
    """Multiply all lengths in the data itself; the objects' own scale stays 1."""
    transform_copy(copy, Matrix.Scale(factor, 4))


def transform_copy(copy: ExportCopy, matrix: Matrix) -> None:
    """Apply a similarity (4, 4) to meshes, shape keys and bones alike."""
    if matrix == Matrix.Identity(4):
        return
    for item in copy.meshes:
        item.data.transform(matrix, shape_keys=True)
    copy.armature.data.transform(matrix)


def file_name(name: str) -> str:
    """A name that every format and file system takes."""
    return re.sub(r"[^\w.-]+", "_", name).strip("_.") or "avatar"


def _copy(objects: AvatarObjects, folder: Path, posed: bool, detail: HairDetail | None) -> ExportCopy:
    stem = file_name(objects.collection)
    armature = _copied(objects.armature, f"{stem}_rig")
    armature.location = (0.0, 0.0, 0.0)
    head = _copied(objects.head, f"{stem}_head")
    head.parent = armature
    head.modifiers["Armature"].object = armature
    _freeze_drivers(objects.head, head)
    for index, slot in enumerate(head.data.materials):
        part = slot.name.removeprefix(f"{objects.collection} ")
        head.data.materials[index] = flat_material(slot, f"{stem}_{file_name(part)}", folder)
    strands = _strand_meshes(objects, head, armature, stem, folder, posed, detail) if detail else ()
    # Only now: it held the hair on the surface. Other programs would take it for a second texture's.
    head.data.uv_layers.remove(head.data.uv_layers[SCALP_UV_MAP])
    images = tuple(
        node.image for material in head.data.materials for node in material.node_tree.nodes if node.type == "TEX_IMAGE"
    )
    return ExportCopy(head, armature, strands, images)


def _copied(original: str, name: str) -> bpy.types.Object:
    source = bpy.data.objects[original]
    copy = source.copy()
    copy.data = source.data.copy()
    copy.name = copy.data.name = name
    bpy.context.scene.collection.objects.link(copy)
    return copy


def _freeze_drivers(original: str, head: bpy.types.Object) -> None:
    """The copy's shape keys keep the values that drivers give the original's."""
    keys = head.data.shape_keys
    keys.animation_data_clear()
    for source in bpy.data.objects[original].data.shape_keys.key_blocks:
        keys.key_blocks[source.name].value = source.value


def _strand_meshes(
    objects: AvatarObjects,
    head: bpy.types.Object,
    armature: bpy.types.Object,
    stem: str,
    folder: Path,
    posed: bool,
    detail: HairDetail,
) -> tuple[bpy.types.Object, ...]:
    """The hair that is worn, and the brows, as meshes in a collection."""
    values = {key.name: key.value for key in head.data.shape_keys.key_blocks}
    if not posed:
        armature.data.pose_position = "REST"
        for key in head.data.shape_keys.key_blocks:
            key.value = 0.0
    meshes = []
    hair, brows = bpy.data.objects.get(objects.hair or ""), brow_object(bpy.data.objects[objects.head])
    if hair is not None:
        with _attached(hair, head) as curves:
            low, high = np.array(head.bound_box).min(0), np.array(head.bound_box).max(0)
            meshes.append(hair_mesh(f"{stem}_hair", curves, (low + high) / 2, detail))
        meshes[-1].data.materials.append(
            flat_material(hair.data.materials[0], f"{stem}_hair", folder, seen_color(hair))
        )
    if brows is not None and brows[BROW_THICKNESS] > 0:
        with _attached(brows, head) as curves:
            meshes.append(brow_mesh(f"{stem}_brows", curves, head, with_keys=not posed))
        meshes[-1].data.materials.append(flat_material(brows.data.materials[0], f"{stem}_brows", folder))
    armature.data.pose_position = "POSE"
    keyed = [mesh.data.shape_keys for mesh in meshes if mesh.data.shape_keys is not None]
    for name, value in values.items():
        for keys in (head.data.shape_keys, *keyed):
            if name in keys.key_blocks:
                keys.key_blocks[name].value = value
    for mesh in meshes:
        bpy.context.scene.collection.objects.link(mesh)
        mesh.parent = armature
        mesh.matrix_parent_inverse = Matrix.Identity(4)
        if not posed:
            _bind_to_skull(mesh, head, armature)
    return tuple(meshes)


@contextmanager
def _attached(strands: bpy.types.Object, head: bpy.types.Object) -> Iterator[bpy.types.Object]:
    """A copy of strands that grows on the copy of the head."""
    curves = _copied(strands.name, f"{head.name}_strands")
    curves.hide_viewport = False
    curves.parent, curves.data.surface = head, head
    bpy.context.view_layer.update()
    try:
        yield curves
    finally:
        bpy.data.objects.remove(curves)


def _bind_to_skull(mesh: bpy.types.Object, head: bpy.types.Object, armature: bpy.types.Object) -> None:
    """Strands turn with the bone that carries the top of the head."""
    top = max(head.data.vertices, key=lambda vertex: vertex.co.z)
    strongest = max(top.groups, key=lambda group: group.weight)
    group = mesh.vertex_groups.new(name=head.vertex_groups[strongest.group].name)
    group.add(range(len(mesh.data.vertices)), 1.0, "REPLACE")
    mesh.modifiers.new("Armature", "ARMATURE").object = armature
