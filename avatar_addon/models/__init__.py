# SPDX-License-Identifier: GPL-3.0-or-later
"""The person's own model files (FLAME, DECA, MICA), which the inference side checks and remembers."""
