# SPDX-License-Identifier: GPL-3.0-or-later
"""Hairstyles in Blender: the library, putting a style on a head, and what the user presses."""
