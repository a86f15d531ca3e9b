# SPDX-License-Identifier: GPL-3.0-or-later
"""What the environment is and whether it is there. No bpy."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

# Whoever has an environment already names its Python here: studios, tests.
OWN_PYTHON = "PORTRAIT_AVATAR_PYTHON"
DEVICES = ("cpu", "cuda")
# Gigabytes on disk when done, and at the worst moment of the installation (downloads lie beside what they become).
SIZE = {"cpu": (1.7, 2.5), "cuda": (7.5, 13.0)}
STAMP = "portrait-avatar.json"


@dataclass(frozen=True)
class Environment:
    """folder: of the virtual environment. code: the folder of the package ``inference``, whose requirements count."""

    folder: Path
    code: Path

    @property
    def python(self) -> Path:
        """Its interpreter, whether it exists or not."""
        return self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    def wanted(self, device: str) -> str:
        """A fingerprint of what has to be installed for "cpu" or "cuda"."""
        contents = b"".join(path.read_bytes() for path in self.requirements)
        return hashlib.sha256(contents + device.encode()).hexdigest()

    @property
    def requirements(self) -> tuple[Path, Path]:
        """Files of the packages, and of PyTorch."""
        return self.code / "inference/requirements.txt", self.code / "inference/requirements-torch.txt"

    @property
    def device(self) -> str | None:
        """ "cpu" or "cuda" once an installation was complete; None before."""
        return self._stamp().get("device")

    @property
    def state(self) -> str:
        """ "missing", "outdated" (works, but this version wants other packages) or "complete"."""
        stamp = self._stamp()
        if stamp.get("device") not in DEVICES or not self.python.exists():
            return "missing"
        return "complete" if stamp.get("packages") == self.wanted(stamp["device"]) else "outdated"

    def _stamp(self) -> dict[str, str]:
        try:
            stamp = json.loads((self.folder / STAMP).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return stamp if isinstance(stamp, dict) else {}


def free_gigabytes(folder: Path) -> float:
    """Room on the disk of a folder, or of its nearest existing parent."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free / 1e9
