# SPDX-License-Identifier: GPL-3.0-or-later
"""The hair's sliders do what their names say, in Blender alone."""

from __future__ import annotations

from pathlib import Path

import bpy
import numpy as np
import pytest
from portrait_avatar.avatar_addon.hair.wear import wear_style
from portrait_avatar.avatar_addon.scene.hair_material import seen_color
from portrait_avatar.avatar_addon.scene.hair_sliders import COLOR, SHAPE, reset_sliders, slider_names
from portrait_avatar.tests.avatar_addon.hair_styles import arc_length, deepest, evaluated, make_style, winding


@pytest.fixture
def hair_object(avatar, built) -> bpy.types.Object:
    return wear_style(bpy.data.objects[built.head], make_style(avatar))


def with_slider(hair_object: bpy.types.Object, name: str, value: float) -> np.ndarray:
    """The strands with one slider moved."""
    reset_sliders(hair_object)
    hair_object[name] = value
    return evaluated(hair_object)


def test_neutral_sliders_change_nothing(hair_object):
    before = evaluated(hair_object)
    for modifier in list(hair_object.modifiers):
        if modifier.name.startswith("Portrait Avatar Hair") and "Attachment" not in modifier.name:
            hair_object.modifiers.remove(modifier)
    np.testing.assert_allclose(evaluated(hair_object), before, atol=1e-7)


@pytest.mark.parametrize("share", [0.4, 0.8, 1.3])
def test_length(hair_object, share):
    neutral = evaluated(hair_object)
    assert arc_length(with_slider(hair_object, "Length", share)) == pytest.approx(share * arc_length(neutral), rel=0.08)


def test_cut_hair_keeps_its_course(hair_object):
    neutral, cut = evaluated(hair_object), with_slider(hair_object, "Length", 0.5)
    ways = np.linalg.norm(cut[:, -1:] - neutral, axis=2)
    assert np.quantile(ways.min(1), 0.95) < 0.002
    assert 0.4 < np.median(ways.argmin(1)) / neutral.shape[1] < 0.6


def test_scissors_stop_at_the_tie(avatar, built):
    tied = wear_style(bpy.data.objects[built.head], make_style(avatar, "tied", tail=0.02))
    neutral = arc_length(evaluated(tied))
    assert arc_length(with_slider(tied, "Length", 0.5)) == pytest.approx(neutral - 0.01, abs=0.003)


def test_volume(hair_object):
    flat, neutral, full = (
        np.linalg.norm(with_slider(hair_object, "Volume", value), axis=2).mean() for value in (0.0, 1.0, 2.0)
    )
    assert flat < neutral - 0.0005
    assert full > neutral + 0.003


def test_curl_and_straightening(hair_object):
    straight, neutral, wavy, coiled = (
        winding(with_slider(hair_object, "Curl", value)) for value in (-1.0, 0.0, 0.3, 1.0)
    )
    assert straight - 1 < 0.7 * (neutral - 1)
    assert neutral < wavy < coiled
    assert coiled > 1.3


def test_frizz_roughens(hair_object):
    smooth, rough = (
        np.abs(np.diff(with_slider(hair_object, "Frizz", value), 2, axis=1)).mean() for value in (0.0, 1.0)
    )
    assert rough > 1.5 * smooth


def test_clump_gathers_tips(hair_object):
    def apart(strands: np.ndarray) -> float:
        tips = strands[:300, -1]
        distance = np.linalg.norm(tips[:, None] - tips[None], axis=2) + np.eye(len(tips))
        return float(np.median(np.sort(distance, axis=1)[:, 4]))

    assert apart(with_slider(hair_object, "Clump", 1.0)) < 0.8 * apart(with_slider(hair_object, "Clump", 0.0))


@pytest.mark.parametrize(("name", "value"), [("Volume", 0.0), ("Curl", 1.0), ("Length", 1.5), ("Clump", 1.0)])
def test_no_slider_pushes_guides_into_the_head(hair_object, name, value):
    for modifier in hair_object.modifiers:
        modifier.show_viewport = "Shape" in modifier.name
    assert deepest(with_slider(hair_object, name, value)) < 0.001


def test_strand_count(hair_object):
    assert len(with_slider(hair_object, "Viewport strands", 3000)) == pytest.approx(3000, rel=0.25)
    assert len(with_slider(hair_object, "Viewport strands", 300)) == pytest.approx(300, rel=0.4)


def test_sliders_explain_themselves_and_need_no_scripts(hair_object):
    for name in slider_names():
        assert hair_object.id_properties_ui(name).as_dict()["description"]
    for curve in hair_object.animation_data.drivers:
        assert curve.driver.is_simple_expression
        assert curve.driver.is_valid


def test_the_material_reads_the_colour_sliders(hair_object):
    nodes = hair_object.data.materials[0].node_tree.nodes
    read = {node.attribute_name for node in nodes if node.type == "ATTRIBUTE" and node.attribute_type == "OBJECT"}
    assert {slider.name for slider in COLOR} <= read


def test_exports_take_the_colour_of_the_sliders(avatar, hair_object):
    assert seen_color(hair_object) == pytest.approx(avatar.hair.color.linear_rgb)
    hair_object["Melanin"] = 1.0
    assert max(seen_color(hair_object)) < 0.01
    hair_object["Grey"] = 1.0
    assert min(seen_color(hair_object)) > 0.3
    hair_object["Dye"] = 1.0
    assert seen_color(hair_object) == pytest.approx((0.35, 0.02, 0.05))


def test_sliders_outlive_saving_and_the_add_on(hair_object, tmp_path: Path):
    name, neutral = hair_object.name, arc_length(evaluated(hair_object))
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "saved.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "saved.blend"))
    hair_object = bpy.data.objects[name]
    assert {slider.name for slider in SHAPE} <= set(hair_object.keys())
    assert arc_length(with_slider(hair_object, "Length", 0.5)) == pytest.approx(0.5 * neutral, rel=0.08)


def test_sliders_work_on_appended_hair(hair_object, built, tmp_path: Path):
    name, neutral = hair_object.name, arc_length(evaluated(hair_object))
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "saved.blend"))
    bpy.ops.wm.read_factory_settings(use_empty=True)
    with bpy.data.libraries.load(str(tmp_path / "saved.blend")) as (_, wanted):
        wanted.collections = [built.collection]
    bpy.context.scene.collection.children.link(wanted.collections[0])
    hair_object = bpy.data.objects[name]
    assert arc_length(with_slider(hair_object, "Length", 0.5)) == pytest.approx(0.5 * neutral, rel=0.08)


def test_sliders_work_on_overridden_linked_hair(hair_object, built, tmp_path: Path):
    name, neutral = hair_object.name, arc_length(evaluated(hair_object))
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "saved.blend"))
    bpy.ops.wm.read_factory_settings(use_empty=True)
    with bpy.data.libraries.load(str(tmp_path / "saved.blend"), link=True) as (_, wanted):
        wanted.collections = [built.collection]
    linked = wanted.collections[0]
    bpy.context.scene.collection.children.link(linked)
    local = linked.override_hierarchy_create(bpy.context.scene, bpy.context.view_layer, do_fully_editable=True)
    hair_object = local.objects[name]
    assert hair_object.override_library
    assert arc_length(evaluated(hair_object)) == pytest.approx(neutral, rel=0.01)
    hair_object["Length"] = 0.5
    assert arc_length(evaluated(hair_object)) == pytest.approx(0.5 * neutral, rel=0.08)
