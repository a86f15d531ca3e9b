# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeping what C++ libraries print away from what people and programs read."""

from __future__ import annotations

import faulthandler
import os
import sys
from pathlib import Path
from typing import BinaryIO


def claim_stdout(log: Path | None = None) -> BinaryIO:
    """Our own binary stdout; whatever else writes to file descriptor 1 or ``print``s goes to stderr, or to ``log`` with stderr.

    MediaPipe and TensorFlow Lite write to the descriptors directly, so replacing sys.stdout alone would not do.
    """
    sys.stdout.flush()
    own = os.fdopen(os.dup(1), "wb")
    if log is not None:
        log.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(descriptor, 2)
        os.close(descriptor)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    faulthandler.enable()
    return own


def hush_native_stderr() -> None:
    """Python's stderr stays where it is; what libraries write to file descriptor 2 is dropped (for the command line)."""
    sys.stderr.flush()
    sys.stderr = os.fdopen(os.dup(2), "w", buffering=1, encoding=sys.stderr.encoding, errors="backslashreplace")
    faulthandler.enable(sys.stderr)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
