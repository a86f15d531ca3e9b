# SPDX-License-Identifier: GPL-3.0-or-later
"""Photos of heads whose true shape is known: seeded heads outside the model's span, rendered and read by the product's detector."""
