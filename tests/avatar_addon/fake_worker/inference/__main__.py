# SPDX-License-Identifier: GPL-3.0-or-later
"""A worker whose behaviour is the photo's name: ok, slow, deaf (to Cancel), mute, crash, fail, babble; "two" anywhere: two faces.

What it creates is a copy of the folder named by the variable FAKE_BUNDLE, or a folder with one empty file.
"""

from __future__ import annotations

import os
import shutil
import sys
import threading
import time
from pathlib import Path

from .protocol import Cancel, Create, Created, Faces, Failed, ListFaces, Message, Progress, Ready, decode, encode

cancelled: set[str] = set()
requests: list[Create | ListFaces] = []
news = threading.Condition()


def say(message: Message) -> None:
    sys.stdout.buffer.write(encode(message))
    sys.stdout.buffer.flush()


def listen() -> None:
    for line in sys.stdin.buffer:
        message = decode(line)
        with news:
            if isinstance(message, Cancel):
                cancelled.add(message.id)
            else:
                requests.append(message)
            news.notify()
    os._exit(0)


def answer(request: Create | ListFaces) -> Message:
    how = Path(request.photo).stem
    if isinstance(request, ListFaces):
        count = 2 if "two" in how else 1
        names = ["photo", *(f"face-{number + 1}" for number in range(count))]
        return Faces(
            request.id, ((0.0, 0.0, 9.0, 9.0),) * count, tuple(f"{request.thumbnails}/{name}.png" for name in names)
        )
    say(Progress(request.id, "photo", 0.0, "Opening the photo"))
    if how == "crash":
        print("last words", file=sys.stderr, flush=True)
        os._exit(9)
    if how == "babble":
        print("this is no message", flush=True)
    if how == "mute":
        time.sleep(600)
    if how == "deaf":
        time.sleep(2)
    if how == "fail":
        return Failed(request.id, "face_none", "No face was found in fail.jpg: use another picture.")
    for step in range(100 if how == "slow" else 4):
        if request.id in cancelled and how != "deaf":
            return Failed(request.id, "cancelled", "Cancelled.")
        say(Progress(request.id, "fit", step / 100, "Fitting the head"))
        time.sleep(0.05)
    bundle = os.environ.get("FAKE_BUNDLE")
    if bundle:
        shutil.copytree(bundle, request.output)
    else:
        Path(request.output).mkdir(parents=True)
        Path(request.output, "avatar.json").touch()
    return Created(request.id, request.output, 0.2, (f"face {request.face}",))


def main() -> None:
    threading.Thread(target=listen, daemon=True).start()
    say(Ready())
    while True:
        with news:
            news.wait_for(lambda: requests)
            request = requests.pop(0)
        say(answer(request))


if sys.argv[1] == "worker":
    main()
