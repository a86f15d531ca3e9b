# SPDX-License-Identifier: GPL-3.0-or-later
"""How bright hair looks for the colours of its strands: what GLOSS, GAIN and POWER of the hair's material are fitted to.

    python tests/hair_color_sweep.py BUNDLE --out DIR [--levels 0.003,0.01,0.03,0.1,0.3,1.0] [--bounces 4]

Needs the ``bpy`` wheel. Every render shows three levels, one in each channel, for light of one colour meets no other's pigment.
Prints per level the mean of the hair's pixels between the 45th and 90th percentile, as inference/hair/color.py measures photos,
and what the formula says.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "avatar_addon"))
import headless  # noqa: E402

SIZE = (240, 300)
SURE = 0.98  # share of a pixel that hair fills to count
LOW, HIGH = 0.45, 0.9


def parse_arguments(argv: list[str]) -> argparse.Namespace:
    """The command line after the script's name."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--out", type=Path, required=True, help="folder for the renders")
    parser.add_argument("--levels", default="0.003,0.01,0.03,0.1,0.3,1.0")
    parser.add_argument("--bounces", type=int, default=4)
    return parser.parse_args(argv)


def run(options: argparse.Namespace) -> None:
    """Render and print."""
    import bpy

    def module(name: str) -> object:
        return importlib.import_module(f"{headless.PACKAGE}.{name}")

    bpy.ops.wm.read_factory_settings(use_empty=True)
    preview, views, material = (
        module(f"avatar_addon.{name}") for name in ("preview.render", "preview.views", "scene.hair_material")
    )
    avatar = module("inference.bundle_io").read_bundle(options.bundle)
    objects = module("avatar_addon.scene.assemble").build_avatar(avatar, bpy.context.scene)
    tree = bpy.data.objects[objects.hair].data.materials[0].node_tree
    tint = next(node for node in tree.nodes if node.type == "HUE_SAT").inputs["Color"]
    output = next(node for node in tree.nodes if node.type == "OUTPUT_MATERIAL").inputs["Surface"]
    options.out.mkdir(parents=True, exist_ok=True)
    camera = views.portrait_camera(views.portrait_subject(avatar), 0.0, *SIZE)
    armature = bpy.data.objects[objects.armature]

    def rendered(name: str) -> np.ndarray:
        path = options.out / f"{name}.png"
        preview._render(scene, armature, camera, path)
        return _linear_pixels(path)

    with preview._studio(avatar, objects, 16) as scene:
        scene.cycles.max_bounces = options.bounces
        surface = output.links[0].from_socket
        glow = tree.nodes.new("ShaderNodeEmission")
        glow.inputs["Strength"].default_value = 1000.0
        tree.links.new(glow.outputs["Emission"], output)
        hair = rendered("mask").min(-1) > SURE
        tree.links.new(surface, output)
        tree.links.remove(tint.links[0])
        levels = [float(level) for level in options.levels.split(",")]
        for start in range(0, len(levels), 3):
            three = (levels[start : start + 3] + [levels[-1]] * 2)[:3]
            tint.default_value = (*three, 1.0)
            seen = np.sort(rendered(f"levels_{start}")[hair], axis=0)
            means = seen[int(LOW * len(seen)) : int(HIGH * len(seen))].mean(0)
            for level, mean in zip(three, means, strict=True):
                told = material.GLOSS + material.GAIN * level**material.POWER
                sys.stdout.write(f"strands {level:.3f}  hair {mean:.4f}  formula {told:.4f}\n")


def _linear_pixels(path: Path) -> np.ndarray:
    import bpy

    image = bpy.data.images.load(str(path))
    values = np.array(image.pixels[:]).reshape(SIZE[1], SIZE[0], 4)[..., :3]
    bpy.data.images.remove(image)
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


if __name__ == "__main__":
    headless.run_and_leave(run, parse_arguments(sys.argv[1:]), ROOT)
