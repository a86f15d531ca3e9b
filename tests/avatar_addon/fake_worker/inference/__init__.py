# SPDX-License-Identifier: GPL-3.0-or-later
"""Stands in for the package of the same name: its protocol is the real one, its command line is a worker made for tests."""

from pathlib import Path

__path__.append(str(Path(__file__).resolve().parents[4] / "inference"))
