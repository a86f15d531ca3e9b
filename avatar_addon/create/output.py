# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a photo's bundle goes."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

LONGEST = 60


def bundle_folder(parent: Path, photo: Path, taken: Collection[Path], mark: str = "") -> Path:
    """A folder in ``parent`` that is named after the photo and neither exists nor is taken.

    It is made when the bundle is done: programs that share ``parent`` put a mark of their own into the name, or two would meet.
    """
    stem = (re.sub(r"[^\w .-]+", "_", photo.stem).strip(" .")[:LONGEST] or "avatar") + mark
    number = 1
    while (path := parent / (stem if number == 1 else f"{stem}-{number}")).exists() or path in taken:
        number += 1
    return path
