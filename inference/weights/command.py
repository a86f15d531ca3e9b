# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m inference weights check|add|list``: the user's licensed model files."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..errors import AvatarError
from .kinds import KINDS
from .recognise import describe, find_files, recognise
from .registry import registry_file, remember, remembered


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = "FLAME, DECA and MICA files: what they are, whether they are whole, and where they lie."
    tasks = parser.add_subparsers(required=True, metavar="check|add|list", dest="task")
    for task, words in (
        ("check", "say what each file is and what is wrong with it"),
        ("add", "check, and remember the usable ones"),
    ):
        command = tasks.add_parser(task, help=words)
        command.add_argument("paths", type=Path, nargs="+", metavar="PATH", help="a file, or a folder to look through")
    tasks.add_parser("list", help="the remembered files")


def run(options: argparse.Namespace) -> None:
    if options.task == "list":
        _list()
        return
    paths = [file for path in options.paths for file in (find_files(path) if path.is_dir() else [path])]
    if not paths:
        raise AvatarError(
            "weights_missing", "There is no file of a known kind there: give the folder of the downloads."
        )
    findings = [recognise(path) for path in paths]
    for finding in findings:
        print(describe(finding))
    usable = [finding for finding in findings if finding.usable]
    if options.task == "add":
        for finding in usable:
            remember(str(finding.kind), finding.path)
        print(f"{len(usable)} of {len(findings)} files are remembered in {registry_file()}")
    if not usable:
        raise AvatarError("weights_invalid", "None of these files can be used: see the list above.")


def _list() -> None:
    places = remembered()
    for kind, words in KINDS.items():
        place = places.get(kind)
        state = "not known" if place is None else str(place) if place.is_file() else f"no longer at {place}"
        print(f"{words.title:45}{state}")
