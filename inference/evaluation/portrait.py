# SPDX-License-Identifier: GPL-3.0-or-later
"""An avatar and its photo in one frame: what the camera of the photo sees of the avatar, before the photo's own background.

What the avatar has no part in, clothes and whatever stands behind the head, is the photo's in both pictures. Where the photo has head
or hair and the avatar has not, the surroundings are drawn on: missing hair is not made up for.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ..bundle import Avatar, Camera, HeadMesh
from ..face.camera import project
from ..head.landmark_sets import LEFT_BROW, RIGHT_BROW
from ..head.model import Surface
from ..photo.srgb import LUMINANCE, linear_from_srgb
from ..smoothstep import smoothstep
from ..texture.contours import FACE_OVAL, LEFT_EYE, OUTER_LIPS, RIGHT_EYE, fill, grow
from .fast_hair import SeenHair, lit_hair, see_hair
from .fast_render import SUPERSAMPLING, Look, Seen, developed, see
from .spherical_light import PORTRAIT_LIGHT, SphericalLight, fit_light

SIZE = 512
SURROUNDINGS = 2.4  # sides of the face's box that the frame shows
LANDMARKS, FOREHEAD, CHIN = "mediapipe_478", 10, 152
NECK = 0.02, 0.006  # metres below the chin at which the avatar has gone, and begins to go
HOLE_MARGIN = 0.012  # of the frame's side, around the photo's head
DARK = 0.05  # linear luminance below which all is equally dark
FEATURE_MARGIN, OUTLINE_MARGIN = 0.012, 0.005  # of the frame's side: what the light is not measured on


@dataclass(frozen=True)
class Frame:
    """A square part of the photo. camera: narrowed to it. photo: (S, S, 3) uint8 sRGB, black outside the photo.

    hair: (S, S) in [0, 1], the photo's hair; known: (S, S) bool, inside the photo.
    """

    camera: Camera
    photo: NDArray
    hair: NDArray
    known: NDArray


@dataclass(frozen=True)
class Regions:
    """Where pictures are compared, (S, S) bool each, all inside the photo.

    whole: everything. face: within the detector's outline of the face on the photo, without the photo's hair.
    head: the face and the hair of the photo, and whatever the avatar covers.
    """

    whole: NDArray
    head: NDArray
    face: NDArray

    def named(self) -> dict[str, NDArray]:
        return {"whole": self.whole, "head": self.head, "face": self.face}


@dataclass(frozen=True)
class Portrait:
    """The avatar in the frame. skin, hair: before light; cover: (h, w) of the head down to the neck, on the finer grid."""

    frame: Frame
    skin: Seen
    cover: NDArray
    hair: SeenHair


def frame_face(camera: Camera, photo: NDArray, hair: NDArray, box: NDArray, size: int = SIZE) -> Frame:
    """The surroundings of a face box (x0, y0, x1, y1) of a photo (H, W, 3) with its hair mask (H, W) in [0, 1]."""
    side = SURROUNDINGS * (box[2:] - box[:2]).max()
    return frame_box(camera, photo, hair, (box[:2] + box[2:]) / 2 - side / 2, size / side, (size, size))


def frame_box(
    camera: Camera, photo: NDArray, hair: NDArray, corner: NDArray, scale: float, size: tuple[int, int]
) -> Frame:
    """The part of a photo that begins at the corner (x, y), enlarged ``scale`` times; size = (width, height)."""
    center = (np.asarray(camera.center_px) - corner) * scale
    narrowed = replace(camera, focal_px=camera.focal_px * scale, center_px=tuple(center), width=size[0], height=size[1])
    inside = cut(np.ones(photo.shape[:2], np.float32), corner, scale, size) > 0.99
    return Frame(narrowed, cut(photo, corner, scale, size), cut(hair.astype(np.float32), corner, scale, size), inside)


def cut(pixels: NDArray, corner: NDArray, scale: float, size: tuple[int, int]) -> NDArray:
    """The part of a picture that begins at the corner (x, y; (0, 0) is the upper left pixel's corner), ``scale`` times as large."""
    if scale < 1:  # averaged before it is shrunk, or fine detail aliases
        pixels = cv2.GaussianBlur(pixels, (0, 0), 0.4 * np.sqrt(1 / scale**2 - 1), borderType=cv2.BORDER_REPLICATE)
    # Pixel centres lie half a pixel inside: centre i of the part is at corner + (i + 0.5) / scale - 0.5 of the picture.
    shift = np.asarray(corner) + 0.5 / scale - 0.5
    matrix = np.array([[1 / scale, 0, shift[0]], [0, 1 / scale, shift[1]]])
    method = cv2.INTER_LINEAR if scale < 1 else cv2.INTER_CUBIC
    return cv2.warpAffine(pixels, matrix, size, flags=method | cv2.WARP_INVERSE_MAP)


def see_portrait(frame: Frame, avatar: Avatar, surface: Surface, look: Look, vertices: NDArray) -> Portrait:
    """The avatar with its vertices (V, 3) posed as in the photo."""
    skin = see(surface, vertices, look, frame.camera)
    head = avatar.head
    below = _below_chin(frame.camera, head, vertices, skin.part.shape)
    cover = skin.covered * smoothstep(*NECK, below).astype(np.float32)
    roots = np.einsum("nkc,nk->nc", (vertices - head.vertices)[avatar.hair.root_vertices], avatar.hair.root_barycentric)
    skull = head.vertices[head.masks["scalp"] > 0.5].mean(0) if "scalp" in head.masks else head.vertices.mean(0)
    hair = see_hair(avatar.hair, avatar.hair.points + roots[:, None], skull, frame.camera, skin)
    return Portrait(frame, skin, cover, hair)


def regions(portrait: Portrait, landmarks: NDArray) -> Regions:
    """landmarks: (478, >= 2) of the face on the frame's photo."""
    frame = portrait.frame
    oval = fill(frame.known.shape, landmarks[list(FACE_OVAL), :2]) > 0
    hair = frame.hair > 0.5
    covered = _coarser(np.maximum(portrait.cover, portrait.hair.cover)) > 0.5
    return Regions(frame.known, (oval | hair | covered) & frame.known, oval & ~hair & frame.known)


def estimate_light(portrait: Portrait, landmarks: NDArray) -> SphericalLight:
    """The light of the photo: 27 numbers, measured on the bare skin of the face."""
    frame, size = portrait.frame, portrait.frame.known.shape
    features = fill(size, *(landmarks[list(c), :2] for c in (LEFT_EYE, RIGHT_EYE, OUTER_LIPS, LEFT_BROW, RIGHT_BROW)))
    hair = (frame.hair > 0.2).astype(np.uint8)
    features = np.maximum(grow(features, FEATURE_MARGIN * size[0]), grow(hair, FEATURE_MARGIN * size[0]))
    oval = fill(size, landmarks[list(FACE_OVAL), :2])
    oval = cv2.erode(oval, np.ones((2 * int(OUTLINE_MARGIN * size[0]) + 1,) * 2, np.uint8))
    every = slice(None, None, SUPERSAMPLING)
    skin = portrait.skin.part[every, every] == 0
    chosen = (oval > 0) & (features == 0) & skin & frame.known
    if chosen.sum() < 200:
        return PORTRAIT_LIGHT
    albedo, normal = portrait.skin.albedo[every, every][chosen], portrait.skin.normal[every, every][chosen]
    seen = linear_from_srgb(frame.photo[chosen].astype(np.float32) / 255)
    # A difference in the dark shows more in sRGB than the same in the light: about its curve's slope, squared.
    weight = (DARK + seen @ LUMINANCE) ** -1.1
    return fit_light(albedo, normal, seen, weight)


def picture(portrait: Portrait, avatar: Avatar, light: SphericalLight, plate: NDArray) -> NDArray:
    """(S, S, 3) uint8 sRGB of the avatar in this light before the plate (S, S, 3) uint8."""
    skin, hair = portrait.skin, portrait.hair
    linear = linear_from_srgb(np.arange(256, dtype=np.float32) / 255)[plate]
    linear = linear.repeat(SUPERSAMPLING, axis=0).repeat(SUPERSAMPLING, axis=1)
    shown = portrait.cover > 0
    lit = skin.albedo[shown] * light.on(skin.normal[shown])
    linear[shown] += portrait.cover[shown][:, None] * (lit - linear[shown])
    toward = portrait.frame.camera.matrix_world[:3, 2]
    linear += hair.cover[..., None] * (lit_hair(hair, avatar.hair.color, light, toward) - linear)
    return developed(linear)


def empty_plate(frame: Frame, head: NDArray) -> NDArray:
    """The frame's photo (S, S, 3) uint8 without the head (S, S) bool: the hole is filled smoothly from what is around it."""
    hole = grow(head.astype(np.uint8), HOLE_MARGIN * len(head)) > 0
    return np.where((hole | ~frame.known)[..., None], _filled(frame.photo, frame.known & ~hole), frame.photo)


def _filled(photo: NDArray, given: NDArray) -> NDArray[np.uint8]:
    """Colours where nothing is given, from halved pictures: the nearest level that knows something counts."""
    weight = given.astype(np.float32)
    levels = [np.dstack([photo.astype(np.float32) * weight[..., None], weight])]
    while min(levels[-1].shape[:2]) > 1:
        levels.append(cv2.pyrDown(levels[-1]))
    color = levels[-1][..., :3] / np.maximum(levels[-1][..., 3:], 1e-6)
    for level in levels[-2::-1]:
        above = cv2.pyrUp(color, dstsize=level.shape[1::-1])
        sure = np.minimum(level[..., 3:], 1)
        color = level[..., :3] / np.maximum(level[..., 3:], 1e-6) * sure + above * (1 - sure)
    return np.clip(color + 0.5, 0, 255).astype(np.uint8)


def _coarser(layer: NDArray) -> NDArray:
    size = layer.shape[1] // SUPERSAMPLING, layer.shape[0] // SUPERSAMPLING
    return cv2.resize(layer, size, interpolation=cv2.INTER_AREA)


def _below_chin(camera: Camera, head: HeadMesh, vertices: NDArray, size: tuple[int, int]) -> NDArray[np.float32]:
    """(h, w) metres at the chin's distance by which each pixel of the finer grid lies below the chin, along the face's own vertical.

    Minus infinity for a head without landmarks.
    """
    if LANDMARKS not in head.landmark_vertices:
        return np.full(size, -np.inf, np.float32)
    corners, weights = (
        found[LANDMARKS][[FOREHEAD, CHIN]] for found in (head.landmark_vertices, head.landmark_barycentric)
    )
    top, chin = project(camera, np.einsum("lkc,lk->lc", vertices[corners], weights))
    down = (chin - top)[:2] / max(float(np.linalg.norm((chin - top)[:2])), 1e-6)
    row, column = np.mgrid[: size[0], : size[1]].astype(np.float32) / SUPERSAMPLING
    return ((column - chin[0]) * down[0] + (row - chin[1]) * down[1]) * chin[2] / camera.focal_px
