# SPDX-License-Identifier: GPL-3.0-or-later
"""How the emotion shape keys combine, as a small JSON beside an export, for programs that do not know Blender's drivers."""

from __future__ import annotations

import json
from pathlib import Path

import bpy

from .sliders import RECIPE

SUFFIX = "_emotions"
FORMULA = [
    "x[e] in 0..1 is the slider of emotion e; s[e] in 0..1 is the side of a one-sided emotion (0: the person's right, 1: left).",
    "share: u[e] = x[e] / max(1, sqrt(sum of x[i]^2 over all emotions)).",
    "channel: c = u[e]; of a one-sided emotion c = u[e] * (1 - s[e]) on the right and c = u[e] * s[e] on the left.",
    "weight of a key with a level: linear interpolation in c, from 0 at c = 0; 1 at its own level, 0 at the channel's other levels.",
    "weight of a key of two channels: 2 * c[a] * c[b].",
    "Simplest use: move only the key named after the emotion (and its side), from 0 to 1, one emotion at a time.",
]


def recipe_path(export: Path) -> Path:
    """Where the recipe of an exported file lies; that of a recipe is itself."""
    return export.with_name(f"{export.stem.removesuffix(SUFFIX)}{SUFFIX}.json")


def write_recipe(head_object: bpy.types.Object, path: Path) -> None:
    """Write the JSON; nothing for a head without emotions."""
    if RECIPE not in head_object:
        return
    recipe = head_object[RECIPE].to_dict()
    sliders = [
        {"name": entry["name"], "value": head_object[entry["name"]]}
        | ({"side": head_object[entry["side"]]} if entry["side"] else {})
        | {"in_photo": round(entry["photo"], 3)}
        for entry in recipe["sliders"]
    ]
    keys = [_key(entry) for entry in recipe["keys"]]
    text = json.dumps({"about": FORMULA, "sliders": sliders, "keys": keys}, indent=1, ensure_ascii=False)
    path.write_text(text, encoding="utf-8")


def _key(entry: dict) -> dict:
    channels = [
        {"slider": channel["slider"]} | ({"side": channel["side"]} if channel["side"] else {})
        for channel in entry["channels"]
    ]
    level = {"level": round(entry["level"], 4)} if entry["level"] else {}
    return {"key": entry["key"], "channels": channels} | level
