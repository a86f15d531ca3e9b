# SPDX-License-Identifier: GPL-3.0-or-later
"""How long the NoW protocol takes on scans of 100,000 vertices: INFERENCE_PYTHON tests/benchmark_now.py (called by tests/benchmark.py).

Prints, as JSON, seconds of the clock and of the processors: for a scan of the whole head, and for one that lies within the crop.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from inference.evaluation.now.measure import face_errors  # noqa: E402  the root must be known first
from inference.evaluation.synthetic.judging_set import surface_points  # noqa: E402
from inference.evaluation.synthetic.subject import judging_subject  # noqa: E402
from inference.head.open_head import load_open_head  # noqa: E402

VERTICES = 100_000
REPEATS = 5


def main() -> None:
    model = load_open_head()
    truth = 1000 * judging_subject(model, np.random.default_rng(7)).neutral
    mean = model.shaped(model.shape_mean).astype(np.float64)
    skin = model.surface.triangles("skin")
    facial = skin[(model.masks["face"][skin] > 0.5).all(1)]
    embedding = model.landmarks["now_7"]
    seconds = {}
    for name, triangles in (("whole head", skin), ("face alone", facial)):
        scan = surface_points(truth, triangles, VERTICES, seed=1)
        for rule, unit in (("", None), (", metrical", 1000.0)):
            clock, processors = measured(
                lambda scan=scan, unit=unit: (
                    face_errors(scan, embedding.points(truth), mean, skin, embedding.points(mean), unit).distances
                )
            )
            seconds[f"NoW, 100 k, {name}{rule}"] = clock
            seconds[f"    CPU, {name}{rule}"] = processors
    print(json.dumps(seconds))


def measured(work) -> tuple[float, float]:
    """Least seconds of the clock and of the processors over some repeats."""
    times = []
    for _ in range(REPEATS):
        clock, processors = time.perf_counter(), time.process_time()
        distances: NDArray = work()
        times.append((time.perf_counter() - clock, time.process_time() - processors))
        if not np.isfinite(distances).all():
            raise RuntimeError("an error is not finite")
    return min(t[0] for t in times), min(t[1] for t in times)


if __name__ == "__main__":
    main()
