# SPDX-License-Identifier: GPL-3.0-or-later
"""Choices and photos become requests. No bpy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ...inference.protocol import Create
from .output import bundle_folder
from .queue import Item, Queue


@dataclass(frozen=True)
class Choices:
    """face: 1 is the largest; 0 lets the person choose. style, hair_mask, hair_file: empty for the photo's own.

    The rest is as in inference.protocol.Create.
    """

    face: int = 0
    texture_size: int = 1024
    style: str = ""
    hair_mask: str = ""
    hair_file: str = ""
    estimator: str = "landmark_fit"
    refine: bool = False
    head: str = ""
    device: str = "cpu"


def enqueue(
    queue: Queue, photos: Sequence[Path], choices: Choices, folder: Path, ask: bool, mark: str = ""
) -> list[Item]:
    """Queue the photos, whose bundles go into ``folder``, with ``mark`` in their names.

    ask: a person is there to choose among several faces.

    Among many photos nobody is asked: the largest face is taken.
    """
    queue.forget_finished()
    added = []
    for photo in photos:
        request = Create(
            id="",
            photo=str(photo),
            output=str(bundle_folder(folder, photo, [Path(item.request.output) for item in queue.items], mark)),
            face=max(choices.face, 1),
            texture_size=choices.texture_size,
            hair_mask=choices.hair_mask or None,
            style=choices.style or None,
            hair_file=choices.hair_file or None,
            head=choices.head,
            estimator=choices.estimator,
            refine=choices.refine,
            device=choices.device,
        )
        added.append(queue.add(request, ask=ask and choices.face == 0 and len(photos) == 1))
    return added
