# SPDX-License-Identifier: GPL-3.0-or-later
"""One request to the worker and what became of it."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

from ...inference.protocol import Create, Created, Faces, Failed, ListFaces


class State(enum.Enum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


UNFINISHED = (State.WAITING, State.RUNNING)


@dataclass
class Job:
    """Changes only inside :meth:`WorkerClient.poll`, ``submit`` and ``cancel``, thus only in the thread that calls them.

    fraction: share of the work done, in [0, 1]. words: what is being done, for a person. answer: when DONE. failure: when FAILED.
    """

    request: Create | ListFaces
    state: State = State.WAITING
    fraction: float = 0.0
    words: str = ""
    answer: Created | Faces | None = None
    failure: Failed | None = None
    # Clock readings in seconds: of the last sign of life, and of the wish to cancel.
    heard: float = field(default=0.0, repr=False)
    cancelling: float | None = field(default=None, repr=False)

    @property
    def finished(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state not in UNFINISHED
