# SPDX-License-Identifier: GPL-3.0-or-later
"""How good the emotions are: against the network, on renders, and to look at."""
