# SPDX-License-Identifier: GPL-3.0-or-later
"""A synthetic person as layers without colours: what the camera sees where, how it is lit, and where the hair is.

Colours, clothes, backgrounds and other people are put in later (:mod:`.compose`), many times differently for each scene.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ....bundle import Camera
from ....evaluation.synthetic.subject import any_expression, learning_subject
from ....face.camera import FACING, from_extrinsics, project
from ....head.model import HeadModel, rotation_matrices, vertex_normals
from ....raster import interpolate, rasterize
from ....smoothstep import smoothstep
from ...groom import Detail, grow_style
from ...head_surface import HeadSurface, prepare_head
from ...library import load_style, style_names
from ...style import HairStyle
from .body import Solid, hat, torso
from .strand_picture import Lamps, StrandPicture, draw_strands

HEIGHT, WIDTH = 320, 264
FACE_PIXELS = 80
FACE_METRES = 0.185
SKETCH = Detail(leaders=140, points=28, guides=900)
HATS, BALD = 0.16, 0.06
HARD_LIGHT = 0.3
LONG = 0.25
NOTHING, SKIN, EYES, MOUTH, TEETH, LASHES, CLOTHES, HAT = range(8)
PART_CODES = {
    "skin": SKIN,
    "eyes": EYES,
    "mouth": MOUTH,
    "gums": MOUTH,
    "tongue": MOUTH,
    "teeth": TEETH,
    "lashes": LASHES,
}


@dataclass(frozen=True)
class Scene:
    """landmarks (478, 2) in pixels. part (h, w) uint8. chart (h, w, 2) float16: metres on the clothes or hat.

    The others are (h, w) uint8, 255 for 1. light, gloss: half of what falls on skin, clothes and hats; brows, beard, lips, roots:
    how much of each; iris: half the distance from the pupil in iris radii on an eye, else 1.
    hair (5, h, w): alpha, light, shine, tint, along (see :class:`StrandPicture`).
    """

    landmarks: NDArray
    part: NDArray
    light: NDArray
    gloss: NDArray
    brows: NDArray
    beard: NDArray
    lips: NDArray
    roots: NDArray
    chart: NDArray
    iris: NDArray
    hair: NDArray


def scenes(model: HeadModel, random: np.random.Generator) -> Iterator[Scene]:
    """Endless scenes; a few of each person."""
    names = [name for name in style_names() if name != "bald"]
    names += [name for name in names if load_style(name).length.top > LONG]  # rarer in the library than among people
    while True:
        subject = learning_subject(model, random)
        head = prepare_head(model, subject.neutral)
        for _ in range(5):
            name = "bald" if random.random() < BALD else str(random.choice(names))
            yield make_scene(head, _varied(load_style(name), random), random)


def make_scene(head: HeadSurface, style: HairStyle, random: np.random.Generator) -> Scene:
    """One person with one style in one pose and light."""
    model = head.model
    strands = grow_style(head, style, int(random.integers(1 << 30)), SKETCH).strands.astype(np.float64)
    expression = any_expression(model.expression_names, random) * random.uniform(0, 1)
    vertices = head.vertices + np.tensordot(expression, model.expression_basis, 1)
    camera = _camera(random)
    if random.random() < 0.5:
        strands = strands * [-1, 1, 1]  # the head is symmetric enough for a parting on the other side
    body = torso(random)
    if len(strands):
        strands = body.draped(strands, random.uniform(-0.02, 0.16))
    cover = hat(model, vertices, head.anatomy, random) if random.random() < HATS else None
    if cover is not None and len(strands):
        strands = cover.pressed(strands)
    solids = [body.solid] if cover is None else [body.solid, cover.solid]
    return _drawn(model, vertices, strands, solids, camera, random)


def _varied(style: HairStyle, random: np.random.Generator) -> HairStyle:
    longer, fuller = np.exp(random.normal(0, (0.25, 0.35)))
    length = style.length
    # Whether long hair falls before or behind the shoulders.
    drape = float(random.uniform(60, 181)) if random.random() < 0.6 else style.volume.drape
    return replace(
        style,
        length=replace(
            length,
            top=min(0.9, length.top * longer),
            sides=min(0.9, length.sides * longer),
            nape=min(0.9, length.nape * longer),
        ),
        volume=replace(style.volume, layer=min(0.12, style.volume.layer * fuller), drape=drape),
        flow=replace(style.flow, parting=float(np.clip(style.flow.parting + random.normal(0, 0.015), -0.06, 0.06))),
    )


def _camera(random: np.random.Generator) -> Camera:
    distance = float(np.exp(random.uniform(np.log(0.5), np.log(2.5))))
    yaw = float(np.clip(random.normal(0, 24), -60, 60))
    pitch, roll = random.normal(0, [8, 9])
    turns = zip((pitch, roll, yaw), np.eye(3), strict=True)
    about_x, about_y, about_z = (rotation_matrices(np.radians(angle) * axis) for angle, axis in turns)
    rotation = FACING @ about_x @ about_y @ about_z
    eyes = np.array([0.0, -0.02, 0.0])
    translation = np.array([0.0, 0.0, -distance]) - rotation @ eyes
    focal = FACE_PIXELS * random.uniform(0.9, 1.1) / FACE_METRES * distance
    center = (WIDTH / 2 + random.uniform(-14, 14), HEIGHT * 0.36 + random.uniform(-10, 10))
    return from_extrinsics(rotation, translation, focal, center, WIDTH, HEIGHT)


def _drawn(
    model: HeadModel,
    vertices: NDArray,
    strands: NDArray,
    solids: list[Solid],
    camera: Camera,
    random: np.random.Generator,
) -> Scene:
    parts = tuple(name for name in model.surface.part_names if name != "cornea")
    points = [vertices, *(solid.vertices for solid in solids)]
    starts = np.cumsum([0, *(len(p) for p in points)])
    triangles = [model.surface.triangles(*parts), *(s.triangles + o for s, o in zip(solids, starts[1:-1], strict=True))]
    codes = [
        np.array([PART_CODES[model.surface.part_names[k]] for k in model.surface.triangle_parts(*parts)]),
        *(np.full(len(s.triangles), code) for s, code in zip(solids, (CLOTHES, HAT), strict=False)),
    ]
    everything, faces, kind = np.concatenate(points), np.concatenate(triangles), np.concatenate(codes)
    pixels = project(camera, everything)
    a, b, c = (pixels[faces][:, k, :2] for k in range(3))
    shown = (np.cross(b - a, c - a) < 0) | (kind >= CLOTHES)
    # The bust's rim would stick out of the shoulders.
    shown &= ~((everything[faces][:, :, 2] < -0.17).any(1) & (kind == SKIN))
    faces, kind = faces[shown], kind[shown]
    fragments = rasterize(pixels, faces, HEIGHT, WIDTH)
    part = np.where(fragments.covered, kind[fragments.triangle], NOTHING).astype(np.uint8)
    attributes = np.zeros((len(everything), 9))
    attributes[: len(vertices), 0] = model.masks["lips"]
    attributes[: len(vertices), 1:4] = model.template
    for solid, start in zip(solids, starts[1:-1], strict=True):
        attributes[start : start + len(solid.vertices), 4:6] = solid.chart
    attributes[:, 6:9] = vertex_normals(everything, faces)
    seen = interpolate(fragments, faces, attributes)
    normals = seen[..., 6:9]
    toward = camera.matrix_world[:3, 3] - everything.mean(0)
    normals = normals * np.sign(np.einsum("hwc,c->hw", normals, toward))[..., None]
    lamps = _lamps(random)
    light = lamps.diffuse(normals.reshape(-1, 3), random.uniform(0.1, 0.4)).reshape(part.shape)
    half = lamps.directions + toward / np.linalg.norm(toward)
    half /= np.linalg.norm(half, axis=1, keepdims=True)
    gloss = np.clip(np.einsum("hwc,lc->hwl", normals, half), 0, 1) ** 14 @ lamps.strength
    place = seen[..., 1:4]
    landmarks = project(camera, model.landmarks["mediapipe_478"].points(vertices))[:, :2]
    skin = part == SKIN
    # Under the chin and behind the ears little light arrives.
    light = light * (1 - random.uniform(0, 0.6) * smoothstep(-0.10, -0.14, place[..., 2]) * skin)
    return Scene(
        landmarks.astype(np.float32),
        part,
        *(
            _bytes(layer)
            for layer in (
                light / 2,
                gloss / 2,
                _brows(landmarks, part.shape, random) * skin,
                _beard(place, random) * skin,
                seen[..., 0] * skin,
            )
        ),
        *_hair(strands, camera, fragments.depth, lamps, vertices, seen[..., 4:6], _iris(landmarks, part), random),
    )


def _hair(
    strands: NDArray,
    camera: Camera,
    depth: NDArray,
    lamps: Lamps,
    vertices: NDArray,
    chart: NDArray,
    iris: NDArray,
    random: np.random.Generator,
) -> tuple[NDArray, ...]:
    """roots, chart, iris and hair of a scene."""
    if len(strands):
        center = vertices[vertices[:, 2] > 0].mean(0)
        drawn = draw_strands(strands, camera, depth, lamps, center, random)
    else:
        drawn = StrandPicture(*np.zeros((6, HEIGHT, WIDTH), np.float32))
    hair = np.stack([drawn.alpha, drawn.light, drawn.shine, drawn.tint, drawn.along])
    return _bytes(drawn.roots), chart.astype(np.float16), _bytes(iris), _bytes(hair)


def _bytes(layer: NDArray) -> NDArray:
    return (np.clip(layer, 0, 1) * 255 + 0.5).astype(np.uint8)


def _lamps(random: np.random.Generator) -> Lamps:
    number = random.integers(1, 4)
    directions = random.uniform([-1.3, -1.2, -0.3], [1.3, 0.7, 1.2], (number, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    sky = random.uniform(0.02, 0.2) if random.random() < HARD_LIGHT else random.uniform(0.15, 0.75)
    return Lamps(directions, (1 - sky) * 1.8 * random.dirichlet(np.ones(number)), sky)


def _brows(landmarks: NDArray, shape: tuple[int, int], random: np.random.Generator) -> NDArray:
    layer = np.zeros(shape, np.float32)
    for line in ((107, 66, 105, 63, 70), (336, 296, 334, 293, 300)):
        points = landmarks[list(line)] + [0, random.uniform(1.0, 2.5)]
        cv2.polylines(
            layer, [np.round(points * 8).astype(np.int32)], False, 1.0, int(random.integers(2, 5)), cv2.LINE_AA, 3
        )
    return cv2.GaussianBlur(layer, (0, 0), 0.8) * random.uniform(0.3, 1.0)


def _beard(place: NDArray, random: np.random.Generator) -> NDArray:
    """Beards and stubble, with sideburns that end below the ear's middle."""
    if random.random() < 0.6:
        return np.zeros(place.shape[:2])
    x, y, z = np.abs(place[..., 0]), place[..., 1], place[..., 2]
    edge = random.uniform(-0.075, -0.05) + random.uniform(0.3, 0.9) * np.maximum(x - 0.03, 0)
    lower = smoothstep(edge + 0.006, edge - 0.006, z) * smoothstep(-0.135, -0.115, z) * smoothstep(0.09, 0.06, y)
    moustache = np.exp(-(((z + 0.055) / 0.006) ** 2)) * (x < 0.028)
    return np.clip(lower + moustache, 0, 1) * random.uniform(0.15, 1.0)


def _iris(landmarks: NDArray, part: NDArray) -> NDArray:
    rows, columns = np.mgrid[: part.shape[0], : part.shape[1]]
    near = np.full(part.shape, 9.0)
    for middle, edge in ((468, 469), (473, 474)):
        radius = max(1.0, float(np.hypot(*(landmarks[edge] - landmarks[middle]))))
        near = np.minimum(
            near, np.hypot(columns + 0.5 - landmarks[middle, 0], rows + 0.5 - landmarks[middle, 1]) / radius
        )
    return np.where(part == EYES, np.minimum(near, 2) / 2, 1)
