# SPDX-License-Identifier: GPL-3.0-or-later
"""A soft portrait light that renders the photo-derived skin as bright as the photo."""

from __future__ import annotations

import math
from dataclasses import dataclass

import bpy
import numpy as np
from mathutils import Vector

from ...inference.bundle import HeadMesh
from ..compat import enable_nodes
from .nodes import add_node

AMBIENT = 0.2
BACKGROUND = 0.22
LANDMARKS = "mediapipe_478"


@dataclass(frozen=True)
class AreaLight:
    """A square light aimed at the face.

    offset: metres from the face; size: metres. share: what it adds to the radiance of a white diffuse plane at the
    face, which faces -Y (the key and the fill) or the light itself (the rim, behind the head).
    """

    name: str
    offset: tuple[float, float, float]
    size: float
    share: float
    facing_light: bool = False


# Together with the ambient light a white plane at the face, facing the camera, reads 1.2. A face is no plane: it turns
# away and shades itself, and so its skin reads what the texture says (measured: cheeks and nose at 0.8 with 1.0).
FRONTAL_RADIANCE = 1.2
RIG = (
    AreaLight("Key", (0.75, -1.0, 0.55), 0.9, 0.62),
    AreaLight("Fill", (-0.85, -1.0, 0.10), 1.2, 0.38),
    AreaLight("Rim", (-0.4, 0.75, 1.0), 0.7, 0.25, facing_light=True),
)


def face_center(head: HeadMesh) -> np.ndarray:
    """(3,) metres: the middle of the face's landmarks, or of all vertices for a head without landmarks."""
    if LANDMARKS not in head.landmark_vertices:
        return head.vertices.mean(0)
    corners = head.vertices[head.landmark_vertices[LANDMARKS]]
    return np.einsum("lkc,lk->lc", corners, head.landmark_barycentric[LANDMARKS]).mean(0)


def build_lights(prefix: str, center: np.ndarray, receivers: bpy.types.Collection) -> list[bpy.types.Object]:
    """The rig's light objects (not yet in a collection). They light only ``receivers``, not the user's scene."""
    objects = []
    for light in RIG:
        data = bpy.data.lights.new(f"{prefix} {light.name}", "AREA")
        data.shape, data.size = "SQUARE", light.size
        data.energy = light.share / plane_radiance(light)
        light_object = bpy.data.objects.new(data.name, data)
        light_object.location = Vector(center) + Vector(light.offset)
        light_object.rotation_mode = "QUATERNION"
        light_object.rotation_quaternion = (-Vector(light.offset)).to_track_quat("-Z", "Y")
        light_object.light_linking.receiver_collection = receivers
        objects.append(light_object)
    return objects


def plane_radiance(light: AreaLight) -> float:
    """Radiance of a white diffuse plane at the face per watt of the light.

    A Blender area light of P watts and area A is Lambertian with radiance P / (pi A); the plane's irradiance is the
    integral of L cos(light) cos(plane) / d^2 over the light, its radiance that over pi.
    """
    aim = -np.asarray(light.offset) / np.linalg.norm(light.offset)
    plane = -aim if light.facing_light else np.array([0.0, -1.0, 0.0])
    across = np.cross(aim, [0.0, 0.0, 1.0])
    across /= np.linalg.norm(across)
    steps = (np.arange(32) + 0.5) / 32 - 0.5
    u, v = np.meshgrid(steps * light.size, steps * light.size)
    points = np.asarray(light.offset) + u[..., None] * across + v[..., None] * np.cross(across, aim)
    squared = (points**2).sum(-1)
    toward = points / np.sqrt(squared)[..., None]
    received = np.clip(toward @ plane, 0, None) * np.clip(-toward @ aim, 0, None) / squared
    # mean * area is the integral; the area cancels against the radiance's.
    return float(received.mean() / math.pi**2)


def portrait_world(name: str) -> bpy.types.World:
    """A world with a little even light, which shows itself to the camera as neutral grey."""
    world = bpy.data.worlds.new(name)
    tree = enable_nodes(world)
    tree.nodes.clear()
    path = add_node(tree, "ShaderNodeLightPath")
    strength = add_node(
        tree,
        "ShaderNodeMapRange",
        {"Value": path.outputs["Is Camera Ray"], "To Min": AMBIENT, "To Max": BACKGROUND},
    )
    background = add_node(
        tree, "ShaderNodeBackground", {"Color": (1.0, 1.0, 1.0, 1.0), "Strength": strength.outputs["Result"]}
    )
    add_node(tree, "ShaderNodeOutputWorld", {"Surface": background.outputs["Background"]})
    return world
