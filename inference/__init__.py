# SPDX-License-Identifier: GPL-3.0-or-later
"""Photo to avatar bundle. No Blender in here; the command line is ``python -m inference``."""
