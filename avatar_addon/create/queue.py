# SPDX-License-Identifier: GPL-3.0-or-later
"""Photos on their way to bundles, one after the other; a failure of one does not stop the others. No bpy."""

from __future__ import annotations

import enum
import itertools
from dataclasses import dataclass, field, replace
from pathlib import Path

from ...inference.protocol import Create, ListFaces
from ..worker_client.client import WorkerClient
from ..worker_client.job import Job, State


class Stage(enum.Enum):
    """Where an item stands. CHOOSE: several faces, the person has to take one. READY: the bundle is there, Blender has to add it."""

    WAITING = "waiting"
    LOOKING = "looking"
    CHOOSE = "choose"
    CREATING = "creating"
    READY = "ready"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


WORKING = (Stage.LOOKING, Stage.CREATING)
FINISHED = (Stage.DONE, Stage.FAILED, Stage.CANCELLED)


@dataclass
class Item:
    """One photo. request: what to create, its ``output`` the bundle's folder. ask: let the person choose among several faces.

    thumbnails: small pictures of the photo and of each face. error, log: when FAILED. avatar: the head's name when DONE.
    """

    request: Create
    ask: bool = False
    stage: Stage = Stage.WAITING
    thumbnails: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    seconds: float = 0.0
    error: str = ""
    log: str | None = None
    avatar: str = ""
    job: Job | None = field(default=None, repr=False)
    number: int = field(default_factory=itertools.count(1).__next__)

    @property
    def name(self) -> str:
        """The photo's file name."""
        return Path(self.request.photo).name

    @property
    def fraction(self) -> float:
        """Share of the work done, in [0, 1]."""
        if self.stage is Stage.CREATING and self.job is not None:
            return self.job.fraction
        return 1.0 if self.stage in (Stage.READY, Stage.DONE) else 0.0

    @property
    def words(self) -> str:
        """What is being done, for a person; empty when its stage says enough."""
        return self.job.words if self.stage in WORKING and self.job is not None else ""


class Queue:
    """Call :meth:`advance` often, from one thread."""

    def __init__(self, client: WorkerClient, pictures: Path) -> None:
        """``pictures``: a folder for the thumbnails."""
        self.client = client
        self.items: list[Item] = []
        self._pictures = pictures

    @property
    def open(self) -> bool:
        """Whether the worker has something to do or to say."""
        return self.client.busy or any(item.stage in (Stage.WAITING, *WORKING, Stage.READY) for item in self.items)

    def add(self, request: Create, ask: bool = False) -> Item:
        """Queue a photo."""
        item = Item(request, ask)
        self.items.append(item)
        return item

    def choose(self, item: Item, face: int) -> None:
        """Take this face, counted from 1, of an item that asked."""
        if item.stage is Stage.CHOOSE:
            item.request, item.ask, item.stage = replace(item.request, face=face), False, Stage.WAITING

    def cancel(self, item: Item) -> None:
        """Drop one photo; it is over within a second."""
        if item.stage in WORKING and item.job is not None:
            self.client.cancel(item.job)
        elif item.stage not in FINISHED:
            item.stage = Stage.CANCELLED

    def cancel_all(self) -> None:
        """Drop everything that is not done."""
        for item in self.items:
            self.cancel(item)

    def forget_finished(self) -> None:
        """Keep only what is still under way."""
        self.items = [item for item in self.items if item.stage not in FINISHED]

    def advance(self) -> bool:
        """Take in the worker's news and give it the next photo. Whether anything changed."""
        before = [(item.stage, item.fraction, item.words) for item in self.items]
        self.client.poll()
        for item in self.items:
            if item.stage in WORKING:
                self._follow(item)
        if not any(item.stage in WORKING for item in self.items):
            waiting = next((item for item in self.items if item.stage is Stage.WAITING), None)
            if waiting is not None:
                self._begin(waiting)
        return [(item.stage, item.fraction, item.words) for item in self.items] != before

    def _begin(self, item: Item) -> None:
        if item.ask:
            item.stage = Stage.LOOKING
            pictures = self._pictures / str(item.number)
            item.job = self.client.submit(ListFaces("", item.request.photo, str(pictures)))
        else:
            item.stage = Stage.CREATING
            item.job = self.client.submit(item.request)

    def _follow(self, item: Item) -> None:
        job = item.job
        if job.state is State.CANCELLED:
            item.stage = Stage.CANCELLED
        elif job.state is State.FAILED:
            item.stage, item.error, item.log = Stage.FAILED, job.failure.message, job.failure.log
        elif job.state is State.DONE and item.stage is Stage.LOOKING:
            item.thumbnails = job.answer.thumbnails
            several = len(job.answer.boxes) > 1
            item.ask = False
            # Without a face the request itself fails, with the sentence that says why.
            item.stage = Stage.CHOOSE if several else Stage.WAITING
        elif job.state is State.DONE:
            item.stage, item.warnings, item.seconds = Stage.READY, job.answer.warnings, job.answer.seconds
