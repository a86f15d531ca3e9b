# SPDX-License-Identifier: GPL-3.0-or-later
"""The NoW protocol: how far a predicted face lies from a scan, after the best alignment (design: reference section 12).

As the official program does: seven points, the ball about them, Procrustes, Powell's dogleg over all scan vertices in the ball, distances
from point to surface, one pool for all photos, population deviation, a curve from 0 to 7 mm. Where it differs:

* Scans with more than 30,000 vertices in the ball are first aligned on a sample, then as a whole with a finer stop. Measured on painted
  heads, both ways end within 0.003 mm of the true minimum (median, metrical; 0.0005 mm otherwise), the official stop as well.
* Both rules, non-metrical and metrical, are always computed. A prediction's unit is told from its size, unless it is named.
* Scans in centimetres or metres are converted, vertices that are no numbers left out; both are said.
* Landmarks may be .npy, .txt or .pp, with the scan or the prediction; OBJ files may have vertex colours; a scan needs no faces.
* A prediction that is missing or broken is left out and named (the official program counts it).
"""
