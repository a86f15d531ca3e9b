# SPDX-License-Identifier: GPL-3.0-or-later
"""A data set laid out like FaceScape's multi-view part (zhuhao-nju/facescape, doc/doc_mview_model.md)::

    FOLDER/[images/]ID/1_neutral/0.jpg ... params.json     ... ID/20_brow_lower/
    FOLDER/[meshes/]ID/1_neutral.ply                       ... ID/20_brow_lower.ply  (or .obj)
    FOLDER/[meshes/]ID/1_neutral.pp | .npy | .txt          seven landmarks, optional
    FOLDER/Rt_scale_dict.json                              ID -> expression's number -> [scale to millimetres, [R | t]], optional

``images`` and ``meshes`` may also have the names of the downloads (IMAGE_FOLDERS, MESH_FOLDERS), or be left out. Whatever is missing
is listed. Landmarks that are missing are found in the pictures by our detector and triangulated. Without the scales a mesh must be in
millimetres, centimetres or metres.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ...errors import AvatarError
from ...head.landmark_sets import IBUG_68, NOW_7
from ...photo.choose_face import choose_face
from ...photo.landmarks import find_landmarks
from ...photo.load import load_photo
from ...photo.types import Photo
from ..now.mesh_file import read_mesh
from ..now.scan import Scan, checked_scan
from ..now.seven_points import find_seven_points, read_seven_points
from .cameras import View, directions, read_views, triangulate
from .expressions import EXPRESSIONS, FOLDERS
from .item import SIDE_DEGREES, VIEWS, Item, LeftOut

IMAGE_FOLDERS = ("images", "IMGS_ROOT", "fsmview_images", "fsmview_trainset")
MESH_FOLDERS = ("meshes", "MESH_ROOT", "fsmview_shapes", "fsmview_meshes")
SCALES = "Rt_scale_dict.json"
PICTURES = (".jpg", ".jpeg", ".png")
PARTS = ("skin", "eyes")
ENOUGH_VIEWS, LEAST_VIEWS = 8, 3  # for landmarks
LONGEST = 900  # pixels of a picture in which landmarks to triangulate are looked for
TOLERANCE = 0.004  # of a ray; a face fills about 0.2
LARGEST_MISS = 0.02
ASPECT = 0.01  # by which a picture's shape may differ from the calibrated one
LARGEST_TURN, LARGEST_PITCH = 15.0, 25.0  # degrees a camera may stand away from the named view


@dataclass(frozen=True)
class _Moment:
    """One expression of one person: its pictures' folder and mesh."""

    person: str
    expression: str
    pictures: Path
    mesh: Path

    @property
    def name(self) -> str:
        return f"{self.person}/{self.pictures.name}"


@dataclass(frozen=True)
class _Set:
    """scales: (person, expression's number) -> millimetres per unit; frontal: serials of cameras that have seen faces well."""

    images: Path
    meshes: Path
    scales: dict[tuple[str, int], float]
    frontal: set[str] = field(default_factory=set)


def facescape_items(folder: Path, expressions: tuple[str, ...], people: int | None) -> Iterator[Item | LeftOut]:
    """A front and a side photo of every expression. Raises AvatarError ``evaluation_empty`` when nobody is there."""
    if not folder.is_dir():
        raise AvatarError("evaluation_empty", f"There is no folder {folder}: check the path.")
    images = next((folder / name for name in IMAGE_FOLDERS if (folder / name).is_dir()), folder)
    meshes = next((folder / name for name in MESH_FOLDERS if (folder / name).is_dir()), images)
    persons = sorted((path.name for path in images.iterdir() if path.is_dir() and path.name.isdigit()), key=int)
    if not persons:
        raise AvatarError(
            "evaluation_empty",
            f"{images} has no folders named 1, 2, ... with expressions in them: see FaceScape's layout.",
        )
    data = _Set(images, meshes, _scales(folder / SCALES))
    for person in persons[:people]:
        for expression in expressions:
            name = FOLDERS[EXPRESSIONS.index(expression)]
            mesh = next(
                (path for suffix in (".ply", ".obj") if (path := meshes / person / f"{name}{suffix}").is_file()),
                meshes / person / f"{name}.ply",
            )
            yield from _moment_items(_Moment(person, expression, images / person / name, mesh), data)


def _moment_items(moment: _Moment, data: _Set) -> Iterator[Item | LeftOut]:
    try:
        if not moment.pictures.is_dir():
            raise AvatarError("scan_invalid", f"There is no folder {moment.pictures}.")
        views = [view for view in read_views(moment.pictures / "params.json") if _picture(moment, view)]
        if not views:
            raise AvatarError("scan_invalid", f"{moment.pictures} has none of its valid pictures.")
        scan, marks = _scan(moment, views, data)
    except AvatarError as problem:
        yield LeftOut(moment.name, problem.message)
        return
    turns = directions(views, marks)
    for view in VIEWS:
        name = f"{moment.name}, {view}"
        try:
            chosen = _chosen(views, turns, view)
            photo = _undistorted(load_photo(_picture(moment, chosen)), chosen)
            photo, face = choose_face(photo, 1)
            landmarks = find_landmarks(photo, face)
        except AvatarError as problem:
            yield LeftOut(name, problem.message)
        else:
            yield Item(
                name, moment.expression, view, photo, landmarks, scan.vertices, scan.marks, PARTS, notes=scan.notes
            )


def _scan(moment: _Moment, views: list[View], data: _Set) -> tuple[Scan, NDArray]:
    """The scan in millimetres, and its seven landmarks in the cameras' frame."""
    mesh = read_mesh(moment.mesh, with_triangles=False)
    file = find_seven_points(moment.mesh)
    notes: tuple[str, ...] = ()
    if file is not None:
        marks = read_seven_points(file)
    else:
        marks = _seen_marks(moment, views, data.frontal)
        notes = ("the scan has no landmark file; its landmarks were triangulated from the pictures",)
    scale = data.scales.get((moment.person, EXPRESSIONS.index(moment.expression) + 1), 1.0)
    scan = checked_scan(scale * mesh.vertices, scale * marks, moment.name)
    return replace(scan, notes=(*scan.notes, *notes)), marks


def _seen_marks(moment: _Moment, views: list[View], frontal: set[str]) -> NDArray:
    """(7, 3) from the landmarks that our detector finds; cameras that were of use before are asked first."""
    seen, poses = [], []
    for view in sorted(views, key=lambda view: view.serial not in frontal):
        try:
            photo = load_photo(_picture(moment, view))
            small = LONGEST / max(photo.pixels.shape[:2])
            if small < 1:
                photo = replace(
                    photo, pixels=cv2.resize(photo.pixels, None, fx=small, fy=small, interpolation=cv2.INTER_AREA)
                )
            upright, face = choose_face(photo, 1)
            if upright.pixels.shape != photo.pixels.shape:
                continue
            points = find_landmarks(upright, face).points[[IBUG_68[n] for n in NOW_7], :2]
        except AvatarError:
            continue
        seen.append(view.rays(points * view.width / photo.pixels.shape[1] - 0.5))
        poses.append(view.pose)
        frontal.add(view.serial)
        if len(seen) == ENOUGH_VIEWS:
            break
    if len(seen) < LEAST_VIEWS:
        raise AvatarError(
            "scan_invalid",
            f"{moment.name}: the scan has no landmark file, and a face was found in only {len(seen)} of its pictures.",
        )
    found = [triangulate(rays, np.stack(poses), TOLERANCE) for rays in np.stack(seen, 1)]
    if max(miss for _, miss in found) > LARGEST_MISS:
        raise AvatarError(
            "scan_invalid", f"{moment.name}: the pictures do not agree where the landmarks are: check params.json."
        )
    return np.stack([point for point, _ in found])


def _chosen(views: list[View], turns: NDArray, view: str) -> View:
    wanted = SIDE_DEGREES if view == "side" else 0.0
    away = np.hypot(np.abs(turns[:, 0]) - wanted, 0.5 * turns[:, 1])
    allowed = (np.abs(np.abs(turns[:, 0]) - wanted) <= LARGEST_TURN) & (np.abs(turns[:, 1]) <= LARGEST_PITCH)
    if not allowed.any():
        raise AvatarError("scan_invalid", f"No valid camera stands within {LARGEST_TURN:.0f} degrees of this view.")
    return views[int(np.where(allowed, away, np.inf).argmin())]


def _picture(moment: _Moment, view: View) -> Path | None:
    places = (moment.pictures / f"{view.number}{suffix}" for suffix in PICTURES)
    return next((path for path in places if path.is_file()), None)


def _undistorted(photo: Photo, view: View) -> Photo:
    """The photo as a pinhole camera would have taken it; it may be smaller than the calibrated one."""
    height, width = photo.pixels.shape[:2]
    if abs(height / width - view.height / view.width) > ASPECT:
        raise AvatarError(
            "scan_invalid", f"{view.number}.jpg is not the picture of {view.width} x {view.height} pixels it should be."
        )
    matrix = view.matrix.copy()
    matrix[:2] *= width / view.width
    return replace(photo, pixels=cv2.undistort(photo.pixels, matrix, view.distortion))


def _scales(path: Path) -> dict[tuple[str, int], float]:
    if not path.is_file():
        return {}
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        found = {(p, int(e)): float(entry[0]) for p, rows in table.items() for e, entry in rows.items()}
        if not all(0 < scale < np.inf for scale in found.values()):
            raise ValueError("a scale is not positive")
    except (OSError, ValueError, TypeError, AttributeError, IndexError, KeyError) as problem:
        raise AvatarError("scan_invalid", f"{path} is not FaceScape's table of scales ({problem}).") from problem
    return found
