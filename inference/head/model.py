# SPDX-License-Identifier: GPL-3.0-or-later
"""The parametric head: blend shapes followed by linear blend skinning.

Every head the product knows (the open head, FLAME, others later) is a ``HeadModel``: arrays, not a class of its own.
All positions are metres in the Blender frame: Z up, the face looks to -Y, the subject's left is +X.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

BLOCK = 2560  # vertices that are skinned at once: small enough for the processor's cache, and for BLAS not to wake other threads

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class LandmarkEmbedding:
    """Landmarks as barycentric points on the surface.

    vertices:    (L, 3) int32, the triangle's vertex indices.
    barycentric: (L, 3) float32, weights that sum to 1.
    sigma:       (L,) float32, metres; how precisely the detector that defines the landmarks hits this surface point.
    """

    vertices: IntArray
    barycentric: FloatArray
    sigma: FloatArray

    def points(self, positions: NDArray) -> NDArray:
        """(..., V, 3) vertex positions -> (..., L, 3) landmark positions."""
        return np.einsum("...lkc,lk->...lc", positions[..., self.vertices, :], self.barycentric)


@dataclass(frozen=True)
class ExpressionPrior:
    """What is plausible for expression coefficients before a photo is seen (mean zero).

    precision: (E, E) inverse covariance; low, high: (E,) bounds.
    """

    precision: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


@dataclass(frozen=True)
class Joints:
    """The skeleton: names, parent index of each joint (-1 for the root; parents come first), regressor and weights.

    regressor: (J, V) float32; joint position = regressor @ shaped vertices.
    weights:   (V, J) float32, rows sum to 1.
    """

    names: tuple[str, ...]
    parents: tuple[int, ...]
    regressor: FloatArray
    weights: FloatArray


@dataclass(frozen=True)
class Surface:
    """Polygons, parts and texture coordinates.

    faces:      (F, 4) int32 vertex indices, counter-clockwise from outside; triangles have -1 in the fourth column.
    face_parts: (F,) uint8 index into part_names.
    uv:         (T, 2) float32 in [0, 1], v up.
    uv_faces:   (F, 4) int32 indices into uv, -1 where faces has -1.
    """

    faces: IntArray
    face_parts: NDArray[np.uint8]
    part_names: tuple[str, ...]
    uv: FloatArray
    uv_faces: IntArray

    def triangles(self, *parts: str) -> IntArray:
        """(M, 3) vertex triangles of the named parts (all when none is named)."""
        return self._split(self.faces, parts)

    def uv_triangles(self, *parts: str) -> IntArray:
        """(M, 3) indices into ``uv``, in the order of :meth:`triangles`."""
        return self._split(self.uv_faces, parts)

    def triangle_parts(self, *parts: str) -> NDArray[np.uint8]:
        """(M,) index into part_names, in the order of :meth:`triangles`."""
        chosen = self._selected(parts)
        part, quad = self.face_parts[chosen], self.faces[chosen][:, 3] >= 0
        return np.concatenate([part, part[quad]])

    def part_vertices(self, *parts: str) -> IntArray:
        """Sorted unique vertex indices of the named parts."""
        used = np.unique(self.faces[self._selected(parts)])
        return used[used >= 0]

    def _selected(self, parts: tuple[str, ...]) -> NDArray[np.bool_]:
        if not parts:
            return np.ones(len(self.faces), bool)
        return np.isin(self.face_parts, [self.part_names.index(p) for p in parts])

    def _split(self, polygons: IntArray, parts: tuple[str, ...]) -> IntArray:
        chosen = self._selected(parts)
        polygons, quad = polygons[chosen], self.faces[chosen][:, 3] >= 0
        return np.concatenate([polygons[:, :3], polygons[quad][:, [0, 2, 3]]])


@dataclass(frozen=True, eq=False)  # compared and hashed by identity, so that what is derived from a model can be cached
class HeadModel:
    """A parametric head with V vertices, S shape and E expression directions, J joints.

    template:         (V, 3) float32
    shape_basis:      (S, V, 3) float32
    shape_mean:       (S,) float32, the prior's mean; shape_deviation: (S,) float32, its standard deviation
    expression_basis: (E, V, 3) float32, each for a coefficient of 1
    pose_basis:       (9 * (J - 1), V, 3) float32 pose correctives on vec(R_j - I), row-major, root left out; empty when there are none
    scalp_uv:         (V, 2) float32 in [0, 1] on the scalp (a chart without overlaps), NaN elsewhere
    masks:            name -> (V,) float32 in [0, 1]
    landmarks:        name -> LandmarkEmbedding ("mediapipe_478", "ibug_68", "now_7")
    use: "non-commercial" where the model's makers allow no other, else "".
    learned_expressions: how many of the last expression directions are a learned basis; those before are ARKit-named sliders.
    """

    name: str
    licence: str
    source: str
    template: FloatArray
    shape_basis: FloatArray
    shape_names: tuple[str, ...]
    shape_mean: FloatArray
    shape_deviation: FloatArray
    expression_basis: FloatArray
    expression_names: tuple[str, ...]
    expression_prior: ExpressionPrior
    pose_basis: FloatArray
    joints: Joints
    surface: Surface
    scalp_uv: FloatArray
    masks: dict[str, FloatArray] = field(default_factory=dict)
    landmarks: dict[str, LandmarkEmbedding] = field(default_factory=dict)
    use: str = ""
    learned_expressions: int = 0

    @property
    def sliders(self) -> slice:
        """The expression directions that are sliders from 0 to 1."""
        return slice(len(self.expression_names) - self.learned_expressions)

    def forward(
        self,
        shape: NDArray | None = None,
        expression: NDArray | None = None,
        pose: NDArray | None = None,
        offsets: NDArray | None = None,
    ) -> NDArray:
        """Vertices (V, 3) for coefficients; None means zero.

        shape:      (<= S,) coefficients; expression: (<= E,) coefficients.
        pose:       (J, 3) axis-angle in radians, each about its own joint.
        offsets:    (V, 3) metres added to the shaped vertices (free-form identity).
        Linear blend skinning as in SMPL/FLAME: v = sum_j w_j A_j (shaped + pose correctives).
        """
        shaped = self.shaped(shape, expression, offsets)
        return shaped if pose is None else self.skin(shaped, pose)

    def shaped(
        self, shape: NDArray | None = None, expression: NDArray | None = None, offsets: NDArray | None = None
    ) -> NDArray:
        """Unposed vertices (V, 3)."""
        vertices = self.template.astype(np.float32)  # a copy
        for basis, coefficients in ((self.shape_basis, shape), (self.expression_basis, expression)):
            if coefficients is not None:
                n = len(coefficients)
                vertices += np.tensordot(np.asarray(coefficients, np.float32), basis[:n], 1)
        return vertices if offsets is None else vertices + offsets

    def skin(self, shaped: NDArray, pose: NDArray) -> NDArray:
        """Pose correctives and linear blend skinning of (V, 3) shaped vertices by (J, 3) axis-angle rotations."""
        pose = np.asarray(pose, np.float64)
        rotations = rotation_matrices(pose)
        positions = self.joints.regressor @ shaped
        if len(self.pose_basis):
            features = (rotations[1:] - np.eye(3)).reshape(-1, 9).astype(np.float32)
            shaped = shaped.copy()
            for j in np.flatnonzero(features.any(1)):  # a joint at rest corrects nothing, and the basis is large
                shaped += np.tensordot(features[j], self.pose_basis[9 * j : 9 * j + 9], 1)
        motions = joint_motions(self.joints.parents, rotations, positions)
        return skinned(shaped[None], self.joints, pose[None], motions[None])[0]


def joint_motions(parents: tuple[int, ...], rotations: NDArray, positions: NDArray) -> NDArray[np.float64]:
    """(..., J, 4, 3) each joint's motion of row vectors (x, y, z, 1), the chain of (..., J, 3, 3) rotations about (..., J, 3) positions."""
    motions = np.empty((*rotations.shape[:-2], 4, 3))
    turns = np.swapaxes(rotations, -1, -2)  # of row vectors
    for joint, parent in enumerate(parents):
        turn, place = turns[..., joint, :, :], positions[..., joint, None, :]
        world = place
        if parent >= 0:
            above = motions[..., parent, :, :]
            turn = turn @ above[..., :3, :]
            world = place @ above[..., :3, :] + above[..., 3:, :]
        motions[..., joint, :3, :] = turn
        motions[..., joint, 3:, :] = world - place @ turn
    return motions


def skinned(vertices: NDArray, joints: Joints, pose: NDArray, motions: NDArray) -> NDArray:
    """(N, V, 3) vertices under linear blend skinning: sum_j w_j (v, 1) A_j.

    pose: (N, J, 3), which tells the joints at rest; motions: (N, J, 4, 3) from :func:`joint_motions`.
    A vertex' matrix is never formed: the sum is one product of the rows w_j (v, 1) with the stacked A_j.
    """
    weights, moving = joints.weights.T.astype(vertices.dtype), []
    for joint, parent in reversed(list(enumerate(joints.parents))):
        if parent >= 0 and not pose[:, joint].any():  # at rest it moves as its parent does
            weights[parent] += weights[joint]
        else:
            moving.append(joint)
    weights = weights[moving]
    # Of the vertices' kind: mixed kinds would cost five times as long.
    motions = motions[:, moving].reshape(len(pose), -1, 3).astype(vertices.dtype)
    moved = np.empty_like(vertices)
    for begin in range(0, vertices.shape[1], BLOCK):
        block = slice(begin, min(begin + BLOCK, vertices.shape[1]))
        share = weights[:, None, block]
        rows = np.empty((len(moving), 4, share.shape[-1]), vertices.dtype)
        rows[:, 3:] = share
        columns, by_axis = rows.reshape(-1, share.shape[-1]).T, np.empty((3, share.shape[-1]), vertices.dtype)
        for place, motion, target in zip(vertices[:, block], motions, moved[:, block], strict=True):
            np.copyto(by_axis, place.T)  # whole rows of numbers multiply faster than triples
            np.multiply(by_axis, share, out=rows[:, :3])
            np.matmul(columns, motion, out=target)
    return moved


def rotation_matrices(axis_angle: NDArray) -> NDArray:
    """(..., 3) axis-angle in radians -> (..., 3, 3) rotation matrices (Rodrigues' formula)."""
    angle = np.linalg.norm(axis_angle, axis=-1, keepdims=True)
    axis = axis_angle / np.maximum(angle, 1e-12)
    x, y, z = np.moveaxis(axis, -1, 0)
    zero = np.zeros_like(x)
    cross = np.stack([zero, -z, y, z, zero, -x, -y, x, zero], -1).reshape(*x.shape, 3, 3)
    angle = angle[..., None]
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * (cross @ cross)


def vertex_normals(vertices: NDArray, triangles: NDArray) -> NDArray:
    """Area-weighted unit vertex normals (V, 3); zero where a vertex has no triangle."""
    a, b, c = (vertices[triangles[:, k]] for k in range(3))
    face = np.cross(b - a, c - a)
    normals = np.zeros_like(vertices)
    for axis in range(3):
        for corner in range(3):
            normals[:, axis] += np.bincount(triangles[:, corner], face[:, axis], len(vertices))
    return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
