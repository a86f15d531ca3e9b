# SPDX-License-Identifier: GPL-3.0-or-later
"""What a valid bundle looks like: every array's type, shape and range (stdlib and numpy only).

Shapes are written with letters; the same letter is the same length wherever it occurs in one avatar.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .bundle import Avatar, Camera, Hair, HeadMesh
from .errors import AvatarError

# name -> (dtype, shape)
HEAD_ARRAYS: dict[str, tuple[str, str]] = {
    "vertices": ("float32", "V 3"),
    "faces": ("int32", "F 4"),
    "face_parts": ("uint8", "F"),
    "uv": ("float32", "T 2"),
    "uv_faces": ("int32", "F 4"),
    "key_deltas": ("float32", "K V 3"),
    "emotion_levels": ("float32", "N"),
    "emotion_deltas": ("float32", "M N V 3"),
    "photo_delta": ("float32", "V 3"),
    "joint_positions": ("float32", "J 3"),
    "skin_weights": ("float32", "V J"),
    "scalp_uv": ("float32", "V 2"),
}
# May be missing; then the dataclass's empty default holds.
OPTIONAL_HEAD_ARRAYS: dict[str, tuple[str, str]] = {
    "mirrored_deltas": ("float32", "A N V 3"),
    "emotion_pairs": ("int32", "Q 2"),
    "pair_deltas": ("float32", "Q V 3"),
    "mirrored_photo_delta": ("float32", "V 3"),
}
HAIR_ARRAYS: dict[str, tuple[str, str]] = {
    "points": ("float32", "S P 3"),
    "root_vertices": ("int32", "S 3"),
    "root_barycentric": ("float32", "S 3"),
}
MAY_BE_NAN = {"scalp_uv"}
# Nothing on a head is farther from the origin than this, in metres.
MAX_COORDINATE = 10.0
MAX_LENGTH = {
    "V": 500_000,
    "F": 500_000,
    "T": 1_000_000,
    "K": 2_000,
    "M": 64,
    "N": 64,
    "A": 64,
    "Q": 2_048,
    "J": 256,
    "S": 200_000,
    "P": 1_000,
}


def check_avatar(avatar: Avatar) -> None:
    """Raise AvatarError ``bundle_invalid`` unless every array and number of the avatar is what the contract says."""
    lengths: dict[str, int] = {}
    head, hair = avatar.head, avatar.hair
    for owner, arrays in ((head, HEAD_ARRAYS), (hair, HAIR_ARRAYS)):
        for name, (dtype, shape) in arrays.items():
            _check_array(name, getattr(owner, name), dtype, shape, lengths)
    for name, (dtype, shape) in OPTIONAL_HEAD_ARRAYS.items():
        _check_array(name, getattr(head, name), dtype, shape, lengths if len(getattr(head, name)) else {})
    _check_names(head, lengths)
    _check_mesh(head)
    _check_emotions(head)
    _check_named_arrays(head, lengths)
    _check_hair(hair, lengths["V"])
    _check_camera(avatar.camera)
    _check_array("shape", avatar.shape, "float32", "I", {})
    _check_numbers("expression", avatar.expression.values())
    _check_numbers("pose", [angle for axis in avatar.pose.values() for angle in axis], count=3 * len(avatar.pose))
    _check_photo_emotions(avatar)
    _check_numbers("colors", [c for color in avatar.colors.values() for c in color], count=3 * len(avatar.colors))


def invalid(what: str) -> AvatarError:
    """The error for a bundle that breaks its contract."""
    return AvatarError(
        "bundle_invalid", f"The avatar bundle is damaged or not one of ours ({what}): create it again from the photo."
    )


def _check_array(name: str, array: np.ndarray, dtype: str, shape: str, lengths: dict[str, int]) -> None:
    if not isinstance(array, np.ndarray) or array.dtype != np.dtype(dtype):
        raise invalid(f"{name} is not an array of {dtype}")
    letters = shape.split()
    if array.ndim != len(letters):
        raise invalid(f"{name} has {array.ndim} axes instead of {len(letters)}")
    for letter, length in zip(letters, array.shape, strict=True):
        expected = int(letter) if letter.isdigit() else lengths.setdefault(letter, length)
        if length != expected or length > MAX_LENGTH.get(letter, length):
            raise invalid(f"{name} has the shape {array.shape}, expected {shape}")
    if array.dtype.kind != "f" or not array.size:
        return
    values = array[~np.isnan(array)] if name in MAY_BE_NAN else array
    if not np.isfinite(values).all():
        raise invalid(f"{name} holds values that are not numbers")
    if values.size and np.abs(values).max() > MAX_COORDINATE and name != "shape":
        raise invalid(f"{name} holds values beyond {MAX_COORDINATE:g}")


def _check_names(head: HeadMesh, lengths: Mapping[str, int]) -> None:
    for field, letter in (("key_names", "K"), ("emotion_names", "M"), ("joint_names", "J")):
        names = getattr(head, field)
        if len(names) != lengths[letter] or len(set(names)) != len(names) or not all(names):
            raise invalid(f"{field} does not name {lengths[letter]} different things")
    if not head.part_names or len(set(head.part_names)) != len(head.part_names):
        raise invalid("part_names")
    if len(head.joint_parents) != lengths["J"]:
        raise invalid("joint_parents")
    if any(not -1 <= parent < joint for joint, parent in enumerate(head.joint_parents)):
        raise invalid("a joint comes before its parent")


def _check_mesh(head: HeadMesh) -> None:
    for name, polygons, count in (("faces", head.faces, len(head.vertices)), ("uv_faces", head.uv_faces, len(head.uv))):
        if not len(polygons):
            raise invalid(f"{name} is empty")
        _check_indices(name, polygons[:, :3], count)
        fourth = polygons[:, 3]
        _check_indices(name, fourth[fourth != -1], count)
    if ((head.faces[:, 3] == -1) != (head.uv_faces[:, 3] == -1)).any():
        raise invalid("faces and uv_faces disagree about triangles")
    if head.face_parts.max() >= len(head.part_names):
        raise invalid("face_parts points beyond part_names")
    if head.uv.min() < -1e-4 or head.uv.max() > 1 + 1e-4:
        raise invalid("uv leaves the unit square")
    if (head.skin_weights < 0).any() or np.abs(head.skin_weights.sum(1) - 1).max() > 1e-3:
        raise invalid("skin_weights do not sum to 1")


def _check_emotions(head: HeadMesh) -> None:
    levels, mirrored, pairs = head.emotion_levels, head.mirrored_emotions, head.emotion_pairs
    if len(levels) and (levels[0] <= 0 or levels[-1] != 1 or (np.diff(levels) <= 0).any()):
        raise invalid("emotion_levels do not rise to 1")
    if len(mirrored) != len(head.mirrored_deltas) or len(set(mirrored)) != len(mirrored):
        raise invalid("mirrored_emotions does not name the mirrored deltas")
    if not set(mirrored) <= set(head.emotion_names):
        raise invalid("mirrored_emotions names an emotion that is not there")
    if len(pairs) != len(head.pair_deltas):
        raise invalid("emotion_pairs and pair_deltas differ in number")
    _check_indices("emotion_pairs", pairs, len(head.emotion_names) + len(mirrored))
    if len(np.unique(np.sort(pairs, 1), axis=0)) != len(pairs) or (pairs[:, 0] == pairs[:, 1]).any():
        raise invalid("emotion_pairs are not pairs of different emotions, each once")


def _check_photo_emotions(avatar: Avatar) -> None:
    _check_numbers("photo_emotions", avatar.photo_emotions.values(), 0.0, 1.0)
    if not set(avatar.photo_emotions) <= set(avatar.head.emotion_names):
        raise invalid("photo_emotions names an emotion that is not there")


def _check_named_arrays(head: HeadMesh, lengths: Mapping[str, int]) -> None:
    for name, mask in head.masks.items():
        _check_array(f"mask {name}", mask, "float32", "V", dict(lengths))
    if head.landmark_vertices.keys() != head.landmark_barycentric.keys():
        raise invalid("landmarks without weights")
    for name, vertices in head.landmark_vertices.items():
        local: dict[str, int] = {}
        _check_array(f"landmarks {name}", vertices, "int32", "L 3", local)
        _check_array(f"landmarks {name}", head.landmark_barycentric[name], "float32", "L 3", local)
        _check_indices(f"landmarks {name}", vertices, lengths["V"])


def _check_hair(hair: Hair, vertex_count: int) -> None:
    _check_indices("root_vertices", hair.root_vertices, vertex_count)
    if len(hair.points) and hair.points.shape[1] < 2:
        raise invalid("strands of fewer than two points")
    if not 0 <= hair.radius < 0.01 or not 0 <= hair.strands <= 10_000_000:
        raise invalid("hair radius or strand count")
    color = hair.color
    _check_numbers("hair colour", [*color.linear_rgb, color.melanin, color.redness, color.roughness], 0.0, 4.0, count=6)


def _check_camera(camera: Camera) -> None:
    matrix = camera.matrix_world
    if not isinstance(matrix, np.ndarray) or matrix.shape != (4, 4) or not np.isfinite(matrix).all():
        raise invalid("camera matrix")
    rotation = matrix[:3, :3]
    if np.abs(rotation @ rotation.T - np.eye(3)).max() > 1e-3 or np.abs(matrix[3] - [0, 0, 0, 1]).max() > 1e-6:
        raise invalid("camera matrix is no rigid motion")
    _check_numbers("camera", [camera.focal_px, *camera.center_px], limit=1e6, count=3)
    if camera.focal_px <= 0 or not 0 < camera.width <= 65_536 or not 0 < camera.height <= 65_536:
        raise invalid("camera size or focal length")


def _check_indices(name: str, indices: np.ndarray, count: int) -> None:
    if indices.size and (indices.min() < 0 or indices.max() >= count):
        raise invalid(f"{name} points outside 0..{count - 1}")


def _check_numbers(
    name: str, values: object, low: float | None = None, limit: float = 1e3, count: int | None = None
) -> None:
    numbers = list(values)  # type: ignore[call-overload]
    if count is not None and len(numbers) != count:
        raise invalid(f"{name} has {len(numbers)} numbers instead of {count}")
    for value in numbers:
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= limit:
            raise invalid(f"{name} holds {value!r}")
        if low is not None and value < low:
            raise invalid(f"{name} holds {value!r}")
