# SPDX-License-Identifier: GPL-3.0-or-later
"""The warm worker: requests on stdin, answers on stdout, one at a time; ends with its stdin.

A thread reads, so that Cancel is heard while a request runs. A request looks at its cancel flag at each progress report.
"""

from __future__ import annotations

import os
import queue
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import BinaryIO

from .errors import AvatarError
from .native_output import claim_stdout
from .protocol import (
    MAX_LINE_BYTES,
    Cancel,
    Create,
    Created,
    Faces,
    Failed,
    ListFaces,
    Message,
    Progress,
    Ready,
    decode,
    encode,
)

# Seconds that a stage has to come to its end after stdin did. Whoever started the worker promises that none outlives it by five.
GRACE = 1.5


def serve(log: Path | None = None) -> int:
    """Serve until stdin ends. Returns the exit status."""
    worker = _Worker(sys.stdin.buffer, claim_stdout(log), log)
    threading.Thread(target=worker.leave_in_time, daemon=True, name="grace").start()
    return worker.run()


class _Worker:
    def __init__(self, source: BinaryIO, sink: BinaryIO, log: Path | None) -> None:
        self._source, self._sink, self._log = source, sink, log
        self._requests: queue.Queue[Create | ListFaces | None] = queue.Queue()
        self._cancelled: set[str] = set()
        self._ended = threading.Event()
        self._sending = threading.Lock()

    def run(self) -> int:
        threading.Thread(target=self._listen, daemon=True, name="requests").start()
        self._warm_up()
        self._send(Ready())
        while (request := self._requests.get()) is not None:
            self._send(self._answer(request))
            self._cancelled.discard(request.id)
        return 0

    def leave_in_time(self) -> None:
        """Runs in a thread of its own: end the process when its owner is gone and the work does not come to an end by itself."""
        self._ended.wait()
        time.sleep(GRACE)
        os._exit(1)

    def _listen(self) -> None:
        """Runs in the reading thread until stdin ends."""
        while line := self._source.readline(MAX_LINE_BYTES + 1):
            try:
                message = decode(line)
                if isinstance(message, Cancel):
                    self._cancelled.add(message.id)
                elif isinstance(message, Create | ListFaces):
                    self._requests.put(message)
                else:
                    raise AvatarError(
                        "request_invalid", "The worker was sent one of its own answers: check the address."
                    )
            except AvatarError as error:
                self._send(Failed("", error.code, error.message, self._log_path()))
        self._ended.set()
        self._requests.put(None)

    def _warm_up(self) -> None:
        """Import the stages now, so that the first request finds them loaded; clear up after workers that were killed."""
        from . import pipeline
        from .scratch import remove_abandoned

        pipeline.warm_up()
        remove_abandoned()

    def _answer(self, request: Create | ListFaces) -> Message:
        try:
            self._check_cancel(request.id)
            if isinstance(request, ListFaces):
                return self._faces(request)
            return self._create(request)
        except AvatarError as error:
            return Failed(request.id, error.code, error.message, self._log_path())
        except Exception as defect:  # noqa: BLE001  a defect in one request must not end the worker
            traceback.print_exc()
            sentence = f"A defect stopped the work ({type(defect).__name__}: {defect}): please report it with the log."
            return Failed(request.id, "internal", sentence, self._log_path())

    def _create(self, request: Create) -> Created:
        from .estimators.types import FaceOptions
        from .pipeline import CreateOptions, create_bundle

        def report(stage: str, fraction: float, words: str) -> None:
            self._check_cancel(request.id)
            self._send(Progress(request.id, stage, fraction, words))

        start = time.perf_counter()
        mask = None if request.hair_mask is None else Path(request.hair_mask)
        estimation = FaceOptions(request.head, request.estimator, request.refine, request.device)
        strands = None if request.hair_file is None else Path(request.hair_file)
        options = CreateOptions(request.face, request.texture_size, mask, request.style, estimation, strands)
        avatar = create_bundle(Path(request.photo), Path(request.output), options, report)
        warnings = tuple(str(warning) for warning in avatar.report.get("warnings", ()))
        return Created(request.id, str(request.output), round(time.perf_counter() - start, 3), warnings)

    def _faces(self, request: ListFaces) -> Faces:
        from .photo.find_faces import find_faces
        from .photo.load import load_photo
        from .photo.thumbnails import write_thumbnails

        photo = load_photo(Path(request.photo))
        faces = find_faces(photo)
        thumbnails = () if request.thumbnails is None else write_thumbnails(photo, faces, Path(request.thumbnails))
        return Faces(request.id, tuple(face.box for face in faces), thumbnails)

    def _check_cancel(self, request_id: str) -> None:
        if request_id in self._cancelled or self._ended.is_set():
            raise AvatarError("cancelled", "The work was cancelled; nothing was written.")

    def _send(self, message: Message) -> None:
        try:
            with self._sending:
                self._sink.write(encode(message))
                self._sink.flush()
        except (BrokenPipeError, ValueError):
            # Whoever started the worker is gone. Nobody is left to hear an error.
            os._exit(1)

    def _log_path(self) -> str | None:
        return None if self._log is None else str(self._log)
