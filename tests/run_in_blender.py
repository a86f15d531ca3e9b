# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the Blender tests inside an installed Blender: blender -b --factory-startup -P tests/run_in_blender.py -- PYTEST_FOLDER."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, sys.argv[sys.argv.index("--") + 1])

import pytest  # noqa: E402  lent by the folder above

os.chdir(ROOT)
status = pytest.main(["-p", "no:cacheprovider", "tests/avatar_addon"])
sys.stdout.flush()
os._exit(int(status))
