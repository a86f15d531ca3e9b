# SPDX-License-Identifier: GPL-3.0-or-later
"""Emotion sliders on the head: custom properties, their drivers, the buttons and the recipe for other programs."""
