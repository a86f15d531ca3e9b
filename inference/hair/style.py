# SPDX-License-Identifier: GPL-3.0-or-later
"""A hairstyle as numbers: the parameters of the generator, read from the library's TOML files.

Lengths are metres on the styles' reference head (they scale with the head), angles degrees, azimuth and elevation as in
:mod:`.anatomy`. Every number carries the range it is good for; :mod:`.library` refuses files that leave it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


def _number(default: float, low: float, high: float) -> Any:
    return field(default=default, metadata={"range": (low, high)})


@dataclass(frozen=True)
class Length:
    """top, sides, nape: length of the strands there; fade: elevations between which sides grow into top.

    layers: how much shorter the uppermost hair is (0..1), so that tips end at different heights. front: factor at the front
    hairline; crown: factor for the top hair at the back of the head. noise: spread of the length, fraction.
    """

    top: float = _number(0.05, 0.0, 0.9)
    sides: float = _number(0.05, 0.0, 0.9)
    nape: float = _number(0.05, 0.0, 0.9)
    fade_low: float = _number(5.0, -60.0, 80.0)
    fade_high: float = _number(30.0, -60.0, 90.0)
    front: float = _number(1.0, 0.0, 3.0)
    crown: float = _number(1.0, 0.05, 2.0)
    layers: float = _number(0.0, 0.0, 0.95)
    noise: float = _number(0.08, 0.0, 0.6)


@dataclass(frozen=True)
class Hairline:
    """height: raises the front; recession: corners over the temples 0..1; nape: raises the nape; soft: width of thin, short hair."""

    height: float = _number(0.0, -12.0, 30.0)
    recession: float = _number(0.15, 0.0, 1.0)
    nape: float = _number(0.0, -10.0, 40.0)
    soft: float = _number(0.010, 0.0, 0.04)


@dataclass(frozen=True)
class Flow:
    """The direction hair is combed in, a weighted sum of fields on the scalp.

    part: away from the parting line at x = parting (metres, + is the subject's left), crooked by parting_noise, which ends at the whorl;
    sweep: turns the parted hair to the back (+1) or the front (-1). whorl: away from the crown at whorl_x, swirl turning it.
    back, forward, down, left: uniform fields.
    """

    part: float = _number(0.0, 0.0, 2.0)
    parting: float = _number(0.0, -0.07, 0.07)
    parting_noise: float = _number(0.0015, 0.0, 0.02)
    sweep: float = _number(0.3, -1.5, 2.0)
    whorl: float = _number(1.0, 0.0, 2.0)
    whorl_x: float = _number(0.0, -0.05, 0.05)
    whorl_elevation: float = _number(62.0, 20.0, 88.0)
    swirl: float = _number(0.0, -1.0, 1.0)
    back: float = _number(0.0, -2.0, 2.0)
    forward: float = _number(0.0, 0.0, 2.0)
    down: float = _number(0.2, 0.0, 2.0)
    left: float = _number(0.0, -2.0, 2.0)
    messy: float = _number(0.1, 0.0, 1.0)


@dataclass(frozen=True)
class Growth:
    """How a strand bends.

    angle: of the root against the skin (90 = along its normal), angle_sides below the fade; angle_front at the front hairline;
    up: turns the roots of the top hair at the front and sides towards the vertical
    (quiffs and flat tops do not stand along the forehead's normal);
    hold: length over which the root's angle is kept; bend: length within which a strand turns into a new direction (stiffness);
    gravity: 0..1; inward: pull of hanging hair towards the neck.
    """

    angle: float = _number(35.0, 0.0, 90.0)
    angle_sides: float = _number(25.0, 0.0, 90.0)
    angle_front: float = _number(35.0, 0.0, 90.0)
    up: float = _number(0.0, 0.0, 3.0)
    hold: float = _number(0.02, 0.001, 0.3)
    bend: float = _number(0.02, 0.003, 0.3)
    gravity: float = _number(0.5, 0.0, 1.5)
    inward: float = _number(0.1, -1.0, 1.0)


@dataclass(frozen=True)
class Volume:
    """Clearance from the skin: lower at the skin's own hair, lower + layer for hair from the top; sides: the share of layer there.

    reach: length along the strand after which the clearance is full; face: how much of the face's width stays free (0..1.3).
    behind_ear, drape: azimuth from which hair goes behind the ear / falls behind the shoulder.
    """

    lower: float = _number(0.002, 0.0, 0.05)
    layer: float = _number(0.010, 0.0, 0.12)
    sides: float = _number(0.6, 0.0, 1.5)
    reach: float = _number(0.03, 0.003, 0.3)
    face: float = _number(0.95, 0.0, 1.4)
    drape: float = _number(75.0, 0.0, 181.0)


@dataclass(frozen=True)
class Fringe:
    """Hair at the front that falls over the forehead.

    width: half the azimuth range; depth: how far behind the hairline it starts; length; side: combed to the left (+) or right (-).
    curtain: 1 parts it in the middle; angle: at the root. It bends twice as easily as the other hair.
    """

    width: float = _number(35.0, 5.0, 70.0)
    depth: float = _number(0.03, 0.005, 0.1)
    length: float = _number(0.08, 0.01, 0.3)
    side: float = _number(0.0, -2.0, 2.0)
    curtain: float = _number(0.0, 0.0, 2.0)
    angle: float = _number(30.0, 0.0, 90.0)


@dataclass(frozen=True)
class Cut:
    """Scissors: strands end where they cross a plane. height: above the chin (negative: below), at the front or the back.

    back: height at the back relative to the front; ragged: spread of the edge.
    round: > 0 makes it a ball of this radius about the skull's centre instead, of which ``height`` is the lift.
    """

    height: float = _number(0.0, -0.6, 0.25)
    back: float = _number(0.0, -0.2, 0.2)
    ragged: float = _number(0.005, 0.0, 0.05)
    round: float = _number(0.0, 0.0, 0.4)


@dataclass(frozen=True)
class Clump:
    """Locks: spacing of their centres on the scalp, strength at the tip 0..1, shape: exponent of the growth along the strand."""

    spacing: float = _number(0.02, 0.003, 0.08)
    strength: float = _number(0.3, 0.0, 1.0)
    shape: float = _number(1.2, 0.0, 4.0)


@dataclass(frozen=True)
class Curl:
    """Waves and coils. radius; turns per metre; start: length before they set in; flat: 0 helix .. 1 plane wave;

    coherence: spacing of neighbours that share a phase; irregular: spread of radius and frequency.
    """

    radius: float = _number(0.0, 0.0, 0.03)
    turns: float = _number(20.0, 0.0, 250.0)
    start: float = _number(0.04, 0.0, 0.3)
    flat: float = _number(0.0, 0.0, 1.0)
    coherence: float = _number(0.03, 0.003, 0.2)
    irregular: float = _number(0.15, 0.0, 0.6)


@dataclass(frozen=True)
class Noise:
    """Flyaways: displacement at the tip as a fraction of the length, and its wavelength along the strand."""

    amount: float = _number(0.03, 0.0, 0.5)
    wavelength: float = _number(0.06, 0.003, 0.5)


@dataclass(frozen=True)
class Tie:
    """Where hair is gathered and what follows: a tail, or a bun when bun > 0.

    azimuth, elevation: of the tie on the head; from_azimuth, to_azimuth, above: the roots that go there;
    slack: clearance of the combed hair; tail: length behind the tie; thickness: radius of tail or bun tube;
    out: how far the tail stands off before it falls; bun: radius of the coil; turns: of a strand around it.
    """

    azimuth: float = _number(180.0, -180.0, 180.0)
    elevation: float = _number(30.0, -60.0, 90.0)
    from_azimuth: float = _number(-180.0, -180.0, 180.0)
    to_azimuth: float = _number(180.0, -180.0, 180.0)
    above: float = _number(-90.0, -90.0, 80.0)
    slack: float = _number(0.004, 0.0, 0.03)
    tail: float = _number(0.3, 0.02, 0.9)
    thickness: float = _number(0.022, 0.004, 0.06)
    out: float = _number(0.04, 0.0, 0.2)
    bun: float = _number(0.0, 0.0, 0.08)
    turns: float = _number(2.0, 0.5, 6.0)


@dataclass(frozen=True)
class HairStyle:
    """Everything the generator needs. ``kind`` groups styles that may be mixed: length class and curliness.

    guides: how many strands the bundle holds; points: points of each; strands: how many hairs they stand for;
    radius: of a hair at its root.
    loose: share of the hair near the hairline that a tie does not catch.
    """

    name: str
    title: str
    kind: str
    tags: tuple[str, ...] = ()
    guides: int = _number(4000, 0, 12000)
    points: int = _number(28, 8, 100)
    strands: int = _number(30000, 0, 150000)
    radius: float = _number(0.00011, 0.00002, 0.002)
    loose: float = _number(0.0, 0.0, 1.0)
    length: Length = Length()
    hairline: Hairline = Hairline()
    flow: Flow = Flow()
    growth: Growth = Growth()
    volume: Volume = Volume()
    clump: Clump = Clump()
    curl: Curl = Curl()
    noise: Noise = Noise()
    fringe: Fringe | None = None
    cut: tuple[Cut, ...] = ()
    tie: tuple[Tie, ...] = ()
