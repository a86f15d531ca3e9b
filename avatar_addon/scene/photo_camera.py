# SPDX-License-Identifier: GPL-3.0-or-later
"""The camera that took the photo, with the photo behind the head."""

from __future__ import annotations

import bpy
from mathutils import Matrix

from ...inference.bundle import Camera

SENSOR_WIDTH_MM = 36.0


def build_photo_camera(name: str, camera: Camera, photo: bpy.types.Image | None) -> bpy.types.Object:
    """A camera object (not yet in a collection) that sees the head as the photo does.

    The sensor is fitted to the picture's width, in which Blender also measures both shifts.
    """
    data = bpy.data.cameras.new(name)
    data.sensor_fit = "HORIZONTAL"
    data.sensor_width = SENSOR_WIDTH_MM
    data.lens = camera.focal_px / camera.width * SENSOR_WIDTH_MM
    data.shift_x = (camera.width / 2 - camera.center_px[0]) / camera.width
    data.shift_y = (camera.center_px[1] - camera.height / 2) / camera.width
    data.clip_start, data.clip_end = 0.01, 100.0
    data.display_size = 0.1
    data.passepartout_alpha = 0.8
    if photo is not None:
        background = data.background_images.new()
        background.image = photo
        background.alpha = 0.6
        background.display_depth = "BACK"
        background.frame_method = "FIT"
        data.show_background_images = True
    camera_object = bpy.data.objects.new(name, data)
    camera_object.matrix_world = Matrix(camera.matrix_world.tolist())
    return camera_object


def frame_photo(scene: bpy.types.Scene, camera: Camera, longest: int | None = None) -> None:
    """Give the render the photo's proportions; ``longest`` limits the longer side in pixels."""
    scale = 1.0 if longest is None else min(1.0, longest / max(camera.width, camera.height))
    scene.render.resolution_x = round(camera.width * scale)
    scene.render.resolution_y = round(camera.height * scale)
    scene.render.resolution_percentage = 100
    scene.render.pixel_aspect_x = scene.render.pixel_aspect_y = 1.0
