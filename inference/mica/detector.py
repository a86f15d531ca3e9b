# SPDX-License-Identifier: GPL-3.0-or-later
"""The five points that MICA was trained with: insightface's detector, where the user has that package and its model pack.

Never a dependency and never fetched: insightface's own loader would download a missing pack, so the pack's file is looked for first and
then opened by its path. Detection runs at 224 pixels with a score of 0.5, as MICA does.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

PACKAGE = "insightface"
FOLDER = "INSIGHTFACE_HOME"  # overrules insightface's own folder
# MICA's pack first; the other has a detector of the same kind. Both are also met unpacked into a folder of their own name.
DETECTORS = (("antelopev2", "scrfd_10g_bnkps.onnx"), ("buffalo_l", "det_10g.onnx"))
SIDE, SCORE = 224, 0.5
LEAST_OVERLAP = 0.3  # intersection over union with the face that was chosen
LICENCE = "InsightFace model pack (non-commercial research)"


def detected_points(pixels: NDArray, box: tuple[float, float, float, float]) -> tuple[NDArray | None, str]:
    """(5, 2) in the order of the crop's template, pixel centres at integers, of the face that overlaps ``box`` (x0, y0, x1, y1).

    pixels: (H, W, 3) uint8 RGB. Instead None, and why: no package, no pack, a package that does not work, no such face.
    """
    if importlib.util.find_spec(PACKAGE) is None:
        return None, f"{PACKAGE} is not installed"
    path = _pack_file()
    if path is None:
        return None, f"{PACKAGE}'s model pack {DETECTORS[0][0]} is not there"
    detector = _opened(path, path.stat().st_mtime_ns)
    if isinstance(detector, str):
        return None, detector
    boxes, points = detector.detect(np.ascontiguousarray(pixels[:, :, ::-1]), max_num=0)
    if len(boxes) and points is not None:
        overlap = _overlaps(np.asarray(boxes, np.float64)[:, :4], np.array(box))
        best = int(overlap.argmax())
        if overlap[best] >= LEAST_OVERLAP:
            return np.asarray(points[best], np.float64), ""
    return None, f"{PACKAGE}'s detector does not see this face"


def _pack_file() -> Path | None:
    models = Path(os.environ.get(FOLDER, "~/.insightface")).expanduser() / "models"
    places = (models / pack / inner / name for pack, name in DETECTORS for inner in ("", pack))
    return next((path for path in places if path.is_file()), None)


@lru_cache(maxsize=1)
def _opened(path: Path, _changed: int) -> Any:
    """insightface's detector, or words for what keeps it from working."""
    try:
        zoo = importlib.import_module(f"{PACKAGE}.model_zoo")
        detector = zoo.get_model(str(path), providers=["CPUExecutionProvider"])
        detector.prepare(ctx_id=-1, input_size=(SIDE, SIDE), det_thresh=SCORE)
    except Exception as problem:  # noqa: BLE001  a stranger's package in a state we do not know; our own landmarks serve as well
        return f"{PACKAGE} does not work ({type(problem).__name__}: {problem})"[:200]
    return detector


def _overlaps(boxes: NDArray, box: NDArray) -> NDArray:
    """(n,) intersection over union of (n, 4) boxes with one."""
    low, high = np.maximum(boxes[:, :2], box[:2]), np.minimum(boxes[:, 2:], box[2:])
    common = np.clip(high - low, 0, None).prod(1)
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(1) + (box[2:] - box[:2]).prod()
    return common / np.maximum(areas - common, 1e-9)
