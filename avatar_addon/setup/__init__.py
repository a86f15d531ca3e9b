# SPDX-License-Identifier: GPL-3.0-or-later
"""The inference environment: a Python of its own with pinned packages, in the extension's user folder."""
