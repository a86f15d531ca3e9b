# SPDX-License-Identifier: GPL-3.0-or-later
"""The asset file: one light Curves object per hairstyle, with its picture, catalog, tags, author and licence."""

from __future__ import annotations

import uuid
from pathlib import Path

import bpy
import numpy as np

from ...inference.bundle_style import StyleInfo, StyleStrands
from .drop import STANDS_FOR
from .library import ASSET_FILE
from .pictures import TILE
from .shelf import TAG

# Enough to be recognised when the asset is dropped without the add-on.
STRANDS, POINTS, THICKNESS = 350, 12, 0.0011
# Pixels of the first picture: its upper middle, where the head is.
PREVIEW = 128
CATALOGS = "blender_assets.cats.txt"
ROOT = "Hairstyles"
_NAMESPACE = uuid.UUID("5f8b1c1e-6a4e-4b52-9a77-3d0b5d0f7a11")


def write_assets(
    styles: list[StyleStrands], pictures: dict[str, np.ndarray], material: bpy.types.Material, folder: Path
) -> Path:
    """Write the asset file and its catalogs to ``folder``; pictures: style name -> (PREVIEW, PREVIEW, 4), row 0 at the bottom.

    The file holds nothing else of what is open in Blender.
    """
    objects = {_asset(style, pictures.get(style.info.name), material) for style in styles if not style.info.hidden}
    path = folder / ASSET_FILE
    bpy.data.libraries.write(str(path), objects, fake_user=True, compress=True)
    lines = ["# Hairstyles of Portrait Avatar", "", "VERSION 1", ""]
    kinds = sorted({style.info.kind for style in styles if not style.info.hidden})
    lines += [f"{catalog(kind)}:{ROOT}/{_title(kind)}:{ROOT}-{_title(kind)}" for kind in kinds]
    (folder / CATALOGS).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def catalog(kind: str) -> str:
    """The catalog of a kind of style; the same in every build, so that users' own assets stay in it."""
    return str(uuid.uuid5(_NAMESPACE, kind))


def _asset(style: StyleStrands, picture: np.ndarray | None, material: bpy.types.Material) -> bpy.types.Object:
    info = style.info
    hair_object = bpy.data.objects.new(info.title, _few_strands(style))
    hair_object.data.materials.append(material)
    hair_object[STANDS_FOR] = info.name
    hair_object.asset_mark()
    _describe(hair_object.asset_data, info)
    if picture is not None:
        preview = hair_object.preview_ensure()
        preview.image_size = (PREVIEW, PREVIEW)
        preview.image_pixels_float.foreach_set(picture.ravel())
    return hair_object


def _few_strands(style: StyleStrands) -> bpy.types.Curves:
    chosen = np.linspace(0, len(style.points) - 1, min(STRANDS, len(style.points))).astype(int)
    along = np.linspace(0, style.points.shape[1] - 1, min(POINTS, style.points.shape[1])).astype(int)
    # Rounding lets the file shrink: 1/4 mm.
    points = np.round(style.points[chosen][:, along] * 4096) / 4096
    curves = bpy.data.hair_curves.new(style.info.title)
    curves.add_curves([len(along)] * len(chosen))
    curves.position_data.foreach_set("vector", points.astype(np.float32).ravel())
    for name, kind, domain, values in (
        ("resolution", "INT", "CURVE", np.full(len(chosen), 2, np.int32)),
        ("radius", "FLOAT", "POINT", np.full(len(chosen) * len(along), THICKNESS, np.float32)),
    ):
        attribute = curves.attributes.get(name) or curves.attributes.new(name, kind, domain)
        attribute.data.foreach_set("value", values)
    return curves


def _describe(asset: bpy.types.AssetMetaData, info: StyleInfo) -> None:
    asset.catalog_id = catalog(info.kind)
    asset.author, asset.license = info.author, info.licence
    asset.description = f"{info.title}: {info.kind} hair. A click in the asset shelf puts it on the active avatar"
    for tag in (TAG, *info.tags):
        asset.tags.new(tag, skip_if_exists=True)


def preview_of(picture: Path) -> np.ndarray:
    """(PREVIEW, PREVIEW, 4) from a style's PNG, whose left square shows it."""
    image = bpy.data.images.load(str(picture))
    width, height = image.size
    pixels = np.empty(width * height * 4, np.float32)
    image.pixels.foreach_get(pixels)
    margin = (TILE - PREVIEW) // 2
    square = np.ascontiguousarray(pixels.reshape(height, width, 4)[-PREVIEW:, margin : margin + PREVIEW])
    bpy.data.images.remove(image)
    return square


def _title(kind: str) -> str:
    return kind[:1].upper() + kind[1:]
