# SPDX-License-Identifier: GPL-3.0-or-later
"""Identity and camera distance learned from renders seen through the product's own detector (``python -m inference train-shape``)."""
