# SPDX-License-Identifier: GPL-3.0-or-later
"""One picture of a hairstyle from three sides, on a head that stands in the scene three times, turned."""

from __future__ import annotations

import math
from pathlib import Path

import bpy
from mathutils import Matrix, Vector

from ..preview.render import set_up_cycles
from ..scene.hair_object import set_strand_count
from ..scene.lighting import portrait_world

# Degrees about the vertical: what the asset's picture shows, the side, the back.
TURNS = (-28.0, -90.0, 180.0)
APART = 0.5
TILE = 160
STRANDS = 9000
ABOVE = 0.105
# direction the light comes from, strength, angle in degrees
SUNS = (((0.75, -1.0, 0.75), 2.1, 30), ((-0.9, -0.8, 0.2), 0.9, 60), ((-0.4, 0.9, 1.0), 2.2, 20))


def set_up_scene(head_object: bpy.types.Object, samples: int) -> bpy.types.Collection:
    """An empty scene with camera and light in which the returned collection is shown three times; put the hair there.

    Uses the current scene, whose own collections are hidden from the render.
    """
    scene = bpy.context.scene
    for child in scene.collection.children:
        child.hide_render = True
    set_up_cycles(scene, samples)
    # Every picture has other hair.
    scene.render.use_persistent_data = False
    scene.world = portrait_world("Pictures")
    scene.render.resolution_x, scene.render.resolution_y = TILE * len(TURNS), TILE
    scene.render.resolution_percentage = 100
    shown = bpy.data.collections.new("Shown")
    shown.objects.link(head_object)
    top = max(vertex.co.z for vertex in head_object.data.vertices)
    middle = Vector((0.0, 0.06, 0.0))
    for index, turn in enumerate(TURNS):
        copy = bpy.data.objects.new(f"Turned {turn:g}", None)
        copy.instance_type, copy.instance_collection = "COLLECTION", shown
        place = Vector(((index - 1) * APART, 0.0, 0.0))
        copy.matrix_world = (
            Matrix.Translation(place) @ Matrix.Rotation(math.radians(turn), 4, "Z") @ Matrix.Translation(-middle)
        )
        scene.collection.objects.link(copy)
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    camera.data.type, camera.data.ortho_scale = "ORTHO", APART * len(TURNS)
    camera.location = (0.0, -3.0, top + ABOVE - APART / 2)
    camera.rotation_euler = (math.pi / 2, 0.0, 0.0)
    scene.collection.objects.link(camera)
    scene.camera = camera
    for direction, strength, angle in SUNS:
        light = bpy.data.objects.new("Sun", bpy.data.lights.new("Sun", "SUN"))
        light.data.energy, light.data.angle = strength, math.radians(angle)
        light.rotation_euler = Vector(direction).to_track_quat("Z", "Y").to_euler()
        scene.collection.objects.link(light)
    return shown


def take_picture(hair_object: bpy.types.Object, shown: bpy.types.Collection, path: Path) -> None:
    """Render the hair on the head to a PNG of 3 TILE x TILE pixels. The hair object is left in ``shown``."""
    shown.objects.link(hair_object)
    set_strand_count(hair_object, min(hair_object["strands"], STRANDS), 1.0)
    bpy.context.scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True)
