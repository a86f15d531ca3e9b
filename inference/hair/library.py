# SPDX-License-Identifier: GPL-3.0-or-later
"""The library of hairstyles: TOML files in ``hair_library/styles`` read into :class:`HairStyle`."""

from __future__ import annotations

import math
import tomllib
from dataclasses import MISSING, fields, is_dataclass
from functools import lru_cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from ..errors import AvatarError
from .style import HairStyle

STYLES = Path(__file__).resolve().parents[2] / "hair_library" / "styles"


def style_names(folder: Path = STYLES) -> tuple[str, ...]:
    """Names of all styles of a folder, sorted."""
    return tuple(sorted(path.stem for path in folder.glob("*.toml")))


def load_style(name: str, folder: Path = STYLES) -> HairStyle:
    """The named style. Raises AvatarError when there is none, or its file is wrong."""
    path = folder / f"{name}.toml"
    if path.parent != folder or not path.is_file():
        raise AvatarError(
            "hair_style_invalid",
            f"There is no hairstyle called {name!r}; choose one of {', '.join(style_names(folder))}.",
        )
    return _read_once(path)


def read_style(path: Path) -> HairStyle:
    """A style from one TOML file; its name is the file's. Raises AvatarError for a value or name that does not belong."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise AvatarError(
            "hair_style_invalid", f"The hairstyle {path.name} is not valid TOML ({error}); correct the file."
        ) from error
    return _record(HairStyle, {"name": path.stem, **table}, path.name)


@lru_cache(maxsize=256)
def _read_once(path: Path) -> HairStyle:
    return read_style(path)


def _record(kind: type, table: Any, where: str) -> Any:
    """A dataclass from a TOML table, every value checked against its type and range."""
    if not isinstance(table, dict):
        raise _wrong(where, "should be a table")
    known = {item.name: item for item in fields(kind)}
    if unknown := sorted(set(table) - set(known)):
        raise _wrong(where, f"has no parameter called {unknown[0]!r} (it has {', '.join(known)})")
    types = get_type_hints(kind)
    values = {}
    for name, item in known.items():
        if name in table:
            values[name] = _value(types[name], table[name], item.metadata.get("range"), f"{where}, {name}")
        elif item.default is MISSING and item.default_factory is MISSING:
            raise _wrong(where, f"lacks {name!r}")
    return kind(**values)


def _value(kind: Any, value: Any, limits: tuple[float, float] | None, where: str) -> Any:
    if get_origin(kind) is tuple:
        if not isinstance(value, list):
            raise _wrong(where, "should be a list")
        return tuple(_value(get_args(kind)[0], item, limits, where) for item in value)
    if isinstance(kind, UnionType):
        kind = next(option for option in get_args(kind) if option is not NoneType)
    if is_dataclass(kind):
        return _record(kind, value, where)
    if kind is str:
        if not isinstance(value, str) or not value:
            raise _wrong(where, "should be a text")
        return value
    return _checked_number(kind, value, limits, where)


def _checked_number(kind: type, value: Any, limits: tuple[float, float] | None, where: str) -> float | int:
    whole = isinstance(value, int) and not isinstance(value, bool)
    if not (whole or (kind is float and isinstance(value, float))):
        raise _wrong(where, "should be a whole number" if kind is int else "should be a number")
    if limits and not (math.isfinite(value) and limits[0] <= value <= limits[1]):
        raise _wrong(where, f"is {value}, outside {limits[0]} to {limits[1]}")
    return kind(value)


def _wrong(where: str, why: str) -> AvatarError:
    return AvatarError("hair_style_invalid", f"The hairstyle {where}, {why}; correct the file.")
