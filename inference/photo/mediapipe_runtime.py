# SPDX-License-Identifier: GPL-3.0-or-later
"""MediaPipe's graphs, kept warm: the only place that imports mediapipe.

The wheel carries the networks. It also imports matplotlib and sounddevice, which nothing here uses; empty stand-ins take
their place while it loads, so neither has to be installed. Graphs are fed square crops only: MediaPipe projects landmarks
of non-square pictures wrongly ("NORM_RECT without IMAGE_DIMENSIONS").
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np

UNUSED_IMPORTS = ("matplotlib", "matplotlib.pyplot", "sounddevice")

DETECTOR = """
input_stream: "image"
output_stream: "detections"
node {
  calculator: "FaceDetection%sRangeCpu"
  input_stream: "IMAGE:image"
  output_stream: "DETECTIONS:detections"
  node_options: { [type.googleapis.com/mediapipe.FaceDetectionOptions] { min_score_thresh: 0.4 } }
}
"""
LANDMARKS = """
input_stream: "image"
input_stream: "roi"
input_side_packet: "with_attention"
output_stream: "landmarks"
node {
  calculator: "FaceLandmarkCpu"
  input_stream: "IMAGE:image"
  input_stream: "ROI:roi"
  input_side_packet: "WITH_ATTENTION:with_attention"
  output_stream: "LANDMARKS:landmarks"
}
"""
SEGMENTATION = """
input_stream: "image"
input_side_packet: "model"
output_stream: "mask"
node {
  calculator: "SelfieSegmentationCpu"
  input_stream: "IMAGE:image"
  input_side_packet: "MODEL_SELECTION:model"
  output_stream: "SEGMENTATION_MASK:mask"
}
"""


def detect_faces(square: np.ndarray, full_range: bool) -> list[tuple[np.ndarray, float]]:
    """Faces in a square (S, S, 3) uint8 picture: [((x0, y0, x1, y1) in fractions of S, score)]."""
    found = _detector("Full" if full_range else "Short").run(_image(square))
    if found is None:
        return []
    boxes = []
    for detection in _runtime().getter.get_proto_list(found):
        box = detection.location_data.relative_bounding_box
        corners = np.array([box.xmin, box.ymin, box.xmin + box.width, box.ymin + box.height])
        boxes.append((corners, float(detection.score[0])))
    return boxes


def face_mesh(square: np.ndarray) -> np.ndarray | None:
    """The 478 points (478, 3) in fractions of the square crop's side, or None when the network sees no face in it.

    The crop is what the network was trained on: upright, centred, side about 1.5 times the face.
    """
    found = _landmarker().run(_image(square), _whole_image())
    if found is None:
        return None
    points = _runtime().getter.get_proto(found).landmark
    return np.array([(p.x, p.y, p.z) for p in points])


def person_mask(square: np.ndarray) -> np.ndarray:
    """(S, S) float32 probability that a pixel of the square (S, S, 3) uint8 crop shows a person."""
    return (
        _runtime()
        .getter.get_image_frame(_segmenter().run(_image(square)))
        .numpy_view()
        .reshape(square.shape[:2])
        .copy()
    )


def start_networks() -> None:
    """Load every network now instead of at its first use."""
    blank = np.zeros((256, 256, 3), np.uint8)
    detect_faces(blank, full_range=True)
    detect_faces(blank, full_range=False)
    face_mesh(blank)
    person_mask(blank)


class _Graph:
    """A running graph with one output; calls are serialised because timestamps have to rise."""

    def __init__(self, config: str, output: str, **side_packets: Any) -> None:
        self._results: list[Any] = []
        self._lock = threading.Lock()
        self._time = 0
        self._inputs = [line.split('"')[1] for line in config.splitlines() if line.startswith("input_stream")]
        self._graph = _runtime().CalculatorGraph(graph_config=config)
        self._graph.observe_output_stream(output, lambda _, packet: self._results.append(packet))
        self._graph.start_run(side_packets)

    def run(self, *packets: Any) -> Any | None:
        """The output packet for one packet per input stream, or None when the graph stays silent."""
        with self._lock:
            self._time += 1
            self._results.clear()
            for stream, packet in zip(self._inputs, packets, strict=True):
                self._graph.add_packet_to_input_stream(stream, packet.at(self._time))
            self._graph.wait_until_idle()
            filled = [packet for packet in self._results if not packet.is_empty()]
            return filled[0] if filled else None


@cache
def _detector(distance: str) -> _Graph:
    return _Graph(DETECTOR % distance, "detections")


@cache
def _landmarker() -> _Graph:
    return _Graph(LANDMARKS, "landmarks", with_attention=_runtime().creator.create_bool(True))


@cache
def _segmenter() -> _Graph:
    return _Graph(SEGMENTATION, "mask", model=_runtime().creator.create_int(0))


def _image(square: np.ndarray) -> Any:
    if square.shape[0] != square.shape[1]:
        raise ValueError(f"MediaPipe is fed square crops, not {square.shape[:2]}")
    runtime = _runtime()
    frame = runtime.ImageFrame(image_format=runtime.ImageFormat.SRGB, data=np.ascontiguousarray(square))
    return runtime.creator.create_image_frame(frame)


def _whole_image() -> Any:
    runtime = _runtime()
    return runtime.creator.create_proto(runtime.NormalizedRect(x_center=0.5, y_center=0.5, width=1, height=1))


@cache
def _runtime() -> SimpleNamespace:
    """The bindings this module uses, gathered under one name."""
    with _stand_ins(UNUSED_IMPORTS):
        import mediapipe
        from mediapipe.framework.formats.rect_pb2 import NormalizedRect
        from mediapipe.modules.face_detection import face_detection_pb2  # noqa: F401  registers the detector's options
        from mediapipe.python import CalculatorGraph, ImageFormat, ImageFrame, packet_creator, packet_getter
        from mediapipe.python._framework_bindings import resource_util
    resource_util.set_resource_dir(str(Path(mediapipe.__file__).parent.parent))
    return SimpleNamespace(
        CalculatorGraph=CalculatorGraph,
        ImageFormat=ImageFormat,
        ImageFrame=ImageFrame,
        NormalizedRect=NormalizedRect,
        creator=packet_creator,
        getter=packet_getter,
    )


@contextmanager
def _stand_ins(names: tuple[str, ...]) -> Iterator[None]:
    """Empty modules in the place of those names that nobody has imported yet; taken away again afterwards."""
    added = [name for name in names if name not in sys.modules]
    sys.modules.update({name: ModuleType(name) for name in added})
    try:
        yield
    finally:
        for name in added:
            del sys.modules[name]
