# SPDX-License-Identifier: GPL-3.0-or-later
"""A copy of the avatar to files of other programs."""
