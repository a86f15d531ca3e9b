# SPDX-License-Identifier: GPL-3.0-or-later
"""insightface's detector, by a stand-in with the package's documented interface: model_zoo.get_model, prepare, detect."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from inference.mica import detector
from inference.mica.detector import detected_points

BOX = (100.0, 80.0, 200.0, 210.0)
FIVE = np.array([(130, 120), (170, 121), (150, 150), (135, 180), (166, 181)], np.float32)


class Detector:
    """Sees two faces; remembers how it was called."""

    def __init__(self) -> None:
        self.prepared: dict[str, object] = {}
        self.seen: np.ndarray | None = None

    def prepare(self, ctx_id: int, **options: object) -> None:
        self.prepared = {"ctx_id": ctx_id, **options}

    def detect(self, img: np.ndarray, **_options: object) -> tuple[np.ndarray, np.ndarray]:
        self.seen = img
        boxes = np.array([(300, 300, 400, 400, 0.99), (104, 90, 198, 204, 0.8)], np.float32)
        return boxes, np.stack([FIVE + 200, FIVE])


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Detector:
    """An installed insightface, whose pack antelopev2 lies unpacked in its folder."""
    found = Detector()
    package, zoo = ModuleType("insightface"), ModuleType("insightface.model_zoo")
    package.__spec__ = zoo.__spec__ = object()
    zoo.get_model = lambda name, **_options: found if Path(name).is_file() else None
    monkeypatch.setitem(sys.modules, "insightface", package)
    monkeypatch.setitem(sys.modules, "insightface.model_zoo", zoo)
    monkeypatch.setenv("INSIGHTFACE_HOME", str(tmp_path))
    pack = tmp_path / "models" / "antelopev2" / "antelopev2"
    pack.mkdir(parents=True)
    (pack / "scrfd_10g_bnkps.onnx").write_bytes(b"weights")
    detector._opened.cache_clear()
    yield found
    detector._opened.cache_clear()


def picture() -> np.ndarray:
    pixels = np.zeros((480, 640, 3), np.uint8)
    pixels[..., 0] = 255  # red, in RGB
    return pixels


def test_the_chosen_faces_points_are_taken(stand_in: Detector) -> None:
    points, why_not = detected_points(picture(), BOX)
    assert why_not == ""
    assert np.array_equal(points, FIVE)
    assert stand_in.seen[0, 0].tolist() == [0, 0, 255], "insightface reads BGR"
    assert stand_in.prepared == {"ctx_id": -1, "input_size": (224, 224), "det_thresh": 0.5}


def test_another_face_is_not_taken_instead(stand_in: Detector) -> None:
    points, why_not = detected_points(picture(), (400.0, 20.0, 500.0, 120.0))
    assert points is None
    assert "does not see" in why_not


def test_without_the_package_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detector, "PACKAGE", "no_such_package_anywhere")
    assert detected_points(picture(), BOX) == (None, "no_such_package_anywhere is not installed")


def test_without_the_pack_nothing_is_loaded_or_fetched(
    stand_in: Detector, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("INSIGHTFACE_HOME", str(tmp_path / "empty"))
    points, why_not = detected_points(picture(), BOX)
    assert points is None
    assert "antelopev2" in why_not
    assert stand_in.prepared == {}


def test_a_package_that_fails_is_said(stand_in: Detector, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object, **_options: object) -> None:
        raise ImportError("no onnxruntime")

    monkeypatch.setattr(sys.modules["insightface.model_zoo"], "get_model", broken)
    points, why_not = detected_points(picture(), BOX)
    assert points is None
    assert "no onnxruntime" in why_not
