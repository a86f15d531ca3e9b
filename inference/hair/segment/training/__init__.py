# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the pictures that the hair network learns from, and trains it. Not needed at run time."""
