# SPDX-License-Identifier: GPL-3.0-or-later
"""The client of the inference process. No bpy: it runs and is tested without Blender."""
