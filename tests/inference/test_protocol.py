# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines between Blender and the worker."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.errors import AvatarError
from inference.protocol import (
    MAX_LINE_BYTES,
    Cancel,
    Create,
    Created,
    Faces,
    Failed,
    ListFaces,
    Message,
    Progress,
    Ready,
    decode,
    encode,
)

MESSAGES = [
    Create("1", "/photos/Zoë Ünal.jpg", "/out"),
    Create("1", "a", "b", 2, 2048, "mask.png", "bob"),
    ListFaces("2", "a"),
    ListFaces("2", "a", "small"),
    Cancel("1"),
    Ready(),
    Progress("1", "fit", 0.25, "Fitting the head"),
    Created("1", "/out", 2.5, ("one", "two")),
    Faces("2", ((1.0, 2.0, 3.0, 4.0),)),
    Faces("2", (), ("photo.png",)),
    Failed("1", "face_none", "No face.", None),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda m: type(m).__name__)
def test_round_trip(message: Message) -> None:
    line = encode(message)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert decode(line) == message


def test_a_file_name_that_is_no_unicode_survives() -> None:
    message = ListFaces("1", b"/photos/\xff.jpg".decode("utf-8", "surrogateescape"))
    assert decode(encode(message)) == message


def create(**changes: object) -> dict:
    return {"type": "create", "id": "1", "photo": "a", "output": "b"} | changes


@pytest.mark.parametrize(
    "data",
    [
        None,
        5,
        [],
        "create",
        {},
        {"type": "explode", "id": "1"},
        {"type": ["create"]},
        {"type": "create", "id": "1", "photo": "a"},
        create(extra=1),
        create(id=1),
        create(face="1"),
        create(face=1.5),
        create(face=True),
        create(photo=None),
        create(photo="x" * 40_000),
        create(hair_mask=[]),
        {"type": "progress", "id": "1", "stage": "s", "fraction": "half", "words": "w"},
        {"type": "created", "id": "1", "bundle": "b", "seconds": 1, "warnings": "none"},
        {"type": "found", "id": "1", "boxes": [1, 2]},
    ],
)
def test_anything_else_is_refused(data: object) -> None:
    with pytest.raises(AvatarError) as caught:
        decode(json.dumps(data).encode())
    assert caught.value.code == "request_invalid"


@pytest.mark.parametrize(
    "line", [b"", b"\n", b"{", b"\xff\xfe", b'{"type": NaN}', b"[" * 200_000, b" " * (MAX_LINE_BYTES + 1)]
)
def test_lines_that_are_no_json(line: bytes) -> None:
    with pytest.raises(AvatarError):
        decode(line)


@given(st.binary(max_size=300))
def test_noise_never_raises_anything_else(line: bytes) -> None:
    with pytest.raises(AvatarError):
        decode(line)
