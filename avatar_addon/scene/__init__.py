# SPDX-License-Identifier: GPL-3.0-or-later
"""Bundle to Blender objects."""
