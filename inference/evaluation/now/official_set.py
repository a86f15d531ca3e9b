# SPDX-License-Identifier: GPL-3.0-or-later
"""The folders of the NoW set, as its makers hand them out::

SET/imagepathsvalidation.txt            one SUBJECT/CHALLENGE/PHOTO.jpg a line; or imagepathstest.txt
SET/scans/SUBJECT/*.obj                 in millimetres
SET/scans_lmks_onlypp/SUBJECT/*.pp      the seven points
SET/.../iphone_pictures/SUBJECT/CHALLENGE/PHOTO.jpg
PREDICTIONS/SUBJECT/CHALLENGE/PHOTO.obj|.ply, with PHOTO.npy|.txt|.pp beside it
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ...errors import AvatarError
from .mesh_file import read_mesh
from .scan import Scan, checked_scan
from .seven_points import find_seven_points, read_seven_points

LISTS = ("imagepathsvalidation.txt", "imagepathstest.txt")
PICTURES = (
    "iphone_pictures",
    "final_release_version/iphone_pictures",
    "NoW_Dataset/final_release_version/iphone_pictures",
)
SCANS, SCAN_POINTS = "scans", "scans_lmks_onlypp"
CHALLENGES = ("multiview_neutral", "multiview_expressions", "multiview_occlusions", "selfie")


@dataclass(frozen=True)
class Case:
    """One photo of the list."""

    subject: str
    challenge: str
    photo: str

    @property
    def name(self) -> str:
        return f"{self.subject}/{self.challenge}/{self.photo}"


def read_cases(folder: Path, photo_list: Path | None) -> list[Case]:
    """In the list's order. Raises AvatarError ``evaluation_empty``."""
    path = photo_list or next((folder / name for name in LISTS if (folder / name).is_file()), None)
    if path is None or not path.is_file():
        raise AvatarError(
            "evaluation_empty", f"There is no list of photos ({LISTS[0]}) in {folder}: give the NoW set's folder."
        )
    cases = []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        parts = PurePosixPath(line.strip().replace("\\", "/")).parts[-3:]
        if len(parts) == 3 and ".." not in parts:
            cases.append(Case(*parts))
    if not cases:
        raise AvatarError("evaluation_empty", f"{path} names no photo as SUBJECT/CHALLENGE/PHOTO: check the list.")
    return cases


def read_scan(folder: Path, subject: str) -> Scan:
    """The scan of a subject. Raises AvatarError ``scan_invalid``."""
    scan = _only(folder / SCANS / subject, (".obj", ".ply"))
    marks = _only(folder / SCAN_POINTS / subject, (".pp", ".npy", ".txt"))
    return checked_scan(read_mesh(scan, with_triangles=False).vertices, read_seven_points(marks), subject)


def photo_file(folder: Path, case: Case) -> Path:
    """Raises AvatarError ``photo_missing``."""
    for place in ("", *PICTURES):
        path = folder / place / case.subject / case.challenge / case.photo
        if path.is_file():
            return path
    raise AvatarError("photo_missing", f"The photo {case.name} is not in {folder}.")


def predicted_files(folder: Path, case: Case) -> tuple[Path, Path]:
    """Mesh and landmarks. Raises AvatarError ``scan_invalid``."""
    place = folder / case.subject / case.challenge
    stem = Path(case.photo).stem
    mesh = next((path for suffix in (".obj", ".ply") if (path := place / f"{stem}{suffix}").is_file()), None)
    if mesh is None:
        raise AvatarError("scan_invalid", f"There is no predicted mesh {place / stem}.obj or .ply.")
    marks = find_seven_points(mesh)
    if marks is None:
        raise AvatarError("scan_invalid", f"{mesh.name} has no landmarks beside it (.npy, .txt or .pp).")
    return mesh, marks


def _only(folder: Path, suffixes: tuple[str, ...]) -> Path:
    found = sorted(path for path in folder.glob("*") if path.suffix.lower() in suffixes) if folder.is_dir() else []
    if not found:
        raise AvatarError("scan_invalid", f"There is no {' or '.join(suffixes)} file in {folder}.")
    return found[0]
