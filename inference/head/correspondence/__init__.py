# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the landmarks of a detector sit on a head model (offline: ``python -m inference.head.correspondence``).

Random heads are rendered with painted lips, brows and irises; the detector looks at them; each landmark gets the surface
point that projects nearest to it over all pictures.
"""
