# SPDX-License-Identifier: GPL-3.0-or-later
"""Photos to avatars: the queue, the timer that works it off, and the operators."""
