# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of an avatar, rendered with Cycles on the CPU in a scene of their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import bpy

from ...inference.bundle import Avatar, Camera
from ..emotion.sliders import PHOTO_KEY, slider_name
from ..scene.armature import set_pose
from ..scene.avatars import AvatarObjects
from ..scene.hair_object import VIEWPORT_AMOUNT, set_strand_count
from ..scene.lighting import portrait_world
from ..scene.photo_camera import build_photo_camera, frame_photo
from .bust_fade import faded_bust
from .views import SAME_VIEW, TURNS, crop_to_subject, portrait_camera, portrait_subject

STRANDS = 12000


def view_names(avatar: Avatar) -> tuple[str, ...]:
    """Every picture of the contact sheet, in order."""
    return (SAME_VIEW, *TURNS, *avatar.head.emotion_names)


def render_views(
    avatar: Avatar,
    objects: AvatarObjects,
    folder: Path,
    views: tuple[str, ...],
    size: tuple[int, int] = (384, 480),
    samples: int = 12,
) -> dict[str, tuple[Path, tuple[float, ...] | None]]:
    """Render the named views to ``folder``/<view>.png, size = (width, height) pixels.

    Returns view -> (file, box in the photo that the picture shows; None for views that are not the photo's).
    The avatar is left neutral, as it was built.
    """
    folder.mkdir(parents=True, exist_ok=True)
    head_object = bpy.data.objects[objects.head]
    armature_object = bpy.data.objects[objects.armature]
    subject = portrait_subject(avatar)
    pictures = {}
    with _studio(avatar, objects, samples) as scene, faded_bust(head_object, avatar.head):
        for view in views:
            box = None
            if view == SAME_VIEW:
                camera, box = crop_to_subject(avatar.camera, subject, *size)
                head_object.data.shape_keys.key_blocks[PHOTO_KEY].value = 1.0
                set_pose(armature_object, avatar.pose)
            else:
                camera = portrait_camera(subject, TURNS.get(view, 0.0), *size)
            if view in avatar.head.emotion_names:
                _set_slider(head_object, view, 1.0)
            path = folder / f"{view}.png"
            _render(scene, armature_object, camera, path)
            pictures[view] = (path, box)
            if view == SAME_VIEW:
                head_object.data.shape_keys.key_blocks[PHOTO_KEY].value = 0.0
                set_pose(armature_object, {})
            if view in avatar.head.emotion_names:
                _set_slider(head_object, view, 0.0)
    return pictures


@contextmanager
def _studio(avatar: Avatar, objects: AvatarObjects, samples: int) -> Iterator[bpy.types.Scene]:
    """A scene with nothing but the avatar, its light and fewer strands."""
    scene = bpy.data.scenes.new("Avatar preview")
    scene.collection.children.link(bpy.data.collections[objects.collection])
    world = portrait_world("Avatar preview")
    scene.world = world
    set_up_cycles(scene, samples)
    hair_object = bpy.data.objects[objects.hair] if objects.hair else None
    if hair_object:
        set_strand_count(hair_object, min(avatar.hair.strands, STRANDS), 1.0)
    try:
        yield scene
    finally:
        if hair_object:
            set_strand_count(hair_object, avatar.hair.strands, VIEWPORT_AMOUNT)
        bpy.data.scenes.remove(scene)
        bpy.data.worlds.remove(world)


def set_up_cycles(scene: bpy.types.Scene, samples: int) -> None:
    """Few samples on the CPU, denoised, that do hair and skin justice."""
    scene.render.engine = "CYCLES"
    cycles = scene.cycles
    cycles.device = "CPU"
    cycles.samples = samples
    cycles.use_adaptive_sampling = False
    cycles.use_light_tree = False  # three lights need no tree; half the time
    cycles.use_denoising = _has_denoiser()
    cycles.denoising_prefilter, cycles.denoising_quality = "ACCURATE", "BALANCED"
    cycles.max_bounces, cycles.transparent_max_bounces = 4, 8
    cycles.diffuse_bounces = cycles.glossy_bounces = 2
    cycles.sample_clamp_direct, cycles.sample_clamp_indirect = 2.0, 1.0  # strands glitter at few samples
    cycles.caustics_reflective = cycles.caustics_refractive = False
    # The head stays in memory between pictures; only what moved is sent again.
    scene.render.use_persistent_data = True
    scene.view_settings.view_transform = "Standard"
    scene.view_settings.look = "None"
    scene.view_settings.exposure, scene.view_settings.gamma = 0.0, 1.0
    scene.render.image_settings.file_format = "PNG"
    scene.render.image_settings.color_mode = "RGB"


def _has_denoiser() -> bool:
    import _cycles

    return bool(_cycles.with_openimagedenoise)


def _render(scene: bpy.types.Scene, parent: bpy.types.Object, camera: Camera, path: Path) -> None:
    camera_object = build_photo_camera("Avatar preview", camera, None)
    camera_object.parent = parent
    scene.collection.objects.link(camera_object)
    scene.camera = camera_object
    frame_photo(scene, camera)
    scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True, scene=scene.name)
    bpy.data.cameras.remove(camera_object.data)


def _set_slider(head_object: bpy.types.Object, emotion: str, value: float) -> None:
    head_object[slider_name(emotion)] = value
    head_object.update_tag()
