# SPDX-License-Identifier: GPL-3.0-or-later
"""What the measuring ran on, and how much memory a stretch of work took."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path

STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")
RESET_PEAK = "5"  # see proc(5), /proc/pid/clear_refs


def describe_machine() -> dict[str, object]:
    """Processor, cores, memory and system, as far as they can be found out."""
    return {
        "processor": _first_match(Path("/proc/cpuinfo"), r"model name\s*:\s*(.+)") or platform.processor() or "unknown",
        "cores": os.cpu_count() or 1,
        "memory_gb": round(int(_first_match(Path("/proc/meminfo"), r"MemTotal:\s*(\d+)") or 0) / 1e6, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
    }


def busy() -> float | None:
    """How many processes wanted a core in the last minute, or None where that is not known. More than this run's own spoil its times."""
    return round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None


def reset_peak() -> bool:
    """Let the peak of this process's memory start anew; False where that cannot be done (it needs Linux)."""
    try:
        CLEAR.write_text(RESET_PEAK)
    except OSError:
        return False
    return True


def peak_mb() -> float | None:
    """The most memory this process has held since the last reset, in MB; None where it is not known."""
    kilobytes = _first_match(STATUS, r"VmHWM:\s*(\d+)")
    return round(int(kilobytes) * 1024 / 1e6, 1) if kilobytes else None


def _first_match(file: Path, pattern: str) -> str | None:
    try:
        found = re.search(pattern, file.read_text(encoding="utf-8"))
    except OSError:
        return None
    return found[1].strip() if found else None
