# SPDX-License-Identifier: GPL-3.0-or-later
"""What a measuring process does: load everything once, then one item after the other."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import cv2

from ...native_output import hush_native_stderr
from ...photo.mediapipe_runtime import start_networks
from ...pipeline import warm_up
from .identity import find_judges
from .inputs import Input
from .item import Settings, Tools, measure_item, save_result

RESULT = "item.json"


def prepare(settings: tuple[Settings, bool]) -> Callable[[tuple[Input, Path]], None]:
    """settings: and whether avatars will be made. Raises AvatarError when weights that were given are unusable."""
    start = time.perf_counter()
    hush_native_stderr()
    chosen, photos = settings
    cv2.setNumThreads(1)  # the processes share the cores already
    tools = Tools(find_judges(chosen.facenet, chosen.insightface), _lpips(chosen.lpips))
    if photos:
        warm_up()
    else:
        start_networks()
    cold: dict[str, object] = {"cold_start_seconds": round(time.perf_counter() - start, 2)}

    def do(job: tuple[Input, Path]) -> None:
        one, folder = job
        folder.mkdir(parents=True, exist_ok=True)
        result = measure_item(one.path, one.is_photo, folder, chosen, tools)
        about = {"name": one.name, "key": one.key, "folder": one.folder, "source": one.path.name, "photo": one.is_photo}
        save_result(result, folder / RESULT, about | cold)
        cold.clear()

    return do


def _lpips(files: tuple[Path, ...]) -> Callable | str:
    if not files:
        return "no weights given (--lpips ALEXNET.pth ALEX.pth)"
    import torch

    from .lpips import load_lpips, lpips

    torch.set_num_threads(1)
    network = load_lpips(list(files))
    return lambda a, b, masks: lpips(network, a, b, masks)
