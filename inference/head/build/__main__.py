# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m inference.head.build``: fetches the MakeHuman data and writes data/open_head.npz."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from ..open_head import HEAD_FILE
from .archive import write_npz
from .assembly import build_head
from .fetch import fetch_makehuman
from .makehuman import read_makehuman


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m inference.head.build", description=__doc__)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "portrait-avatar-makehuman")
    parser.add_argument("--out", type=Path, default=HEAD_FILE)
    options = parser.parse_args()
    arrays = build_head(read_makehuman(fetch_makehuman(options.cache)))
    options.out.parent.mkdir(parents=True, exist_ok=True)
    write_npz(options.out, arrays)
    print(f"{options.out}: {options.out.stat().st_size / 1e6:.2f} MB, {len(arrays['template'])} vertices")


if __name__ == "__main__":
    main()
