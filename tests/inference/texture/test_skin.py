# SPDX-License-Identifier: GPL-3.0-or-later
"""Skin textures from portraits whose true colours are known."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from inference.head.model import HeadModel, vertex_normals
from inference.head.open_head import load_open_head
from inference.texture.canvas import texture_canvas
from inference.texture.color import LUMINANCE, bytes_from_linear, linear_from_bytes, linear_from_log, log_from_linear
from inference.texture.field import skin_field
from inference.texture.skin_graph import skin_graph
from tests.inference.texture.portrait import (
    FOREIGN,
    SKIN,
    TEXTURE_SIZE,
    Portrait,
    at_vertices,
    cheek,
    linear_texture,
    portrait,
    with_pixels,
)

SIDE_LIGHT = np.array([0.75, 0.35, -0.25, 0.1])


@pytest.fixture(scope="module")
def model() -> HeadModel:
    return load_open_head()


@pytest.fixture(scope="module")
def frontal(model: HeadModel) -> Portrait:
    return portrait(model)


def under_nose(model: HeadModel) -> NDArray:
    """Vertices that a camera in front of the face hardly sees, where the painter puts shade."""
    normals = vertex_normals(model.template.astype(float), model.surface.triangles("skin"))
    return (model.masks["nose"] > 0.1) & (normals[:, 2] < -0.15)


def plain(model: HeadModel) -> NDArray:
    """Vertices of the front of the face without features."""
    features = np.max([model.masks[n] for n in ("lips", "brows", "eyelids", "ears", "scalp", "inner_mouth")], 0)
    shown = texture_canvas(model, TEXTURE_SIZE).atlas.area > 0.5  # sockets and folds have next to no texels
    return (model.masks["face"] > 0.99) & (features < 0.01) & shown & ~under_nose(model)


def log_error(found: NDArray, truth: NDArray) -> NDArray:
    return np.abs(log_from_linear(found) - log_from_linear(truth)).max(-1)


def greenness(linear: NDArray) -> NDArray:
    """0 for any skin, 1 for the foreign green."""
    excess = linear[..., 1] - linear[..., 0]
    return np.clip(excess / (FOREIGN[1] - FOREIGN[0]), 0, 1)


def test_known_colors_come_back_under_even_light(model: HeadModel, frontal: Portrait) -> None:
    found = at_vertices(model, linear_texture(frontal.bake(model)))
    error = log_error(found, frontal.truth)[plain(model)]
    assert np.median(error) < 0.03
    assert np.percentile(error, 95) < 0.12
    lips = model.masks["lips"] > 0.9
    assert np.median(log_error(found, frontal.truth)[lips]) < 0.2


def test_dark_brows_stay(model: HeadModel, frontal: Portrait) -> None:
    found = at_vertices(model, linear_texture(frontal.bake(model)))
    brows = model.masks["brows"] > 0.8
    assert found[brows].mean() < 0.55 * SKIN.mean()


def test_nostrils_and_the_underside_of_the_nose_lie_in_shade(model: HeadModel, frontal: Portrait) -> None:
    found = at_vertices(model, linear_texture(frontal.bake(model))).mean(1)
    canvas = texture_canvas(model, TEXTURE_SIZE)
    nostrils = canvas.graph.vertices[canvas.regions.nostrils > 0.5]
    x = model.template[nostrils, 0]
    assert 4 <= (x > 0.004).sum() == (x < -0.004).sum() == len(nostrils) / 2
    skin = np.median(found[plain(model)])
    assert found[nostrils].mean() < 0.6 * skin
    assert found[under_nose(model)].mean() < 0.95 * skin


def test_a_beard_stays_and_goes_on_where_the_photo_does_not_show_it(model: HeadModel) -> None:
    below = model.template[:, 2] < -0.048
    hairs = np.random.default_rng(1).uniform(0.03, 0.2, len(model.template))
    bearded = np.tile(SKIN, (len(model.template), 1))
    hairy = below & (model.masks["face"] > 0.5) & (model.masks["lips"] < 0.1)
    bearded[hairy] = hairs[hairy, None] * [1.1, 1.0, 0.9]
    found = at_vertices(model, linear_texture(portrait(model, skin=bearded).bake(model))).mean(1)
    skin = np.median(found[plain(model) & ~below])
    chin = hairy & (np.abs(model.template[:, 0]) < 0.02) & (model.template[:, 1] < 0.0)
    normals = vertex_normals(model.template.astype(float), model.surface.triangles("skin"))
    under_jaw = hairy & (normals[:, 2] < -0.8) & below
    assert np.median(found[chin]) < 0.5 * skin
    assert np.median(found[under_jaw]) < 0.65 * skin
    shaven = at_vertices(model, linear_texture(portrait(model).bake(model))).mean(1)
    assert np.median(shaven[under_jaw]) > 0.85 * skin


def test_most_of_a_side_light_is_taken_out(model: HeadModel) -> None:
    lit = portrait(model, light=SIDE_LIGHT)
    found = log_from_linear(at_vertices(model, linear_texture(lit.bake(model)))).mean(1)

    graph = skin_graph(model)
    sides = plain(model)[graph.vertices] & (np.abs(model.template[graph.vertices, 0]) > 0.02)
    normals_x = model.template[graph.vertices, 0] / 0.07
    shading = 2 * np.abs(SIDE_LIGHT[1] / SIDE_LIGHT[0] * normals_x)
    difference = np.abs(found[graph.vertices] - found[graph.vertices][graph.mirror])
    assert np.median(difference[sides]) < 0.3 * np.median(shading[sides])


def test_light_comes_from_where_it_came(model: HeadModel) -> None:
    report = portrait(model, light=SIDE_LIGHT).bake(model).report
    assert report["light_direction"][0] > 0.5
    assert report["light_strength"] > 0.2


def test_the_hidden_cheek_is_filled_from_the_mirror(model: HeadModel) -> None:
    turned = portrait(model, yaw=40)
    found = at_vertices(model, linear_texture(turned.bake(model)))
    for side in (1, -1):
        center = np.linalg.norm(model.template - cheek(model) * [side, 1, 1], axis=1) < 0.003
        assert log_error(found, turned.truth)[center].max() < 0.2
        assert found[center].mean() < 0.87 * SKIN.mean()


def test_no_step_across_the_seam(model: HeadModel) -> None:
    texture = cv2.GaussianBlur(
        portrait(model, yaw=25, light=SIDE_LIGHT).bake(model).skin.astype(np.float32), (0, 0), 1.5
    )
    surface = model.surface
    skin = np.isin(surface.face_parts, [surface.part_names.index("skin")])
    vertex, wedge = surface.faces[skin].ravel(), surface.uv_faces[skin].ravel()
    pairs = np.unique(np.stack([vertex, wedge], 1)[vertex >= 0], axis=0)
    doubled = pairs[:-1][pairs[:-1, 0] == pairs[1:, 0]], pairs[1:][pairs[:-1, 0] == pairs[1:, 0]]
    assert len(doubled[0]) > 20
    values = []
    for pair in doubled:
        place = surface.uv[pair[:, 1]] * [TEXTURE_SIZE, -TEXTURE_SIZE] + [0, TEXTURE_SIZE]
        column, row = np.clip(place.astype(int), 0, TEXTURE_SIZE - 1).T
        values.append(texture[row, column])
    step = np.abs(values[0] - values[1]).max(1)
    assert step.max() < 6


def test_eyeballs_teeth_and_shirt_are_not_painted_on_the_skin(model: HeadModel) -> None:
    one = portrait(model, expression={"jawOpen": 0.6}, foreign=("eyes", "teeth", "mouth", "shirt"))
    assert greenness(linear_texture(one.bake(model))).max() < 0.06


def test_the_background_is_not_painted_on_a_turned_face(model: HeadModel) -> None:
    one = portrait(model, yaw=35, background=tuple(FOREIGN))
    assert greenness(linear_texture(one.bake(model))).max() < 0.06


def test_hair_over_the_forehead_becomes_skin(model: HeadModel, frontal: Portrait) -> None:
    points = frontal.landmarks.points
    rows = np.arange(len(frontal.photo.pixels))[:, None] + 0.5
    brow = points[[105, 334], 1].min()
    fringe = (rows < brow - 12) & frontal.shown
    pixels = frontal.photo.pixels.copy()
    pixels[fringe] = 15
    textures = with_pixels(frontal, pixels).bake(model, hair=fringe.astype(np.float32))
    found = at_vertices(model, linear_texture(textures))
    top = (model.masks["forehead"] > 0.9) | (model.masks["scalp"] > 0.9)
    assert np.percentile(log_error(found, np.broadcast_to(SKIN, found.shape))[top], 98) < 0.25


def test_hair_tints_the_scalp_and_nothing_else(model: HeadModel, frontal: Portrait) -> None:
    bald = at_vertices(model, linear_texture(frontal.bake(model)))
    tinted = at_vertices(model, linear_texture(frontal.bake(model, hair_color=(0.01, 0.008, 0.006))))
    scalp = model.masks["scalp"] > 0.95
    skull = scalp & (texture_canvas(model, TEXTURE_SIZE).atlas.area > 0)
    assert (tinted[skull].mean(1) < 0.8 * bald[skull].mean(1)).mean() > 0.9
    assert np.abs(tinted - bald)[plain(model) & (model.template[:, 2] < 0.0)].max() < 0.01


def test_the_same_photo_gives_the_same_textures(model: HeadModel, frontal: Portrait) -> None:
    one, other = (frontal.bake(model, hair_color=(0.02, 0.01, 0.01)) for _ in range(2))
    assert np.array_equal(one.skin, other.skin)
    assert np.array_equal(one.eye, other.eye)
    assert one.colors == other.colors


def test_without_any_skin_seen_the_head_has_a_middle_skin_tone(model: HeadModel) -> None:
    canvas = texture_canvas(model, TEXTURE_SIZE)
    count, size = len(canvas.graph.vertices), (TEXTURE_SIZE, TEXTURE_SIZE)
    normals = model.template[canvas.graph.vertices] * 0 + [0.0, -1.0, 0.0]
    nothing = np.zeros((*size, 3), np.float32)
    field = skin_field(canvas, normals, np.ones(count), nothing, nothing[..., 0], np.zeros(count))
    color = linear_from_log(field.color)[canvas.regions.plain > 0.99]
    assert (color[:, 0] > color[:, 2]).all()
    assert field.seen.max() == 0


def test_a_face_is_taken_from_the_photo_even_if_no_person_was_found(model: HeadModel, frontal: Portrait) -> None:
    textures = replace(frontal, shown=np.zeros_like(frontal.shown)).bake(model)
    found = at_vertices(model, linear_texture(textures))
    lips = model.masks["lips"] > 0.9
    assert np.median(log_error(found, frontal.truth)[lips]) < 0.2
    assert textures.report["face_seen"] > 0.25


def test_a_painted_face_stays_painted(model: HeadModel) -> None:
    colors = np.tile(SKIN, (len(model.template), 1))
    left, right, lower = model.template[:, 0] > 0.012, model.template[:, 0] < -0.012, model.template[:, 2] < -0.02
    for area, color in ((left, (0.05, 0.1, 0.6)), (right, (0.6, 0.6, 0.05)), (lower, (0.05, 0.5, 0.1))):
        colors[area] = color
    painted = portrait(model, skin=colors)
    textures = painted.bake(model)
    assert textures.report["face_seen"] > 0.33
    found = at_vertices(model, linear_texture(textures))
    for place in (cheek(model), cheek(model) * [-1, 1, 1]):
        near = np.linalg.norm(model.template - place, axis=1) < 0.008
        hue, wanted = found[near].mean(0), colors[near].mean(0)
        assert hue @ wanted > 0.9 * np.linalg.norm(hue) * np.linalg.norm(wanted)


def test_a_grey_photo_gives_a_grey_face_with_its_features(model: HeadModel, frontal: Portrait) -> None:
    grey = np.repeat(cv2.cvtColor(frontal.photo.pixels, cv2.COLOR_RGB2GRAY)[..., None], 3, 2)
    linear = linear_texture(with_pixels(frontal, grey).bake(model))
    found = at_vertices(model, linear)
    face = plain(model)
    assert np.ptp(linear[texture_canvas(model, TEXTURE_SIZE).atlas.covered], axis=-1).max() < 0.05
    assert found[model.masks["lips"] > 0.9].mean() < 0.8 * found[face].mean()
    assert found[model.masks["brows"] > 0.8].mean() < 0.55 * found[face].mean()


def test_a_smiles_folds_fade_and_a_resting_faces_stay(model: HeadModel) -> None:
    fold = model.landmarks["mediapipe_478"].points(model.template)[[203, 423]]
    distance = np.linalg.norm(model.template[:, None] - fold, axis=2).min(1)
    colors = np.tile(SKIN, (len(model.template), 1))
    colors[distance < 0.003] *= 0.4
    darkness = {}
    for name, expression in (("resting", {}), ("smiling", {"mouthSmileLeft": 0.9, "mouthSmileRight": 0.9})):
        textures = portrait(model, expression=expression, skin=colors).bake(model)
        found = log_from_linear(at_vertices(model, linear_texture(textures))).mean(1)
        around = (distance > 0.012) & (distance < 0.02) & plain(model)
        darkness[name] = np.median(found[around]) - found[distance < 0.002].mean()
    assert darkness["resting"] > 0.3
    assert darkness["smiling"] < 0.55 * darkness["resting"]


def test_half_shadowed_skin_comes_out_brighter_than_its_shadow(model: HeadModel) -> None:
    shadowed = portrait(model, yaw=35.0, light=np.array([0.25, 0.45, -0.05, 0.0]))
    photo = linear_from_bytes(shadowed.photo.pixels)[shadowed.shown] @ LUMINANCE
    texture = at_vertices(model, linear_texture(shadowed.bake(model)))[plain(model)] @ LUMINANCE
    assert np.median(texture) > 0.31 * np.quantile(photo, 0.9) > 2 * np.median(photo)


def test_coloured_light_leaves_skin_a_hue_that_skin_has(model: HeadModel, frontal: Portrait) -> None:
    tint = np.array([1.0, 0.9, 1.7])
    bluish = with_pixels(frontal, bytes_from_linear(linear_from_bytes(frontal.photo.pixels) * tint))
    red, green, blue = np.median(at_vertices(model, linear_texture(bluish.bake(model)))[plain(model)], 0)
    assert SKIN[2] * tint[2] > 1.3 * SKIN[1] * tint[1]
    assert blue < 1.1 * green
    assert green < red
