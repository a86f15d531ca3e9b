# SPDX-License-Identifier: GPL-3.0-or-later
"""The one kind of failure a user meets: a code for programs and a sentence for people (stdlib only)."""

from __future__ import annotations

import errno
from pathlib import Path

# Every code, with what it stands for. AvatarError refuses any other, so this list is complete.
CODES: dict[str, str] = {
    "photo_missing": "there is no file at the photo's path",
    "photo_is_folder": "the photo's path is a folder",
    "photo_no_permission": "the photo may not be read",
    "photo_not_image": "the file is not a picture of a supported kind",
    "photo_damaged": "the picture is truncated or damaged",
    "photo_too_small": "the picture has too few pixels",
    "photo_too_large": "the picture has too many pixels to decode safely",
    "photo_heic_unsupported": "HEIC needs the pillow-heif package",
    "face_none": "no face was found",
    "face_too_small": "the face has too few pixels",
    "face_index": "the photo has fewer faces than the number asked for",
    "face_unreadable": "the landmark network does not recognise the face that the detector found",
    "hair_mask_invalid": "the supplied hair mask cannot be used with this photo",
    "hair_style_invalid": "there is no such hairstyle, or its file is wrong",
    "hair_file_invalid": "the file of strands is missing, damaged or holds no hair of a head",
    "output_exists": "the output path is in the way",
    "output_no_permission": "the output folder may not be written",
    "output_disk_full": "the disk has no room for the output",
    "output_failed": "the output could not be written",
    "bundle_missing": "there is no bundle at the path",
    "bundle_invalid": "the bundle is damaged or does not follow its schema",
    "bundle_version": "the bundle was written by another schema version",
    "style_missing": "there is no hairstyle file at the path",
    "style_invalid": "the hairstyle file is damaged or of another kind",
    "request_invalid": "the request or the command line cannot be understood",
    "weights_missing": "there is no model file of the kind asked for",
    "weights_invalid": "a model file is damaged, or not what it should be",
    "weights_unsafe": "a model file tries to run code",
    "weights_mixed": "model files that do not belong together",
    "worker_missing": "the inference environment is not set up",
    "worker_lost": "the inference process ended by itself",
    "worker_silent": "the inference process did not answer in time",
    "setup_failed": "the inference environment could not be made",
    "recognizer_missing": "a test tool, the face recogniser, is not installed",
    "scan_invalid": "a scan, a predicted mesh or their landmarks cannot be used",
    "evaluation_empty": "there is nothing that could be measured",
    "evaluation_worse": "a measured figure is worse than its recorded floor",
    "cancelled": "the person cancelled",
    "internal": "a defect in this program",
}


class AvatarError(Exception):
    """A failure the user can act on. ``code`` is a key of CODES; ``message`` one sentence: what, why, what to do."""

    def __init__(self, code: str, message: str) -> None:
        if code not in CODES:
            raise ValueError(f"unknown error code {code!r}")
        super().__init__(message)
        self.code = code
        self.message = message


def output_error(problem: OSError, target: Path) -> AvatarError:
    """The user's sentence for an operating-system error while writing."""
    if problem.errno in (errno.ENOSPC, errno.EDQUOT):
        return AvatarError(
            "output_disk_full", f"The disk is full while writing {target}: free some space and try again."
        )
    if problem.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return AvatarError("output_no_permission", f"{target} may not be written: choose another output folder.")
    reason = problem.strerror or problem
    return AvatarError("output_failed", f"{target} could not be written ({reason}): choose another output folder.")
