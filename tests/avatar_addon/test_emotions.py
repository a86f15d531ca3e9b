# SPDX-License-Identifier: GPL-3.0-or-later
"""Emotion sliders and their drivers."""

from __future__ import annotations

import bpy
import numpy as np
import pytest
from portrait_avatar.avatar_addon.scene.emotion_drivers import hat_expression, sliders
from portrait_avatar.tests.avatar_addon.geometry import evaluated_positions

SLIDERS = ["Happiness", "Anger", "Sadness", "Fear", "Contempt", "Surprise", "Disgust"]


def test_sliders_are_custom_properties_with_a_range(built):
    head_object = bpy.data.objects[built.head]
    assert sliders(head_object) == SLIDERS
    for name in SLIDERS:
        ui = head_object.id_properties_ui(name).as_dict()
        assert (ui["min"], ui["max"], ui["default"], ui["subtype"]) == (0, 1, 0, "FACTOR")
        assert name.lower() in ui["description"]
        assert head_object.is_property_overridable_library(f'["{name}"]')


def test_drivers_need_no_python(built):
    drivers = bpy.data.objects[built.head].data.shape_keys.animation_data.drivers
    assert len(drivers) == 2 * len(SLIDERS)
    assert all(curve.driver.is_valid and curve.driver.is_simple_expression for curve in drivers)


@pytest.mark.parametrize("value", [0.0, 0.2, 0.5, 0.8, 1.0])
def test_slider_moves_the_face_piecewise_linearly(avatar, built, value):
    head_object, head = bpy.data.objects[built.head], avatar.head
    head_object["Surprise"] = value
    half, full = head.emotion_deltas[SLIDERS.index("Surprise")]
    expected = half * value / 0.5 if value < 0.5 else half + (full - half) * (value - 0.5) / 0.5
    np.testing.assert_allclose(evaluated_positions(head_object), head.vertices + expected, atol=1e-6)


def test_emotions_add_up(avatar, built):
    head_object, head = bpy.data.objects[built.head], avatar.head
    head_object["Anger"] = head_object["Fear"] = 1.0
    expected = head.vertices + head.emotion_deltas[1, -1] + head.emotion_deltas[3, -1]
    np.testing.assert_allclose(evaluated_positions(head_object), expected, atol=1e-6)


def test_sliders_work_in_a_saved_file_without_scripts(avatar, built, folder):
    path = folder / "avatar.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    bpy.ops.wm.open_mainfile(filepath=str(path), use_scripts=False)
    head_object = bpy.data.objects[built.head]
    head_object["Happiness"] = 1.0
    expected = avatar.head.vertices + avatar.head.emotion_deltas[0, -1]
    np.testing.assert_allclose(evaluated_positions(head_object), expected, atol=1e-6)


@pytest.mark.parametrize("levels", [[1.0], [0.5, 1.0], [0.1, 0.4, 0.75, 1.0]])
def test_hats_sum_to_linear_interpolation(levels):
    levels = np.array(levels, np.float32)
    for v in np.linspace(0, 1.2, 25):
        weights = [eval(hat_expression(levels, k), {"min": min, "max": max, "v": v}) for k in range(len(levels))]
        found = np.dot(weights, levels**2)
        assert found == pytest.approx(np.interp(v, [0, *levels], [0, *levels**2]), abs=1e-5)
