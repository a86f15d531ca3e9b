# SPDX-License-Identifier: GPL-3.0-or-later
"""The pictures that are compared: the photo's part around the face, and the avatar rendered from the photo's camera."""

from __future__ import annotations

import json
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ...bundle import Avatar
from ...errors import AvatarError
from ...photo.srgb import linear_from_srgb
from ...photo.types import FaceLandmarks
from ..fast_render import SUPERSAMPLING, developed
from ..likeness import AvatarViews, landmarks_of
from ..portrait import (
    Frame,
    Portrait,
    Regions,
    empty_plate,
    estimate_light,
    frame_box,
    frame_face,
    picture,
    regions,
    see_portrait,
)
from ..spherical_light import PORTRAIT_LIGHT

if TYPE_CHECKING:
    from .item import Settings

ROOT = Path(__file__).resolve().parents[3]
MINUTES = 60
THINNEST = 0.3  # cover below which the hair's own colour cannot be told from the wall's


@dataclass(frozen=True)
class Shots:
    """All (H, W, 3) uint8 sRGB in one frame. render: in the light estimated from the photo; studio: in the product's own light.

    With Cycles both are the same picture, in studio light, and ``note`` says so. posed: (V, 3) vertices as in the photo.
    """

    photo: NDArray
    render: NDArray
    studio: NDArray
    regions: Regions
    landmarks: FaceLandmarks
    face_center: NDArray
    portrait: Portrait
    posed: NDArray
    note: str = ""

    def pictures(self) -> dict[str, NDArray]:
        """Prefix of the figures' names -> picture."""
        return {"studio.": self.studio} if self.note else {"": self.render, "studio.": self.studio}


def quick_shots(settings: Settings, avatar: Avatar, views: AvatarViews) -> Shots:
    """By the quick renderer. Raises AvatarError when the photo's face is not found again."""
    box = np.array(avatar.report["face_box"], float)
    frame = frame_face(avatar.camera, views.photo.pixels, _hair_mask(avatar, views), box, settings.size)
    center = np.full(2, settings.size / 2)
    landmarks = landmarks_of(frame.photo, center)
    portrait, posed = _see(frame, avatar, views)
    areas = regions(portrait, landmarks.points)
    plate = empty_plate(frame, areas.head)
    light = estimate_light(portrait, landmarks.points)
    render, studio = (picture(portrait, avatar, lamp, plate) for lamp in (light, PORTRAIT_LIGHT))
    for shown in (render, studio):
        shown[~frame.known] = 0
    return Shots(frame.photo, render, studio, areas, landmarks, center, portrait, posed)


def cycles_shots(settings: Settings, bundle: Path, avatar: Avatar, views: AvatarViews) -> Shots:
    """By the add-on in Blender without a window, in its own studio light; cut out along the quick renderer's outline."""
    rendered, box = _cycles_picture(settings, bundle)
    height, width = rendered.shape[:2]
    corner, scale = np.array(box[:2]), width / (box[2] - box[0])
    frame = frame_box(avatar.camera, views.photo.pixels, _hair_mask(avatar, views), corner, scale, (width, height))
    face = np.array(avatar.report["face_box"], float)
    center = ((face[:2] + face[2:]) / 2 - corner) * scale
    landmarks = landmarks_of(frame.photo, center)
    portrait, posed = _see(frame, avatar, views)
    areas = regions(portrait, landmarks.points)
    plate = empty_plate(frame, areas.head)
    linear, behind = (_finer(linear_from_srgb(pixels / np.float32(255))) for pixels in (rendered, plate))
    solid = np.where(portrait.skin.covered, 1, portrait.hair.cover)[..., None]
    cover = np.maximum(portrait.cover, portrait.hair.cover)[..., None]
    if (grey := solid[..., 0] < 0.01).any():  # the studio's wall shows through the hair's edge: it is taken out
        wall = np.median(linear[grey], axis=0)
        linear = np.clip(wall + (linear - wall) / np.maximum(solid, THINNEST), 0, 1)
    render = developed(behind + cover * (linear - behind))
    render[~frame.known] = 0
    note = "Cycles renders in the add-on's studio light"
    return Shots(frame.photo, render, render, areas, landmarks, center, portrait, posed, note)


def _see(frame: Frame, avatar: Avatar, views: AvatarViews) -> tuple[Portrait, NDArray]:
    posed = views.posed_as_in_photo()
    return see_portrait(frame, avatar, views.surface, views.look, posed), posed


def _hair_mask(avatar: Avatar, views: AvatarViews) -> NDArray:
    if "hair_mask" not in avatar.textures:
        return np.zeros(views.photo.pixels.shape[:2], np.float32)
    return np.asarray(Image.open(avatar.textures["hair_mask"]).convert("L")) / np.float32(255)


def _finer(linear: NDArray) -> NDArray[np.float32]:
    return cv2.resize(linear, None, fx=SUPERSAMPLING, fy=SUPERSAMPLING, interpolation=cv2.INTER_NEAREST)


def _cycles_picture(settings: Settings, bundle: Path) -> tuple[NDArray, list[float]]:
    """The add-on's picture from the photo's camera, and the box of the photo that it shows."""
    with tempfile.TemporaryDirectory(prefix="portrait_avatar_") as folder:
        options = ["--formats", "", "--preview", "--views", "same_view"]
        size = ["--size", str(settings.size), "--samples", str(settings.samples)]
        command = [settings.cycles, ROOT / "avatar_addon/headless.py", bundle, "--out", folder, *options, *size]
        try:
            done = subprocess.run(
                [str(word) for word in command], capture_output=True, text=True, timeout=20 * MINUTES, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as problem:
            raise AvatarError(
                "request_invalid", f"Blender could not render with {settings.cycles} ({problem})."
            ) from problem
        try:
            view = json.loads((Path(folder) / "preview/views.json").read_text(encoding="utf-8"))["same_view"]
            return np.asarray(Image.open(Path(folder) / "preview" / view["file"]).convert("RGB")), view["photo_box"]
        except (OSError, ValueError, KeyError) as problem:
            last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
            raise AvatarError("request_invalid", f"Blender did not render the avatar: {last[:300]}.") from problem
