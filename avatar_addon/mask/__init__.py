# SPDX-License-Identifier: GPL-3.0-or-later
"""The hair mask: seeing where the photo was taken for hair, painting it right, growing the hair again."""
