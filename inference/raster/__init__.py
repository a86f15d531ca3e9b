# SPDX-License-Identifier: GPL-3.0-or-later
"""A small software rasteriser (numpy)."""

from .rasterize import Fragments, interpolate, rasterize

__all__ = ["Fragments", "interpolate", "rasterize"]
