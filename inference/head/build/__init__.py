# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds the open head from CC0 MakeHuman data: ``python -m inference.head.build``. Nothing of this runs in the product."""
