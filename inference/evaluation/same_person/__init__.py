# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether several photos of one person give one neutral shape."""
