# SPDX-License-Identifier: GPL-3.0-or-later
"""A small network that tells hair from skin, clothes and background, and what it is shown."""
