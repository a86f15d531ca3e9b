# SPDX-License-Identifier: GPL-3.0-or-later
"""One running worker: its process, and a thread that turns what it says into a queue."""

from __future__ import annotations

import contextlib
import queue
import subprocess
import threading

from ...inference.errors import AvatarError
from ...inference.protocol import MAX_LINE_BYTES, Message, decode, encode
from .launch import Launch


class Connection:
    """Messages come out of :meth:`heard`; nothing here waits for the worker."""

    def __init__(self, launch: Launch) -> None:
        """Start the process. Raises OSError."""
        self._process = launch.start()
        self._messages: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._ended = False
        self.ready = False
        threading.Thread(target=self._listen, daemon=True, name="portrait avatar worker").start()

    @property
    def pid(self) -> int:
        """The worker's process id."""
        return self._process.pid

    def heard(self) -> list[Message]:
        """What has come in since the last call."""
        messages = []
        with contextlib.suppress(queue.Empty):
            while (message := self._messages.get_nowait()) is not None:
                messages.append(message)
            self._ended = True
        return messages

    @property
    def ended(self) -> bool:
        """Whether the worker has closed its side; true only when its last message was heard."""
        return self._ended

    def exit_status(self) -> int | None:
        """Of an ended worker; None while it still takes leave."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self._process.wait(0.05)
        return None

    def say(self, message: Message) -> None:
        """Send; a worker that is gone is noticed by :meth:`heard`."""
        with contextlib.suppress(OSError, ValueError):
            self._process.stdin.write(encode(message))
            self._process.stdin.flush()

    def end(self, grace: float = 0.0) -> None:
        """Close the pipe, on which a worker ends by itself; kill it when it has not within ``grace`` seconds."""
        with contextlib.suppress(OSError, ValueError):
            self._process.stdin.close()
        try:
            self._process.wait(grace)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _listen(self) -> None:
        """Runs in its own thread until the worker's stdout ends."""
        with self._process.stdout as stream:
            while line := stream.readline(MAX_LINE_BYTES + 1):
                try:
                    self._messages.put(decode(line))
                except AvatarError:
                    # Not a worker of ours. It is ended below, which the client sees and reports.
                    break
        self._process.kill()
        self._messages.put(None)
