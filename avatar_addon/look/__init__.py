# SPDX-License-Identifier: GPL-3.0-or-later
"""Eyes and skin: the few values of the materials that a person wants at hand."""
