# SPDX-License-Identifier: GPL-3.0-or-later
"""The hair's material: the Principled Hair BSDF in the colour measured in the photo."""

from __future__ import annotations

import math

import bpy

from ...inference.bundle import HairColor
from .hair_sliders import DYE_COLOR
from .nodes import Color, add_node, finish, new_material, rgba

VALUE_VARIATION = 0.25
TIP_VALUE = 1.05
# Light hair gets its brightness from light that passes dozens of strands. Renders of a few bounces lose it and turn blond to
# grey; so a share of a strand scatters like a diffuse surface, which says the colour at the first bounce: this much of black and
# of white hair.
DIFFUSE = 0.4, 0.6
# Measured on renders under our light (tests/hair_color_sweep.py): hair looks like GLOSS + GAIN * strand colour ** POWER.
GLOSS, GAIN, POWER = 0.020, 0.45, 0.86
DARKEST, BRIGHTEST = 0.002, 0.44
# A photo's highlights are paler than its mean: as even a colour as the mean would look dyed.
PALENESS = 0.03
# Absorption per unit of pigment, as in the Principled Hair BSDF.
EUMELANIN, PHEOMELANIN = (0.506, 0.841, 1.653), (0.343, 0.733, 1.924)
# How fast the pigments take over from the photo's own colour when their sliders move.
MELANIN_GAIN, REDNESS_GAIN, UNMOVED = 8.0, 4.0, 0.002
GREY = (0.8, 0.79, 0.78, 1.0)


def strand_color(seen: Color) -> Color:
    """The colour of single strands (linear) that together look like ``seen``, the hair's mean colour in the photo."""
    # Brighter hair than strands can make keeps its hue.
    seen = tuple(c * min(1.0, (GLOSS + BRIGHTEST) / max(*seen, 1e-6)) for c in seen)
    low, high = min(seen), max(seen)
    # No channel can look darker than the gloss; the others move with it, so that the hue stays.
    floor = max(low + PALENESS * (high - low), GLOSS + DARKEST)
    scale = max(high - floor, 0.0) / max(high - low, 1e-6)
    raised = (floor + scale * (c - low) for c in seen)
    return tuple((min(c - GLOSS, BRIGHTEST) / GAIN) ** (1 / POWER) for c in raised)


def hair_material(name: str, color: HairColor) -> bpy.types.Material:
    """The measured colour, a little different on each strand; the sliders of the hair's object change it."""
    material, tree = new_material(name)
    strand = add_node(tree, "ShaderNodeHairInfo")
    random = add_node(
        tree,
        "ShaderNodeMapRange",
        {"Value": strand.outputs["Random"], "To Min": 1 - VALUE_VARIATION, "To Max": 1 + VALUE_VARIATION},
    )
    # Darker at the root, where strands shade each other, than at the tip, which sun and age have paled.
    root = _math(tree, "SUBTRACT", 1.0, _slider(tree, "Root darkness", "Fac"))
    along = add_node(
        tree, "ShaderNodeMapRange", {"Value": strand.outputs["Intercept"], "To Min": root, "To Max": TIP_VALUE}
    )
    value = _math(tree, "MULTIPLY", random.outputs["Result"], along.outputs["Result"])
    tint = add_node(tree, "ShaderNodeHueSaturation", {"Color": _base_color(tree, color, strand), "Value": value})
    finish(tree, strand_surface(tree, tint.outputs["Color"], color.roughness))
    material.diffuse_color = rgba(color.linear_rgb)
    return material


def strand_surface(
    tree: bpy.types.NodeTree, color: bpy.types.NodeSocket | tuple[float, ...], roughness: float
) -> bpy.types.NodeSocket:
    """How strands of a colour, see :func:`strand_color`, take the light."""
    fibre = add_node(
        tree,
        "ShaderNodeBsdfHairPrincipled",
        {
            "Color": color,
            "Roughness": roughness,
            "Radial Roughness": 0.5,
            # Less than keratin's 1.55: the white gloss of thousands of strands would pale every saturated colour.
            "IOR": 1.25,
            "Random Roughness": 0.2,
        },
        parametrization="COLOR",
    )
    body = add_node(tree, "ShaderNodeBsdfDiffuse", {"Color": color})
    light = add_node(tree, "ShaderNodeRGBToBW", {"Color": color}).outputs["Val"]
    share = add_node(tree, "ShaderNodeMapRange", {"Value": light, "To Min": DIFFUSE[0], "To Max": DIFFUSE[1]})
    inputs = {0: share.outputs["Result"], 1: fibre.outputs["BSDF"], 2: body.outputs["BSDF"]}
    return add_node(tree, "ShaderNodeMixShader", inputs).outputs["Shader"]


def seen_color(hair_object: bpy.types.Object) -> Color:
    """The linear colour that the hair as a whole has with its sliders as they are, for programs without its material."""
    material = hair_object.data.materials[0]
    surface = next(node for node in material.node_tree.nodes if node.type == "BSDF_HAIR_PRINCIPLED")
    melanin, redness = hair_object["Melanin"], hair_object["Redness"]
    away = _moved(hair_object, "Melanin", MELANIN_GAIN) + _moved(hair_object, "Redness", REDNESS_GAIN)
    amount = -math.log(1.0001 - melanin)
    density = _density(surface.inputs["Roughness"].default_value)
    seen = []
    for k, photo in enumerate(material.diffuse_color[:3]):
        absorbed = amount * ((1 - redness) * EUMELANIN[k] + redness * PHEOMELANIN[k])
        natural = _between(photo, math.exp(-density * math.sqrt(max(absorbed, 0.0))), min(away, 1.0))
        aged = _between(natural, GLOSS + GAIN * GREY[k] ** POWER, hair_object["Grey"])
        seen.append(_between(aged, hair_object[DYE_COLOR][k], hair_object["Dye"]))
    return tuple(seen)


def _base_color(tree: bpy.types.NodeTree, color: HairColor, strand: bpy.types.Node) -> bpy.types.NodeSocket:
    """The photo's colour while the pigments are the measured ones; pigment, grey and dye where the sliders say so."""
    melanin, redness = _slider(tree, "Melanin", "Fac"), _slider(tree, "Redness", "Fac")
    away = (
        _distance(tree, melanin, color.melanin, MELANIN_GAIN),
        _distance(tree, redness, color.redness, REDNESS_GAIN),
    )
    photo = rgba(strand_color(color.linear_rgb))
    pigments = _strands(tree, _pigments(tree, melanin, redness, color.roughness))
    natural = _mix(tree, _math(tree, "ADD", *away, clamp=True), photo, pigments)
    lot = _math(tree, "FRACT", _math(tree, "MULTIPLY", strand.outputs["Random"], 57.31))
    aged = _mix(tree, _math(tree, "LESS_THAN", lot, _slider(tree, "Grey", "Fac")), natural, GREY)
    dye = add_node(tree, "ShaderNodeSeparateColor", {"Color": _slider(tree, DYE_COLOR, "Color")})
    return _mix(tree, _slider(tree, "Dye", "Fac"), aged, _strands(tree, list(dye.outputs)))


def _pigments(
    tree: bpy.types.NodeTree, melanin: bpy.types.NodeSocket, redness: bpy.types.NodeSocket, roughness: float
) -> list[bpy.types.NodeSocket]:
    """Red, green and blue of dense hair with these pigments, as inference measures them.

    Absorption from eumelanin and pheomelanin (d'Eon et al. 2011), colour from absorption (Chiang et al. 2016, eq. 9).
    """
    amount = _math(tree, "MULTIPLY", _math(tree, "LOGARITHM", _math(tree, "SUBTRACT", 1.0001, melanin), math.e), -1.0)
    red = _math(tree, "MULTIPLY", amount, redness)
    dark = _math(tree, "SUBTRACT", amount, red)
    density = _density(roughness)
    channels = []
    for eumelanin, pheomelanin in zip(EUMELANIN, PHEOMELANIN, strict=True):
        absorbed = _math(tree, "MULTIPLY_ADD", dark, eumelanin, _math(tree, "MULTIPLY", red, pheomelanin))
        channels.append(_math(tree, "EXPONENT", _math(tree, "MULTIPLY", _math(tree, "SQRT", absorbed), -density)))
    return channels


def _strands(tree: bpy.types.NodeTree, channels: list[bpy.types.NodeSocket]) -> bpy.types.NodeSocket:
    """The colour of single strands that together look like the channels, see :func:`strand_color`."""
    single = []
    for channel in channels:
        within = _math(
            tree, "MINIMUM", _math(tree, "MAXIMUM", _math(tree, "SUBTRACT", channel, GLOSS), DARKEST), BRIGHTEST
        )
        single.append(_math(tree, "POWER", _math(tree, "DIVIDE", within, GAIN), 1 / POWER))
    return add_node(tree, "ShaderNodeCombineColor", dict(enumerate(single))).outputs["Color"]


def _slider(tree: bpy.types.NodeTree, name: str, output: str) -> bpy.types.NodeSocket:
    """A custom property of the object that has the material."""
    return add_node(tree, "ShaderNodeAttribute", attribute_type="OBJECT", attribute_name=name).outputs[output]


def _distance(tree: bpy.types.NodeTree, value: bpy.types.NodeSocket, start: float, gain: float) -> bpy.types.NodeSocket:
    apart = _math(tree, "ABSOLUTE", _math(tree, "SUBTRACT", value, float(start)))
    return _math(tree, "MULTIPLY", _math(tree, "MAXIMUM", _math(tree, "SUBTRACT", apart, UNMOVED), 0.0), gain)


def _mix(tree: bpy.types.NodeTree, factor: object, first: object, second: object) -> bpy.types.NodeSocket:
    return add_node(tree, "ShaderNodeMixRGB", {"Fac": factor, "Color1": first, "Color2": second}).outputs["Color"]


def _math(tree: bpy.types.NodeTree, operation: str, *values: object, clamp: bool = False) -> bpy.types.NodeSocket:
    inputs = dict(enumerate(values))
    return add_node(tree, "ShaderNodeMath", inputs, operation=operation, use_clamp=clamp).outputs["Value"]


def _moved(hair_object: bpy.types.Object, slider: str, gain: float) -> float:
    start = hair_object.id_properties_ui(slider).as_dict()["default"]
    return max(abs(hair_object[slider] - start) - UNMOVED, 0.0) * gain


def _between(first: float, second: float, share: float) -> float:
    return first + (second - first) * share


def _density(roughness: float) -> float:
    """The factor between the root of the absorption and the logarithm of the colour."""
    b = roughness
    return 5.969 - 0.215 * b + 2.532 * b**2 - 10.73 * b**3 + 5.574 * b**4 + 0.245 * b**5
