# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker, with a pipeline whose speed and faults the test decides; the real one is run in test_command_line.py."""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

import inference
from inference.errors import AvatarError
from inference.estimators.types import FaceOptions
from inference.protocol import Cancel, Create, Created, Failed, ListFaces, Message, Progress, Ready, decode, encode
from inference.worker import _Worker

Pipeline = Callable[[Path, Path, object, Callable[[str, float, str], None]], object]


class Conversation:
    """A worker in a thread, spoken to through pipes as Blender does."""

    def __init__(self) -> None:
        requests, self._to_worker = os.pipe()
        self._from_worker, answers = os.pipe()
        self.source = os.fdopen(requests, "rb")
        self.sink = os.fdopen(answers, "wb")
        self._answers = os.fdopen(self._from_worker, "rb")
        self._requests = os.fdopen(self._to_worker, "wb")
        self.thread = threading.Thread(target=_Worker(self.source, self.sink, Path("/log")).run, daemon=True)
        self.thread.start()

    def say(self, *messages: Message) -> None:
        for message in messages:
            self._requests.write(encode(message))
        self._requests.flush()

    def say_raw(self, line: bytes) -> None:
        self._requests.write(line)
        self._requests.flush()

    def hear(self) -> Message:
        return decode(self._answers.readline())

    def end(self) -> None:
        if not self._requests.closed:
            self._requests.close()
        self.thread.join(5)
        assert not self.thread.is_alive()
        for stream in (self.source, self.sink, self._answers):
            stream.close()


@pytest.fixture
def pipeline(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """``inference.pipeline`` replaced; tests set ``run``."""
    control = SimpleNamespace(run=None)
    module = ModuleType("inference.pipeline")
    module.warm_up = lambda: None
    module.CreateOptions = lambda *values: values
    module.create_bundle = lambda photo, output, options, report: control.run(photo, output, options, report)
    monkeypatch.setitem(__import__("sys").modules, "inference.pipeline", module)
    monkeypatch.setattr(inference, "pipeline", module, raising=False)
    return control


@pytest.fixture
def worker(pipeline: SimpleNamespace) -> Iterator[Conversation]:
    conversation = Conversation()
    assert conversation.hear() == Ready()
    yield conversation
    conversation.end()


def result(*warnings: str) -> SimpleNamespace:
    return SimpleNamespace(report={"warnings": list(warnings)})


def test_progress_and_result(worker: Conversation, pipeline: SimpleNamespace) -> None:
    def run(photo: Path, output: Path, options: tuple, report: Callable) -> SimpleNamespace:
        assert (photo, output) == (Path("a b.jpg"), Path("ö"))
        assert options == (2, 512, Path("m.png"), "bob", FaceOptions(), Path("s.hair"))
        report("fit", 0.5, "Fitting")
        return result("note")

    pipeline.run = run
    worker.say(Create("7", "a b.jpg", "ö", 2, 512, "m.png", "bob", "s.hair"))
    assert worker.hear() == Progress("7", "fit", 0.5, "Fitting")
    answer = worker.hear()
    assert isinstance(answer, Created)
    assert (answer.id, answer.bundle, answer.warnings) == ("7", "ö", ("note",))


def test_error_then_the_next_request(worker: Conversation, pipeline: SimpleNamespace) -> None:
    def fail(*_: object) -> None:
        raise AvatarError("face_none", "No face.")

    pipeline.run = fail
    worker.say(Create("1", "a", "b"))
    assert worker.hear() == Failed("1", "face_none", "No face.", "/log")
    pipeline.run = lambda *_: result()
    worker.say(Create("2", "a", "b"))
    assert isinstance(worker.hear(), Created)


def test_a_defect_does_not_end_the_worker(
    worker: Conversation, pipeline: SimpleNamespace, capsys: pytest.CaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("oops")

    pipeline.run = fail
    worker.say(Create("1", "a", "b"))
    answer = worker.hear()
    assert isinstance(answer, Failed)
    assert answer.code == "internal"
    assert "ZeroDivisionError" in answer.message
    pipeline.run = lambda *_: result()
    worker.say(Create("2", "a", "b"))
    assert isinstance(worker.hear(), Created)
    assert "Traceback" in capsys.readouterr().err


def test_cancel_between_stages(worker: Conversation, pipeline: SimpleNamespace) -> None:
    started, go_on = threading.Event(), threading.Event()

    def run(_photo: Path, _output: Path, _options: object, report: Callable) -> SimpleNamespace:
        report("photo", 0.0, "Opening")
        started.set()
        go_on.wait(5)
        report("fit", 0.5, "Fitting")
        pytest.fail("the request went on after Cancel")

    pipeline.run = run
    worker.say(Create("1", "a", "b"))
    assert isinstance(worker.hear(), Progress)
    started.wait(5)
    # The answer to the nonsense line shows that Cancel before it was heard.
    worker.say(Cancel("1"))
    worker.say_raw(b"nonsense\n")
    assert worker.hear().code == "request_invalid"
    go_on.set()
    answer = worker.hear()
    assert isinstance(answer, Failed)
    assert (answer.id, answer.code) == ("1", "cancelled")


def test_cancel_while_waiting(worker: Conversation, pipeline: SimpleNamespace) -> None:
    release = threading.Event()

    def run(*_: object) -> SimpleNamespace:
        release.wait(5)
        return result()

    pipeline.run = run
    worker.say(Create("1", "a", "b"), Create("2", "a", "b"), Cancel("2"))
    worker.say_raw(b"nonsense\n")
    assert worker.hear().code == "request_invalid"
    release.set()
    assert isinstance(worker.hear(), Created)
    assert worker.hear().code == "cancelled"


def test_closing_the_pipe_drops_the_work_and_ends(worker: Conversation, pipeline: SimpleNamespace) -> None:
    ended = threading.Event()

    def run(_photo: Path, _output: Path, _options: object, report: Callable) -> SimpleNamespace:
        for number in range(500):
            report("fit", number / 500, "Fitting")
            ended.wait(0.01)
        pytest.fail("the worker went on")

    pipeline.run = run
    worker.say(Create("1", "a", "b"))
    assert isinstance(worker.hear(), Progress)
    worker._requests.close()
    worker.thread.join(5)
    assert not worker.thread.is_alive()


def test_hostile_lines_are_answered(worker: Conversation) -> None:
    for line in (b"\xff\n", b"[]\n", b'{"type": "create"}\n', encode(Ready()), b"9" * 3_000_000 + b"\n"):
        worker.say_raw(line)
        answer = worker.hear()
        while isinstance(answer, Failed) and line.startswith(b"999") and len(line) > 1_000_001:
            line = line[1_000_001:]
            answer = worker.hear() if len(line) > 0 else answer
        assert answer == Failed("", answer.code, answer.message, "/log")
        assert answer.code == "request_invalid"


def test_faces(worker: Conversation, tmp_path: Path) -> None:
    worker.say(ListFaces("1", str(tmp_path)))
    assert worker.hear().code == "photo_is_folder"


def test_memory_only_streams_work_too(pipeline: SimpleNamespace) -> None:
    sink = io.BytesIO()
    assert _Worker(io.BytesIO(b""), sink, None).run() == 0
    assert decode(sink.getvalue()) == Ready()
