# SPDX-License-Identifier: GPL-3.0-or-later
"""Several processes that work through items. One that dies takes its item with it, and no other."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any

# Set up once per process; answers what does one job.
Prepare = Callable[[Any], Callable[[Any], None]]


@dataclass(frozen=True)
class Done:
    """A job that ended. failure: "" or the sentence that says why it did not succeed."""

    job: int
    failure: str
    seconds: float


@dataclass
class _Worker:
    process: multiprocessing.process.BaseProcess
    line: Connection
    job: int = -1
    start: float = 0.0


def work_through(jobs: Sequence[Any], count: int, prepare: Prepare, settings: Any) -> Iterator[Done]:
    """Do all jobs in ``count`` processes and tell of each as it ends, in that order. Ends the processes when it is left early."""
    context = multiprocessing.get_context("spawn")
    waiting, workers = list(range(len(jobs)))[::-1], []
    try:
        for _ in range(min(count, len(jobs))):
            workers.append(_start(context, prepare, settings))
            _next(workers[-1], waiting, jobs)
        while busy := [worker for worker in workers if worker.job >= 0]:
            ready = wait([worker.line for worker in busy])
            for worker in [one for one in busy if one.line in ready]:
                job, seconds = worker.job, time.perf_counter() - worker.start
                try:
                    failure = worker.line.recv()
                except (EOFError, OSError):
                    worker.process.join(5)
                    failure = f"The process that measured it ended by itself (exit status {worker.process.exitcode})."
                    workers.remove(worker)
                    worker.line.close()
                    if waiting:
                        workers.append(worker := _start(context, prepare, settings))
                if worker in workers:
                    _next(worker, waiting, jobs)
                yield Done(job, failure, seconds)
    finally:
        for worker in workers:
            worker.line.close()
            if worker.job >= 0:
                worker.process.terminate()
        for worker in workers:
            worker.process.join(10)


def _start(context: multiprocessing.context.SpawnContext, prepare: Prepare, settings: Any) -> _Worker:
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, prepare, settings), daemon=True)
    process.start()
    theirs.close()  # or the end of the process would not be seen
    return _Worker(process, ours)


def _next(worker: _Worker, waiting: list[int], jobs: Sequence[Any]) -> None:
    worker.job = waiting.pop() if waiting else -1
    worker.start = time.perf_counter()
    if worker.job >= 0:
        worker.line.send(jobs[worker.job])


def _serve(line: Connection, prepare: Prepare, settings: Any) -> None:
    do = None
    while True:
        try:
            job = line.recv()
        except (EOFError, OSError, KeyboardInterrupt):
            return
        failure = ""
        try:
            do = do or prepare(settings)
            do(job)
        except KeyboardInterrupt:
            return
        except Exception as problem:  # noqa: BLE001  whatever is wrong with one item, the others go on
            failure = (
                getattr(problem, "message", "") or f"A defect ({type(problem).__name__}: {problem}): please report it."
            )
        line.send(failure)
