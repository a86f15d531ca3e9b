# SPDX-License-Identifier: GPL-3.0-or-later
"""The dressed FLAME head: FLAME's own vertices untouched, everything else in the place where the open head has it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from inference.hair.head_surface import prepare_head
from inference.head.flame.avatar_head import flame_avatar_head
from inference.head.flame.bare_head import FlameUV, bare_head
from inference.head.flame.mesh import mouth_and_neck, open_rims
from inference.head.flame.model_file import VERTICES
from inference.head.flame.transfer import find_correspondence
from inference.head.model import HeadModel
from inference.head.open_head import load_open_head
from tests.inference.head.flame.files import ORIGIN, flame_arrays
from tests.inference.head.flame.topology import resampling

pytestmark = pytest.mark.slow
MILLIMETRE = 1e-3


@pytest.fixture(scope="module")
def head() -> HeadModel:
    return flame_avatar_head(flame_arrays(), load_open_head())


@pytest.fixture(scope="module")
def bare() -> HeadModel:
    return bare_head(flame_arrays())


def signed_areas(corners: NDArray) -> NDArray:
    a, b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    return a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]


def test_flames_own_vertices_are_untouched(head: HeadModel, bare: HeadModel) -> None:
    random = np.random.default_rng(6)
    shape, expression, pose = random.normal(size=300), random.normal(size=100), random.normal(0, 0.3, (5, 3))
    dressed = head.forward(shape, np.r_[np.zeros(52), expression], pose)[:VERTICES]
    assert np.abs(dressed - bare.forward(shape, expression, pose)).max() < 1e-6


def test_landmarks_sit_where_the_open_head_has_them(head: HeadModel) -> None:
    model = load_open_head()
    truth = model.landmarks["mediapipe_478"].points(model.shaped(model.shape_mean).astype(float))
    shift = np.array([ORIGIN[0], -ORIGIN[2], ORIGIN[1]])
    found = head.landmarks["mediapipe_478"].points(head.template.astype(float))
    distance = np.linalg.norm(found - truth - shift, axis=1)
    assert np.median(distance) < 0.3 * MILLIMETRE
    assert distance.max() < 3 * MILLIMETRE


def test_sliders_do_what_they_do_on_the_open_head(head: HeadModel) -> None:
    """The synthetic FLAME holds the open head's own directions, resampled: the truth is known vertex by vertex."""
    skin = resampling().joint == 0
    truth = bare_head(flame_arrays()).expression_basis[:52, skin]
    error = np.linalg.norm(head.expression_basis[:52, :VERTICES][:, skin] - truth, axis=2)
    moving = np.linalg.norm(truth, axis=2) > 1 * MILLIMETRE
    assert np.median(error[moving]) < 0.1 * MILLIMETRE
    assert np.quantile(error[moving], 0.99) < 1.5 * MILLIMETRE


def test_masks_and_scalp_follow_their_vertices(head: HeadModel) -> None:
    model, made = load_open_head(), resampling()
    skin = made.joint == 0
    for name, mask in model.masks.items():
        truth = (made.rows @ mask)[skin]
        assert np.abs(head.masks[name][:VERTICES][skin] - truth).mean() < 0.02, name
    scalp = np.isfinite(head.scalp_uv[:, 0])
    assert not scalp[VERTICES:].any()
    assert scalp.sum() > 0.7 * np.isfinite(model.scalp_uv[:, 0]).sum()


def test_charts_do_not_overlap(head: HeadModel) -> None:
    surface = head.surface
    areas = signed_areas(surface.uv[surface.uv_triangles("skin", "mouth")].astype(float))
    assert (areas > -1e-9).all()
    triangles = surface.triangles("skin")
    scalp = signed_areas(head.scalp_uv[triangles[np.isfinite(head.scalp_uv[triangles]).all((1, 2))]].astype(float))
    assert (np.sign(scalp) == np.sign(np.median(scalp))).all()
    face = head.masks["face"][surface.triangles("skin")].min(1) > 0.5
    assert areas[: len(face)][face].sum() > 0.4  # of the whole map's 2, which doubled areas sum to


def test_the_mouth_is_closed_by_a_bag_and_opens_with_its_teeth(head: HeadModel) -> None:
    surface = head.surface
    rims = open_rims(surface.triangles("skin", "mouth"))
    assert [len(rim) for rim in rims] == [30]
    jaw = head.expression_basis[head.expression_names.index("jawOpen")]
    teeth = surface.part_vertices("teeth")
    lower = teeth[head.joints.weights[teeth, 2] > 0.5]
    upper = teeth[head.joints.weights[teeth, 2] < 0.5]
    assert jaw[lower, 2].mean() < -5 * MILLIMETRE
    assert np.abs(jaw[upper]).max() < 0.5 * MILLIMETRE


def test_eyeballs_turn_about_their_centres(head: HeadModel) -> None:
    look = head.expression_basis[head.expression_names.index("eyeLookUpLeft")]
    left, right = np.arange(3931, 4477), np.arange(4477, 5023)
    centre = head.template[left].mean(0)
    front = left[(head.template[left, 1] - centre[1]).argmin()]
    assert look[front, 2] > 2 * MILLIMETRE
    assert np.linalg.norm(look[left].mean(0)) < 0.3 * MILLIMETRE
    assert np.abs(look[right]).max() < 0.01 * MILLIMETRE


def test_a_given_chart_is_kept(bare: HeadModel) -> None:
    """FLAME's own chart stays as it is; only the bag is added, inside the mouth's hole."""
    faces = flame_arrays().faces
    uv = 0.5 + 2.2 * bare.template[:, [0, 2]].astype(float)  # seen from the front, as good as any
    uv = (uv - uv.min(0)) / (uv.max(0) - uv.min(0))
    head = flame_avatar_head(flame_arrays(), load_open_head(), FlameUV(uv, faces))
    got = head.surface.uv[head.surface.uv_triangles("skin")]
    assert np.abs(got - uv[bare.surface.triangles("skin")]).max() < 1e-6


def test_another_persons_head_is_met_within_a_millimetre(bare: HeadModel) -> None:
    random = np.random.default_rng(3)
    shape = np.r_[random.normal(0, 1, 191), np.zeros(109)]
    person = replace(bare, template=bare.shaped(shape).astype(np.float32))
    found = find_correspondence(load_open_head(), person)
    made = resampling()
    skin = made.joint == 0
    distance = np.linalg.norm((made.rows @ found.positions)[skin] - person.template[skin], axis=1)
    face = (made.rows @ load_open_head().masks["face"])[skin] > 0.5
    assert np.median(distance[face]) < 1 * MILLIMETRE
    assert np.quantile(distance[face], 0.95) < 2.5 * MILLIMETRE


def test_hair_meets_a_body_below_the_slanting_neck(head: HeadModel) -> None:
    """FLAME ends at the neck; between the rim's highest and lowest point hair must not find the neck open."""
    _, neck = mouth_and_neck(head.template[:VERTICES], head.surface.triangles("skin"))
    rim = head.template[neck]
    assert np.ptp(rim[:, 2]) > 0.01
    field = prepare_head(head, head.template).distance
    top = np.array([*rim[:, :2].mean(0), rim[:, 2].max()])
    for below in (0.0, 0.01, 0.02, 0.1):
        inside, before = top - [0, 0, below], top - [0, 0.12, below]
        distance, _ = field.sample(np.array([inside, before]))
        assert distance[0] < -0.01 < 0.01 < distance[1]
