# SPDX-License-Identifier: GPL-3.0-or-later
"""What the person has chosen: kept with Blender's preferences, or for this session only."""

from __future__ import annotations

import bpy
from bpy.props import BoolProperty, EnumProperty, FloatProperty, IntProperty, PointerProperty, StringProperty

from .folders import ROOT_PACKAGE

TEXTURE_SIZES = tuple((str(n), f"{n} px", f"Textures of {n} x {n} pixels") for n in (512, 1024, 2048, 4096))
ESTIMATORS = (
    ("landmark_fit", "Landmarks", "The built-in open head (CC0) on MediaPipe's landmarks: any use, nothing to add"),
    (
        "deca",
        "DECA",
        "FLAME head, expression and detail by DECA's networks; needs your FLAME and DECA files (non-commercial)",
    ),
    ("mica", "MICA", "FLAME head, metrical shape by MICA's networks; needs your FLAME and MICA files (non-commercial)"),
    ("deca+mica", "DECA and MICA", "Shape by MICA, the rest by DECA; needs all their files (non-commercial)"),
)
PRESETS = (
    ("GENERIC", "Generic", "Metres; the axes that the format prescribes"),
    ("UNITY", "Unity", "Y up, Z forward, rotation applied to the data, metres"),
    ("UNREAL", "Unreal", "Z up, centimetres applied to the data"),
)
FORMATS = (
    ("fbx", "FBX", "Shape keys, armature, embedded textures"),
    ("obj", "OBJ", "The current expression, with materials and textures beside it"),
    ("glb", "GLB", "Morph targets, armature, textures inside"),
    ("usdc", "USD", "Blend shapes, skeleton, textures beside it"),
    ("zip", "Zip", "FBX, OBJ, GLB, textures and the avatar's bundle in one file"),
)
HAIR_KINDS = (
    ("RIBBONS", "Cards", "Flat strips that face away from the head"),
    ("TUBES", "Tubes", "Three-sided tubes"),
    ("NONE", "None", "Without hair"),
)


class ExportChoices:
    """Properties of the export operator and of what is kept of its last run."""

    kind: EnumProperty(name="Format", items=FORMATS)
    preset: EnumProperty(name="Preset", items=PRESETS)
    scale: FloatProperty(name="Scale", default=1.0, min=0.001, max=1000.0, description="Multiplies all sizes")
    hair: EnumProperty(name="Hair", items=HAIR_KINDS)
    strands: IntProperty(
        name="Strands", default=5000, min=100, max=100_000, description="At most so many cards or tubes"
    )
    points: IntProperty(name="Points", default=10, min=2, max=64, description="Points along each card or tube")


class ExportSettings(ExportChoices, bpy.types.PropertyGroup):
    """The last export's choices."""


class KeptSettings(bpy.types.PropertyGroup):
    """Saved with Blender's preferences."""

    device: EnumProperty(
        name="Compute On",
        items=(
            ("cpu", "Processor", "Works on every computer"),
            ("cuda", "NVIDIA CUDA", "Faster networks on an NVIDIA card; a much larger download"),
        ),
    )
    base_python: StringProperty(
        name="Python",
        subtype="FILE_PATH",
        description="A Python 3.11 or 3.12 to make the environment with; empty: search",
    )
    wheels: StringProperty(
        name="Wheels",
        subtype="DIR_PATH",
        description="Install from the packages in this folder instead of the internet",
    )
    own_python: StringProperty(
        name="Own Environment",
        subtype="FILE_PATH",
        description="The Python of an environment that already has all packages; empty: the one that Set Up makes",
    )
    view: EnumProperty(
        name="Show New Avatars",
        items=(
            ("TEXTURED", "Textured", "Frame a new avatar in the viewport; Solid shading shows its textures at once"),
            ("MATERIAL", "Material Preview", "Frame a new avatar in the viewport and leave Solid shading"),
            ("KEEP", "Leave the View", "Change nothing in the viewport"),
        ),
    )
    keep_bundles: IntProperty(
        name="Keep Bundles",
        default=50,
        min=0,
        description="So many of the newest avatars keep what they were made of, for the zip export; 0: all of them",
    )
    export: PointerProperty(type=ExportSettings)


class SessionSettings(bpy.types.PropertyGroup):
    """Of this session, in no file."""

    photo: StringProperty(name="Photo", subtype="FILE_PATH", description="A portrait: one face, looking at the camera")
    texture_size: EnumProperty(name="Textures", items=TEXTURE_SIZES, default="1024")
    estimator: EnumProperty(name="Head Found By", items=ESTIMATORS)
    refine: BoolProperty(
        name="Refine", description="Move the networks' estimate onto the photo's landmarks", default=False
    )
    style: StringProperty(
        name="Hairstyle", description="A hairstyle of the library instead of the photo's; empty: the photo's"
    )
    hair_mask: StringProperty(
        name="Hair Mask",
        subtype="FILE_PATH",
        description="A picture of the photo's size, white where hair is; empty: found in the photo",
    )
    hair_file: StringProperty(
        name="Strand File",
        subtype="FILE_PATH",
        description="A file of strands to wear instead (.data, .hair, .obj, .npz); empty: the photo's hair",
    )
    without_installation: PointerProperty(type=KeptSettings)


class AvatarPreferences(bpy.types.AddonPreferences):
    bl_idname = ROOT_PACKAGE

    kept: PointerProperty(type=KeptSettings)

    def draw(self, context: bpy.types.Context) -> None:
        from .setup.draw import draw_preferences

        draw_preferences(self.layout, context)


def session_settings(context: bpy.types.Context) -> SessionSettings:
    """This session's choices."""
    return context.window_manager.portrait_avatar


def kept_settings(context: bpy.types.Context) -> KeptSettings:
    """The kept choices; those of the session when a script registered the add-on without installing it."""
    addon = context.preferences.addons.get(ROOT_PACKAGE)
    if addon is None or addon.preferences is None:
        return session_settings(context).without_installation
    return addon.preferences.kept


def register() -> None:
    """Hang the session's settings on the window manager, which no undo changes."""
    bpy.types.WindowManager.portrait_avatar = PointerProperty(type=SessionSettings, options={"SKIP_SAVE"})


def unregister() -> None:
    """Take that back."""
    del bpy.types.WindowManager.portrait_avatar


CLASSES = (ExportSettings, KeptSettings, SessionSettings, AvatarPreferences)
