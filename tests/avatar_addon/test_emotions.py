# SPDX-License-Identifier: GPL-3.0-or-later
"""Emotion sliders, their drivers and buttons."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys

import bpy
import numpy as np
import pytest
from portrait_avatar.avatar_addon.emotion.expressions import Channel, level_expression, pair_expression
from portrait_avatar.avatar_addon.emotion.presets import PRESETS
from portrait_avatar.avatar_addon.emotion.sliders import (
    MIRRORED_PHOTO_KEY,
    PHOTO_KEY,
    photo_values,
    sides,
    sliders,
)
from portrait_avatar.avatar_addon.export import files
from portrait_avatar.tests.avatar_addon.geometry import evaluated_positions

SLIDERS = ["Happiness", "Anger", "Sadness", "Fear", "Contempt", "Surprise", "Disgust"]
SIDE = "Contempt Side"


def law(head, values, side=0.0):
    """The contract in bundle.py, written down a second time: (V, 3) positions for slider values."""
    vector = np.array([values.get(name, 0.0) for name in SLIDERS])
    share = vector / max(1.0, np.linalg.norm(vector))
    contempt = SLIDERS.index("Contempt")
    channels = np.append(share, share[contempt] * side)
    channels[contempt] *= 1 - side
    moved = np.zeros_like(head.vertices, dtype=float)
    for channel, deltas in zip(channels, [*head.emotion_deltas, *head.mirrored_deltas], strict=True):
        nodes = np.concatenate([np.zeros_like(deltas[:1]), deltas])
        levels = np.concatenate([[0.0], head.emotion_levels])
        upper = min(int(np.searchsorted(levels, channel)), len(levels) - 1) or 1
        blend = (channel - levels[upper - 1]) / (levels[upper] - levels[upper - 1])
        moved += (1 - blend) * nodes[upper - 1] + blend * nodes[upper]
    for (a, b), delta in zip(head.emotion_pairs, head.pair_deltas, strict=True):
        moved += 2 * channels[a] * channels[b] * delta
    return head.vertices + moved


@pytest.fixture
def head_object(built):
    return bpy.data.objects[built.head]


@pytest.fixture
def addon(built):
    from portrait_avatar import avatar_addon

    avatar_addon.register()
    yield
    avatar_addon.unregister()


def show(head_object, values, side=0.0):
    for name in SLIDERS:
        head_object[name] = float(values.get(name, 0.0))
    head_object[SIDE] = side


def test_sliders_are_custom_properties_with_a_range(head_object):
    assert sliders(head_object) == SLIDERS
    assert sides(head_object) == {"Contempt": SIDE}
    for name in (*SLIDERS, SIDE):
        ui = head_object.id_properties_ui(name).as_dict()
        assert (ui["min"], ui["max"], ui["default"], ui["subtype"]) == (0, 1, 0, "FACTOR")
        assert name.split()[0].lower() in ui["description"]
        assert head_object.is_property_overridable_library(f'["{name}"]')


def test_drivers_need_no_python(avatar, head_object):
    drivers = head_object.data.shape_keys.animation_data.drivers
    head = avatar.head
    assert len(drivers) == len(head.emotion_levels) * (len(SLIDERS) + 1) + len(head.emotion_pairs)
    for curve in drivers:
        assert curve.driver.is_valid, curve.driver.expression
        assert curve.driver.is_simple_expression, curve.driver.expression


@pytest.mark.parametrize("value", [0.0, 0.2, 0.5, 0.8, 1.0])
def test_one_slider_moves_the_face_piecewise_linearly(avatar, head_object, value):
    head = avatar.head
    head_object["Surprise"] = value
    half, full = head.emotion_deltas[SLIDERS.index("Surprise")]
    expected = half * value / 0.5 if value < 0.5 else half + (full - half) * (value - 0.5) / 0.5
    np.testing.assert_allclose(evaluated_positions(head_object), head.vertices + expected, atol=1e-6)


@pytest.mark.parametrize(
    ("values", "side"),
    [
        ({"Anger": 1.0, "Fear": 1.0}, 0.0),
        ({"Anger": 0.4, "Contempt": 0.5}, 0.0),
        ({"Anger": 0.4, "Contempt": 0.9}, 1.0),
        ({"Contempt": 0.7}, 0.3),
        (dict.fromkeys(SLIDERS, 1.0), 0.5),
        (dict(zip(SLIDERS, (0.1, 0.9, 0.3, 0.6, 0.2, 0.0, 0.5), strict=True)), 0.25),
    ],
)
def test_emotions_share_the_face(avatar, head_object, values, side):
    show(head_object, values, side)
    np.testing.assert_allclose(evaluated_positions(head_object), law(avatar.head, values, side), atol=2e-6)


def test_many_emotions_at_once_do_not_explode(avatar, head_object):
    """Each key's weight stays within a face: the squares of all shares add to at most 1."""
    show(head_object, dict.fromkeys(SLIDERS, 1.0))
    evaluated_positions(head_object)
    for block in head_object.data.shape_keys.key_blocks[1:]:
        assert 0 <= block.value <= 1, block.name


CODE = """
import sys, json, bpy, numpy as np
path, name, values = sys.argv[-3], sys.argv[-2], json.loads(sys.argv[-1])
bpy.ops.wm.open_mainfile(filepath=path, use_scripts=False)
assert not bpy.context.preferences.filepaths.use_scripts_auto_execute
assert not any("avatar" in module for module in sys.modules)
head = bpy.data.objects[name]
for slider, value in values.items():
    head[slider] = value
head.update_tag()
depsgraph = bpy.context.evaluated_depsgraph_get()
depsgraph.update()
points = np.empty(len(head.data.vertices) * 3, np.float32)
head.evaluated_get(depsgraph).data.vertices.foreach_get("co", points)
print("POINTS", json.dumps(points.tolist()))
sys.stdout.flush()
import os; os._exit(0)
"""


def test_sliders_work_in_a_strangers_blender(avatar, built, folder):
    """Another process without the add-on, auto-run scripts off."""
    path = folder / "avatar.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    values = {"Happiness": 0.8, "Contempt": 0.7, SIDE: 1.0}
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    result = subprocess.run(
        [sys.executable, "-c", CODE, str(path), built.head, json.dumps(values)],
        capture_output=True,
        text=True,
        env=environment,
        cwd=folder,
        timeout=120,
    )
    line = next((line for line in result.stdout.splitlines() if line.startswith("POINTS")), None)
    assert line, result.stderr
    found = np.array(json.loads(line.removeprefix("POINTS"))).reshape(-1, 3)
    np.testing.assert_allclose(found, law(avatar.head, values, 1.0), atol=2e-6)


def test_sliders_work_in_a_library_override(avatar, built, folder):
    path = folder / "library.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    bpy.ops.wm.read_factory_settings(use_empty=True)
    with bpy.data.libraries.load(str(path), link=True) as (_, wanted):
        wanted.collections = [built.collection]
    scene, view_layer = bpy.context.scene, bpy.context.view_layer
    linked = wanted.collections[0]
    linked.override_hierarchy_create(scene, view_layer, do_fully_editable=True)
    local = next(item for item in scene.objects if item.type == "MESH" and item.library is None and "head" in item.name)
    assert local.override_library is not None
    local["Anger"] = 0.9
    np.testing.assert_allclose(evaluated_positions(local), law(avatar.head, {"Anger": 0.9}), atol=2e-6)


def test_sliders_can_be_animated(avatar, head_object, addon):
    scene = bpy.context.scene
    for frame, value in ((1, 0.0), (11, 1.0)):
        scene.frame_set(frame)
        head_object["Sadness"] = value
        assert bpy.ops.avatar.emotions_keyframe() == {"FINISHED"}
    scene.frame_set(6)
    assert head_object["Sadness"] == pytest.approx(0.5, abs=0.01)
    np.testing.assert_allclose(
        evaluated_positions(head_object), law(avatar.head, {"Sadness": head_object["Sadness"]}), atol=2e-6
    )
    assert head_object.animation_data.action is not None


def test_buttons(head_object, addon):
    keys = head_object.data.shape_keys.key_blocks
    operators = bpy.ops.avatar
    assert operators.emotions_randomise(seed=3) == {"FINISHED"}
    first = [head_object[name] for name in SLIDERS]
    assert 1 <= sum(value > 0 for value in first) <= 2
    operators.emotions_randomise(seed=3)
    assert first == [head_object[name] for name in SLIDERS]
    operators.emotions_photo(exact=True)
    assert (keys[PHOTO_KEY].value, max(head_object[name] for name in SLIDERS)) == (1, 0)
    operators.emotions_photo(exact=False)
    assert keys[PHOTO_KEY].value == 0
    assert {name: head_object[name] for name in SLIDERS} == pytest.approx(photo_values(head_object))
    operators.emotions_preset(preset="SMUG")
    keys["mouthSmileLeft"].value = 0.5
    operators.emotions_mirror()
    assert head_object[SIDE] == 1
    assert (keys["mouthSmileLeft"].value, keys["mouthSmileRight"].value) == (0, 0.5)
    operators.emotions_reset()
    assert not any(head_object[name] for name in SLIDERS)


def test_the_photos_expression_is_mirrored_too(avatar, head_object, addon):
    keys = head_object.data.shape_keys.key_blocks
    keys[PHOTO_KEY].value = 0.8
    bpy.ops.avatar.emotions_mirror()
    assert (keys[PHOTO_KEY].value, keys[MIRRORED_PHOTO_KEY].value) == (0, pytest.approx(0.8))
    expected = avatar.head.vertices + 0.8 * avatar.head.mirrored_photo_delta
    np.testing.assert_allclose(evaluated_positions(head_object), expected, atol=1e-6)
    bpy.ops.avatar.emotions_mirror()
    assert (keys[PHOTO_KEY].value, keys[MIRRORED_PHOTO_KEY].value) == (pytest.approx(0.8), 0)
    bpy.ops.avatar.emotions_mirror()
    bpy.ops.avatar.emotions_reset()
    assert keys[PHOTO_KEY].value == keys[MIRRORED_PHOTO_KEY].value == 0


def test_each_button_is_one_undo_step():
    from portrait_avatar.avatar_addon.emotion.operators import CLASSES

    assert all({"REGISTER", "UNDO"} <= cls.bl_options for cls in CLASSES)


def test_presets_name_sliders():
    for _, mixture in PRESETS.values():
        assert set(mixture) <= set(SLIDERS)
        assert all(0 < value <= 1 for value in mixture.values())


def test_the_recipe_beside_an_export_gives_the_same_face(avatar, built, head_object, folder):
    """Followed word by word from the JSON, with the exported shape keys' own displacements."""
    values = dict(zip(SLIDERS, (0.5, 0.2, 0.0, 0.9, 0.4, 0.3, 0.6), strict=True))
    files.write("fbx", built, folder / "out.fbx")
    recipe = json.loads((folder / "out_emotions.json").read_text(encoding="utf-8"))
    blocks = head_object.data.shape_keys.key_blocks
    names = [slider["name"] for slider in recipe["sliders"]]
    length = max(1.0, np.linalg.norm([values[name] for name in names]))

    def channel(entry):
        return (
            values[entry["slider"]]
            / length
            * (0.75 if entry.get("side") == "right" else 0.25 if entry.get("side") else 1)
        )

    moved = np.zeros_like(avatar.head.vertices, dtype=float)
    levels = sorted({key["level"] for key in recipe["keys"] if "level" in key})
    for key in recipe["keys"]:
        amounts = [channel(entry) for entry in key["channels"]]
        if "level" in key:
            hat = [float(level == key["level"]) for level in levels]
            weight = np.interp(amounts[0], [0.0, *levels], [0.0, *hat])
        else:
            weight = 2 * amounts[0] * amounts[1]
        points = np.empty(len(moved) * 3, np.float32)
        blocks[key["key"]].points.foreach_get("co", points)
        moved += weight * (points.reshape(-1, 3) - avatar.head.vertices)
    np.testing.assert_allclose(avatar.head.vertices + moved, law(avatar.head, values, 0.25), atol=5e-6)


@pytest.mark.parametrize("levels", [[1.0], [0.5, 1.0], [0.1, 0.4, 0.75, 1.0]])
def test_level_expressions_are_linear_interpolation(levels):
    levels = np.array(levels, np.float32)
    functions = {"min": min, "max": max, "sqrt": np.sqrt}
    for a, b in itertools.product(np.linspace(0, 1, 9), (0.0, 0.7)):
        share = a / max(1, np.hypot(a, b))
        names = {"a": a, "b": b, "A": 0.0}
        weights = [eval(level_expression(Channel(0), levels, k, 2), functions, names) for k in range(len(levels))]
        assert np.dot(weights, levels**2) == pytest.approx(np.interp(share, [0, *levels], [0, *levels**2]), abs=1e-5)


def test_too_many_emotions_are_refused():
    with pytest.raises(ValueError, match="more than"):
        pair_expression(Channel(0), Channel(1), 13)
