# SPDX-License-Identifier: GPL-3.0-or-later
"""How near the avatar's expressive face comes to a scan of the same moment: at rest, as in the photo, and by emotion sliders."""
