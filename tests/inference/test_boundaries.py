# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may import whom, and how lean that stays."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

CONTRACT = {"bundle", "bundle_io", "bundle_schema", "bundle_style", "bundle_zip", "errors", "protocol"}
HEAVY = {"torch", "jax", "matplotlib", "tensorflow", "sounddevice"}


def imports(path: Path) -> list[tuple[str, int]]:
    """(module, level) of every import in a file, however deep it stands."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(alias.name, 0) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}." if node.module else ""] if node.module else [alias.name for alias in node.names]
            found += [(name.rstrip("."), node.level) for name in names]
    return found


def sources(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.py") if "__pycache__" not in path.parts)


def test_inference_knows_no_blender(repository: Path) -> None:
    for path in sources(repository / "inference"):
        for module, level in imports(path):
            assert module.split(".")[0] not in ("bpy", "mathutils", "bmesh", "avatar_addon"), path
            assert level > 0 or module.split(".")[0] != "inference", f"{path}: relative imports only"


def test_addon_knows_only_the_contract(repository: Path) -> None:
    for path in sources(repository / "avatar_addon"):
        depth = len(path.relative_to(repository).parts) - 1
        for module, level in imports(path):
            if module.startswith("inference") and level > depth - (path.name == "__init__.py"):
                assert module.split(".")[1] in CONTRACT, path
            assert level > 0 or module.split(".")[0] not in ("inference", "avatar_addon"), (
                f"{path}: relative imports only"
            )


def test_the_contract_needs_only_numpy(repository: Path) -> None:
    for name in CONTRACT:
        for module, level in imports(repository / "inference" / f"{name}.py"):
            root = module.split(".")[0]
            assert (level == 1 and root in CONTRACT) or root == "numpy" or root in sys.stdlib_module_names, (
                name,
                module,
            )


@pytest.mark.parametrize(
    "module", ["inference.cli", "inference.bundle_io", "inference.head.open_head", "inference.pipeline"]
)
def test_nothing_heavy_is_loaded(repository: Path, module: str) -> None:
    code = f"import sys, {module}; print(sorted(set(m.split('.')[0] for m in sys.modules)))"
    output = subprocess.run([sys.executable, "-c", code], cwd=repository, capture_output=True, text=True, check=True)
    loaded = set(ast.literal_eval(output.stdout))
    assert not loaded & HEAVY


def test_every_file_names_its_licence_and_stays_small(repository: Path) -> None:
    for folder in ("inference", "avatar_addon", "tests"):
        for path in sources(repository / folder):
            lines = path.read_text(encoding="utf-8").splitlines()
            assert not lines or lines[0] == "# SPDX-License-Identifier: GPL-3.0-or-later", path
            assert len(lines) <= (300 if folder != "tests" else 400), path


def test_manifest(repository: Path) -> None:
    """What Blender's own validation does not check."""
    manifest = tomllib.loads((repository / "blender_manifest.toml").read_text(encoding="utf-8"))
    assert manifest["license"] == ["SPDX:GPL-3.0-or-later"]
    assert manifest["blender_version_min"] == "4.2.0"
    known = {
        *("schema_version", "id", "version", "name", "tagline", "maintainer", "type", "tags", "blender_version_min"),
        *("license", "copyright", "permissions", "build", "website"),
    }
    assert manifest.keys() <= known
    assert "GNU GENERAL PUBLIC LICENSE" in (repository / "LICENSE").read_text()
