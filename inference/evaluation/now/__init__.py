# SPDX-License-Identifier: GPL-3.0-or-later
"""The NoW protocol: how far a predicted face lies from a scan, after the best alignment (design: reference section 12)."""
