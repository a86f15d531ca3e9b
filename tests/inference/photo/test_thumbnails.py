# SPDX-License-Identifier: GPL-3.0-or-later
"""The pictures by which a person chooses a face."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from inference.errors import AvatarError
from inference.photo.find_faces import find_faces
from inference.photo.load import load_photo
from inference.photo.thumbnails import SIZE, write_thumbnails
from inference.photo.types import Photo


def test_photo_and_faces(astronaut: Path, tmp_path: Path) -> None:
    photo = load_photo(astronaut)
    faces = find_faces(photo)
    files = write_thumbnails(photo, faces, tmp_path / "small")
    assert [Path(file).name for file in files] == ["photo.png", "face-1.png"]
    for file in files:
        assert Image.open(file).size == (SIZE, SIZE)
    # The thumbnail shows the face: enlarged to a photo of its own, the detector finds it in the middle.
    face = np.array(Image.open(files[1]).resize((512, 512)))
    (found,) = find_faces(Photo("face", face))
    assert abs((found.box[0] + found.box[2]) / 2 - 256) < 30


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(AvatarError):
        write_thumbnails(Photo("a", np.zeros((40, 20, 3), np.uint8)), (), tmp_path / "file" / "folder")
