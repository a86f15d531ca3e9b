# SPDX-License-Identifier: GPL-3.0-or-later
"""How fast the licensed path is, on synthetic files: OMP_NUM_THREADS=1 python tests/benchmark_flame.py PHOTO ...

FLAME's forward is compared with the PyPI package smplx on the same inputs in the same run. Times are CPU seconds, which a busy machine
leaves nearly alone; with one thread they are what a quiet machine's clock would show. The whole line is timed by the clock.

    python tests/benchmark_flame.py line PHOTO      the whole line only, as JSON (for build.py bench)
"""

from __future__ import annotations

import json
import os
import pickle
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import sparse

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from inference.deca.crop import cut as deca_cut  # noqa: E402  the root must be known first
from inference.deca.crop import landmark_crop  # noqa: E402
from inference.deca.detail import texel_table  # noqa: E402
from inference.deca.run import decode_displacement, load_deca, read_codes  # noqa: E402
from inference.estimators.detail_maps import detail_maps  # noqa: E402
from inference.estimators.estimate import estimate_face  # noqa: E402
from inference.estimators.heads import load_head  # noqa: E402
from inference.estimators.types import FaceOptions  # noqa: E402
from inference.head.batch import forward_batch  # noqa: E402
from inference.head.flame.bare_head import bare_head  # noqa: E402
from inference.head.flame.frame import from_flame  # noqa: E402
from inference.head.flame.model_file import FlameArrays  # noqa: E402
from inference.head.landmark_sets import IBUG_68  # noqa: E402
from inference.head.model import LandmarkEmbedding  # noqa: E402
from inference.mica.crop import FIVE_POINTS  # noqa: E402
from inference.mica.crop import cut as mica_cut  # noqa: E402
from inference.mica.run import load_mica, read_shape  # noqa: E402
from inference.photo.choose_face import choose_face  # noqa: E402
from inference.photo.landmarks import find_landmarks  # noqa: E402
from inference.photo.load import load_photo  # noqa: E402
from inference.pipeline import CreateOptions, create_bundle  # noqa: E402
from inference.weights.checkpoint import Execution  # noqa: E402
from inference.weights.recognise import find_files, recognise  # noqa: E402
from inference.weights.registry import remember, required  # noqa: E402
from tests.inference.estimators.licensed_files import write_all  # noqa: E402
from tests.inference.head.flame.files import flame_arrays  # noqa: E402
from tests.inference.weights.files import Planted  # noqa: E402

SHAPES, EXPRESSIONS = 100, 50
IN_A_ROW = 5


def main(*photos: str) -> None:
    """Print a table."""
    warnings.simplefilter("ignore")
    print(f"load of the machine before the start: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        compare_forward(folder)
        remember_synthetic_files(folder)
        texture_lookup()
        residuals([Path(photo) for photo in photos])
        learned_parts(Path(photos[0]))
        print("photo to FLAME bundle, DECA + MICA, warm, seconds by the clock (CPU):")
        print("    " + ", ".join(f"{clock:.2f} ({cpu:.2f})" for clock, cpu in whole_line(Path(photos[0]), folder)))
        print(f"load of the machine at the end: {os.getloadavg()[0]:.1f}")


def line(photo: str) -> None:
    """Print the clock's seconds of the whole line as JSON."""
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as name:
        remember_synthetic_files(Path(name))
        times = [clock for clock, _ in whole_line(Path(photo), Path(name))]
    print(json.dumps({"photo to FLAME bundle, DECA + MICA": times}))


def remember_synthetic_files(folder: Path) -> None:
    """Write the licensed files' likenesses there and make them known to this process alone."""
    os.environ["PORTRAIT_AVATAR_CACHE"] = str(folder / "cache")
    os.environ["PORTRAIT_AVATAR_WEIGHTS"] = str(folder / "weights.json")
    (folder / "files").mkdir()
    write_all(folder / "files", Planted())
    (folder / "files" / "flame2023.pkl").unlink()
    for file in find_files(folder / "files"):
        finding = recognise(file, thorough=False)
        if finding.usable:
            remember(str(finding.kind), file)


def compare_forward(folder: Path) -> None:
    """FLAME forward with 51 landmarks, ours and smplx's, batch 1 and 64, with the joints that DECA turns and with all."""
    from smplx import FLAME

    flame = flame_arrays()
    write_for_smplx(flame, folder)
    head = bare_head(flame)
    landmarks = LandmarkEmbedding(
        np.tile(head.surface.faces[:1, :3], (51, 1)), np.full((51, 3), 1 / 3, np.float32), np.ones(51, np.float32)
    )
    random = np.random.default_rng(0)
    for batch, turned_joints, repeats in ((1, (0, 2), 60), (1, range(5), 60), (64, (0, 2), 12), (64, range(5), 12)):
        shape = random.normal(size=(batch, SHAPES)).astype(np.float32)
        expression = random.normal(size=(batch, EXPRESSIONS)).astype(np.float32)
        pose = np.zeros((batch, 5, 3), np.float32)
        pose[:, list(turned_joints)] = random.normal(0, 0.2, (batch, len(turned_joints), 3))
        theirs = FLAME(
            str(folder), num_betas=SHAPES, num_expression_coeffs=EXPRESSIONS, batch_size=batch, use_face_contour=False
        )
        names = ("global_orient", "neck_pose", "jaw_pose", "leye_pose", "reye_pose")
        inputs = {key: torch.from_numpy(pose[:, joint].copy()) for joint, key in enumerate(names)}
        inputs |= {"betas": torch.from_numpy(shape), "expression": torch.from_numpy(expression)}
        turned = from_flame(pose)

        def ours(shape=shape, expression=expression, turned=turned) -> tuple[NDArray, NDArray]:
            if len(shape) == 1:
                vertices = head.forward(shape[0], expression[0], turned[0])
            else:
                vertices = forward_batch(head, shape, expression, turned)
            return vertices, landmarks.points(vertices)

        def reference(theirs=theirs, inputs=inputs) -> tuple[torch.Tensor, torch.Tensor]:
            with torch.inference_mode():
                found = theirs(**inputs)
                return found.vertices, found.joints

        difference = np.abs(from_flame(reference()[0].numpy()) - ours()[0]).max()
        slow, fast = interleaved((reference, ours), repeats)
        joints = "all joints" if len(turned_joints) == 5 else "root and jaw"
        words = f"smplx {1e3 * slow:.2f} ms, ours {1e3 * fast:.2f} ms, {slow / fast:.1f} times as fast"
        print(f"FLAME forward, batch {batch}, {joints}: {words}; largest difference {difference:.1e} m")


def write_for_smplx(flame: FlameArrays, folder: Path) -> None:
    """The synthetic model as smplx reads it (it cannot read chumpy's pickles without chumpy)."""
    content = {
        "v_template": flame.template,
        "shapedirs": flame.directions,
        "posedirs": flame.pose_directions,
        "J_regressor": sparse.csc_matrix(flame.regressor),
        "weights": flame.weights,
        "f": flame.faces.astype(np.uint32),
        "kintree_table": np.array([[2**32 - 1, 0, 1, 1, 1], range(5)], np.int64),
    }
    (folder / "FLAME_NEUTRAL.pkl").write_bytes(pickle.dumps(content))
    landmarks = {"lmk_face_idx": np.zeros(51, np.uint32), "lmk_b_coords": np.full((51, 3), 1 / 3)}
    (folder / "flame_static_embedding.pkl").write_bytes(pickle.dumps(landmarks))


def texture_lookup() -> None:
    """Rasterise the chart at 1024 texels and look a per-vertex quantity up at each."""
    model = load_head(FaceOptions(head="flame"))
    skin = model.surface.triangles("skin")

    def look_up() -> NDArray:
        return texel_table(model.surface.uv, model.surface.uv_triangles("skin"), skin, 1024).spread(model.template)

    (seconds,) = interleaved((look_up,), 1)
    print(f"texture chart rasterised and looked up, 1024 texels: {seconds:.2f} s")


def residuals(photos: list[Path]) -> None:
    """The landmark fit on the open head and on the FLAME head made from it, RMS in percent of the inter-iris distance."""
    rows = []
    for path in photos:
        photo, face = choose_face(load_photo(path), 1)
        landmarks = find_landmarks(photo, face)
        options = [FaceOptions(head=head) for head in ("open", "flame")]
        rows.append([estimate_face(load_head(o), photo, landmarks, o).fit.residual for o in options])
    (open_head, flame), worst = np.median(rows, 0), np.max(rows, 0)
    print(f"landmark fit, {len(rows)} photos, median residual: open head {open_head:.3f} %, FLAME {flame:.3f} %")
    print(f"    worst: open head {worst[0]:.2f} %, FLAME {worst[1]:.2f} %")


def learned_parts(path: Path) -> None:
    """What DECA and MICA take by themselves, part by part, in each precision."""
    photo, face = choose_face(load_photo(path), 1)
    landmarks = find_landmarks(photo, face)
    points = landmarks.points[:, :2] - 0.5
    crop = landmark_crop(points[list(IBUG_68)])
    deca_face, mica_face = deca_cut(photo.pixels, crop), mica_cut(photo.pixels, points[list(FIVE_POINTS)])
    options = FaceOptions(estimator="deca+mica")
    fit = estimate_face(load_head(options), photo, landmarks, options).fit
    for precision in ("float32", "bfloat16"):
        execution = Execution("cpu", precision)
        deca, mica = load_deca(required("deca"), execution), load_mica(required("mica"), execution)
        codes = read_codes(deca, deca_face)
        displacement = decode_displacement(deca, codes)
        parts = {
            "DECA's crop": lambda: deca_cut(photo.pixels, crop),
            "MICA's crop": lambda: mica_cut(photo.pixels, points[list(FIVE_POINTS)]),
            "MICA's networks": lambda mica=mica: read_shape(mica, mica_face),
            "DECA's encoders": lambda deca=deca: read_codes(deca, deca_face),
            "DECA's detail decoder": lambda deca=deca, codes=codes: decode_displacement(deca, codes),
            "detail maps": lambda displacement=displacement: detail_maps(load_head(options), fit, displacement),
        }
        seconds = interleaved(tuple(parts.values()), 2)
        words = ", ".join(f"{name} {1e3 * value:.0f}" for name, value in zip(parts, seconds, strict=True))
        print(f"DECA and MICA in {precision}, CPU ms: {words}; together {1e3 * sum(seconds):.0f}")


def whole_line(photo: Path, folder: Path) -> list[tuple[float, float]]:
    """(seconds by the clock, CPU seconds) of each photo to bundle with DECA and MICA, after a first run that loads everything."""
    options = CreateOptions(estimation=FaceOptions(estimator="deca+mica"))
    times = []
    for _ in range(6):
        start, cpu = time.perf_counter(), time.process_time()
        create_bundle(photo, folder / "bundle", options, lambda *_: None)
        times.append((time.perf_counter() - start, time.process_time() - cpu))
    return times[1:]


def interleaved(functions: tuple[Callable[[], object], ...], repeats: int) -> list[float]:
    """Median CPU seconds of each function, in turns of IN_A_ROW calls, as a program that animates a head makes them."""
    times: list[list[float]] = [[] for _ in functions]
    for _ in range(repeats):
        for function, row in zip(functions, times, strict=True):
            for _ in range(IN_A_ROW):
                start = time.process_time()
                function()
                row.append(time.process_time() - start)
    return [statistics.median(row) for row in times]


if __name__ == "__main__":
    line(sys.argv[2]) if sys.argv[1:2] == ["line"] else main(*sys.argv[1:])
