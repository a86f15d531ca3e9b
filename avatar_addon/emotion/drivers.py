# SPDX-License-Identifier: GPL-3.0-or-later
"""A bundle's emotions on the head: sliders as custom properties, shape keys that they drive."""

from __future__ import annotations

import bpy

from ...inference.bundle import Avatar, HeadMesh
from ..scene.drivers import drive
from ..scene.head_object import add_shape_key
from .expressions import LETTERS, Channel, level_expression, pair_expression
from .sliders import RECIPE, add_side, add_slider, side_name, slider_name


def add_emotions(head_object: bpy.types.Object, avatar: Avatar) -> None:
    """Add a slider per emotion, a side per one-sided emotion, and their driven shape keys.

    Raises ValueError when there are more emotions than drivers can take.
    """
    head = avatar.head
    for emotion in head.emotion_names:
        add_slider(head_object, slider_name(emotion), emotion)
    for emotion in head.mirrored_emotions:
        add_side(head_object, side_name(slider_name(emotion)), emotion)
    channels = _channels(head)
    keys = [*_level_keys(head_object, head, channels), *_pair_keys(head_object, head, channels)]
    head_object[RECIPE] = {
        "sliders": [_slider_entry(avatar, emotion) for emotion in head.emotion_names],
        "keys": keys,
    }


def _channels(head: HeadMesh) -> list[Channel]:
    """In the order of the bundle's channel indices: emotions, then mirrored emotions."""
    sided = set(head.mirrored_emotions)
    own = [Channel(index, "right" if name in sided else None) for index, name in enumerate(head.emotion_names)]
    return own + [Channel(head.emotion_names.index(name), "left") for name in head.mirrored_emotions]


def _level_keys(head_object: bpy.types.Object, head: HeadMesh, channels: list[Channel]) -> list[dict[str, object]]:
    entries, count = [], len(head.emotion_names)
    deltas = [*head.emotion_deltas, *head.mirrored_deltas]
    for channel, levels in zip(channels, deltas, strict=True):
        label = _label(head, channel)
        for index, level in enumerate(head.emotion_levels):
            name = label if index == len(head.emotion_levels) - 1 else f"{label} {level:.0%}"
            key = add_shape_key(head_object, name, head.vertices + levels[index])
            _drive(key, head_object, head, (channel,), level_expression(channel, head.emotion_levels, index, count))
            entries.append({"key": key.name, "channels": [_channel_entry(head, channel)], "level": float(level)})
    return entries


def _pair_keys(head_object: bpy.types.Object, head: HeadMesh, channels: list[Channel]) -> list[dict[str, object]]:
    entries = []
    for pair, delta in zip(head.emotion_pairs, head.pair_deltas, strict=True):
        both = (channels[pair[0]], channels[pair[1]])
        key = add_shape_key(head_object, " + ".join(_label(head, c) for c in both), head.vertices + delta)
        _drive(key, head_object, head, both, pair_expression(*both, len(head.emotion_names)))
        entries.append({"key": key.name, "channels": [_channel_entry(head, c) for c in both], "level": 0.0})
    return entries


def _label(head: HeadMesh, channel: Channel) -> str:
    slider = slider_name(head.emotion_names[channel.emotion])
    return slider if channel.side is None else f"{slider} {channel.side.title()}"


def _channel_entry(head: HeadMesh, channel: Channel) -> dict[str, str]:
    return {"slider": slider_name(head.emotion_names[channel.emotion]), "side": channel.side or ""}


def _slider_entry(avatar: Avatar, emotion: str) -> dict[str, object]:
    slider = slider_name(emotion)
    side = side_name(slider) if emotion in avatar.head.mirrored_emotions else ""
    return {"name": slider, "side": side, "photo": float(avatar.photo_emotions.get(emotion, 0.0))}


def _drive(
    key: bpy.types.ShapeKey,
    head_object: bpy.types.Object,
    head: HeadMesh,
    channels: tuple[Channel, ...],
    expression: str,
) -> None:
    sources = {LETTERS[index]: slider_name(name) for index, name in enumerate(head.emotion_names)}
    sided = [channel.emotion for channel in channels if channel.side]
    sources |= {LETTERS[index].upper(): side_name(slider_name(head.emotion_names[index])) for index in sided}
    drive(key.driver_add("value"), head_object, expression, sources)
