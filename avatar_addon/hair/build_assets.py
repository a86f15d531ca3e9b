# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the hair library's pictures and its asset file in a Blender without a window.

    python avatar_addon/hair/build_assets.py MANNEQUIN --styles DIR --pictures DIR --assets DIR [--samples N] [--only NAME,...]

MANNEQUIN is a bundle and the first DIR holds packed styles, both by ``python -m inference pack-hair``. Pictures that are newer than
their style are kept. Needs the ``bpy`` wheel of the oldest Blender that should open the file (4.2).
"""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "portrait_avatar"


def parse_arguments(argv: list[str]) -> argparse.Namespace:
    """The command line after the script's name."""
    parser = argparse.ArgumentParser(prog="build_assets.py", description=__doc__.splitlines()[0])
    parser.add_argument("mannequin", type=Path, help="bundle of the head that wears the styles")
    parser.add_argument("--styles", type=Path, required=True, help="folder of packed styles")
    parser.add_argument("--assets", type=Path, required=True, help="folder for the asset file and its catalogs")
    parser.add_argument("--pictures", type=Path, required=True, help="folder for <style>.png")
    parser.add_argument("--samples", type=int, default=6, help="Cycles samples per pixel: %(default)s")
    parser.add_argument("--only", default="", help="comma-separated names: only their pictures, no asset file")
    return parser.parse_args(argv)


def run(options: argparse.Namespace) -> None:
    """Pictures first, then the assets."""
    import bpy

    def module(name: str) -> object:
        return importlib.import_module(f"{PACKAGE}.{name}")

    bpy.ops.wm.read_factory_settings(use_empty=True)
    avatar = module("inference.bundle_io").read_bundle(options.mannequin)
    objects = module("avatar_addon.scene.assemble").build_avatar(avatar, bpy.context.scene)
    head_object = bpy.data.objects[objects.head]
    read_style = module("inference.bundle_style").read_style
    wear, pictures = module("avatar_addon.hair.wear"), module("avatar_addon.hair.pictures")
    files = sorted(options.styles.glob("*.npz"))
    only = set(filter(None, options.only.split(",")))
    options.pictures.mkdir(parents=True, exist_ok=True)
    shown = pictures.set_up_scene(head_object, options.samples)
    taken = {}
    for file in files:
        if only and file.stem not in only:
            continue
        taken[file.stem] = options.pictures / f"{file.stem}.png"
        if not taken[file.stem].exists() or taken[file.stem].stat().st_mtime < file.stat().st_mtime:
            hair_object = wear.wear_style(head_object, read_style(file))
            pictures.take_picture(hair_object, shown, taken[file.stem])
            bpy.data.objects.remove(hair_object)
            sys.stdout.write(f"{taken[file.stem]}\n")
            sys.stdout.flush()
    if not only:
        options.assets.mkdir(parents=True, exist_ok=True)
        material = module("avatar_addon.scene.hair_material").hair_material("Hairstyle", avatar.hair.color)
        assets = module("avatar_addon.hair.assets")
        previews = {name: assets.preview_of(picture) for name, picture in taken.items()}
        path = assets.write_assets([read_style(file) for file in files], previews, material, options.assets)
        sys.stdout.write(f"{path} ({path.stat().st_size / 1e6:.1f} MB)\n")


def main() -> None:
    """The command line."""
    sys.path.insert(0, str(ROOT / "avatar_addon"))
    importlib.import_module("headless").run_and_leave(run, parse_arguments(sys.argv[1:]), ROOT)


if __name__ == "__main__":
    main()
