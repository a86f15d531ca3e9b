# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads MakeHuman's base mesh and targets into metres, Blender frame (Z up, face to -Y, subject's left +X)."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class MakeHuman:
    """The base mesh (19158 vertices) and where its targets lie.

    vertices (N, 3) metres; faces, uv_faces (F, 4); uv (T, 2); groups: face group names (F,); mirror (N,) the vertex on the other side.
    """

    folder: Path
    vertices: NDArray
    faces: NDArray
    uv: NDArray
    uv_faces: NDArray
    groups: NDArray
    mirror: NDArray

    def target(self, name: str) -> NDArray:
        """(N, 3) displacement of a target named by its path below ``targets`` without suffix, e.g. ``nose/nose-hump-incr``."""
        path = self.folder / "mpfb2" / "targets" / f"{name}.target.gz"
        return self._displacement(gzip.decompress(path.read_bytes()).decode())

    def face_unit(self, name: str) -> NDArray:
        """(N, 3) displacement of an ARKit face unit."""
        return self._displacement(
            (self.folder / "faceunits01" / "targets" / "faceunits" / f"{name}.target").read_text()
        )

    def bone_weights(self, bone: str) -> NDArray:
        """(N,) weights of a bone of the default rig."""
        table = json.loads((self.folder / "mpfb2" / "rigs" / "standard" / "weights.default.json").read_text())
        weights = np.zeros(len(self.vertices))
        for index, weight in table["weights"][bone]:
            weights[index] = weight
        return weights

    def _displacement(self, text: str) -> NDArray:
        rows = [line.split() for line in text.splitlines() if line.strip() and not line.startswith("#")]
        displacement = np.zeros_like(self.vertices)
        if rows:
            values = np.array(rows, float)
            displacement[values[:, 0].astype(int)] = to_blender(values[:, 1:])
        return displacement


def to_blender(points: NDArray) -> NDArray:
    """MakeHuman decimetres (Y up, face to +Z) -> metres, Z up, face to -Y."""
    return np.stack([points[:, 0], -points[:, 2], points[:, 1]], 1) * 0.1


def read_makehuman(folder: Path) -> MakeHuman:
    """Reads the base mesh below ``folder`` (see :func:`fetch.fetch_makehuman`)."""
    vertices, uv, faces, uv_faces, groups = [], [], [], [], []
    group = ""
    for line in (folder / "mpfb2" / "3dobjs" / "base.obj").read_text().splitlines():
        key, *values = line.split() or [""]
        if key == "v":
            vertices.append(values[:3])
        elif key == "vt":
            uv.append(values[:2])
        elif key == "g":
            group = values[0]
        elif key == "f":
            corners = [corner.split("/") for corner in values]
            faces.append([int(corner[0]) - 1 for corner in corners])
            uv_faces.append([int(corner[1]) - 1 for corner in corners])
            groups.append(group)
    rows = (folder / "mpfb2" / "mesh_metadata" / "hm08.mirror").read_text().split("\n")
    pairs = np.array([row.split()[:2] for row in rows if row.strip()], int)
    mirror = np.arange(len(vertices))
    mirror[pairs[:, 0]] = pairs[:, 1]
    return MakeHuman(
        folder,
        to_blender(np.array(vertices, float)),
        np.array(faces),
        np.array(uv, float),
        np.array(uv_faces),
        np.array(groups),
        mirror,
    )
