"""Interpreters in which workers run.

On Linux one loads the libraries and all workers are forked from it, so that further ones cost nothing. Elsewhere, where
that is not safe or not possible, each worker loads its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from tempfile import TemporaryFile
from typing import IO, Protocol

from mifakit.errors import MifaError

_TOGETHER = 64
"""Workers that are forked from one interpreter: while it starts, each takes five of the files that we may have open."""
_START = "import sys; sys.path[:] = sys.argv[1:]; from mifakit.conversion import worker; worker.{call}"
"""What a new interpreter runs; its arguments are where we look for modules."""

_ENVIRONMENT = {
    # One thread each: there is a process for every core.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    # glibc would give each block of pixels back to the kernel, which then clears every page of the next one,
    # and keep a heap for each thread.
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": "268435456",
    "MALLOC_TRIM_THRESHOLD_": "268435456",
}


class WorkerProcess(Protocol):
    """A process that answers tasks.

    Attributes
    ----------
    requests
        Takes tasks.
    replies
        Gives answers; ends when the process does.
    errors
        What it had to say.
    """

    requests: IO[bytes]
    replies: IO[bytes]
    errors: IO[bytes]

    def has_ended(self) -> bool:
        """Whether it ended though it had nothing to do."""

    def wait(self) -> int:
        """Return its exit status, once it has ended; negative for a signal."""

    def kill(self) -> None:
        """End it at once; may be called from any thread."""

    def close(self) -> None:
        """End it at once, and let go of what tied us to it."""


def start_workers(count: int) -> Sequence[WorkerProcess]:
    """Start processes; they are ready for tasks at once, and answer when their libraries are loaded.

    Raises
    ------
    MifaError
        MIFA009 when the system does not allow so many.
    """
    started: list[WorkerProcess] = []
    try:
        while len(started) < count:
            started += _forked(min(count - len(started), _TOGETHER)) if sys.platform == "linux" else [LoneWorker()]
    except OSError as error:
        for worker in started:
            worker.close()
        message = f"{count} workers cannot be started: {error.strerror}"
        raise MifaError("MIFA009", message, hint="use fewer: --workers 8") from error
    return started


def _forked(count: int) -> list[ForkedWorker]:
    interpreter = _Interpreter(count)
    return [ForkedWorker(interpreter, number) for number in range(count)]


class LoneWorker:
    """A worker in an interpreter of its own."""

    def __init__(self) -> None:
        self.errors: IO[bytes] = TemporaryFile()  # noqa: SIM115 - as long as the process
        self._process = _popen("serve_alone()", self.errors, ())
        assert self._process.stdin and self._process.stdout  # noqa: S101 - they are pipes
        self.requests, self.replies = self._process.stdin, self._process.stdout

    def has_ended(self) -> bool:
        """Whether it ended though it had nothing to do."""
        return self._process.poll() is not None

    def wait(self) -> int:
        """Return its exit status, once it has ended; negative for a signal."""
        return self._process.wait()

    def kill(self) -> None:
        """End it at once; may be called from any thread."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """End it at once, and let go of what tied us to it."""
        self.kill()
        _close(self)


class ForkedWorker:
    """A worker that shares an interpreter's libraries with others."""

    def __init__(self, interpreter: _Interpreter, number: int) -> None:
        self._interpreter, self._number = interpreter, number
        self.requests, self.replies, self.errors = interpreter.ends[number]

    def has_ended(self) -> bool:
        """Whether it ended though it had nothing to do."""
        return _can_be_read(self.replies)  # it says nothing unasked: this is the end

    def wait(self) -> int:
        """Return its exit status, once it has ended; negative for a signal."""
        return self._interpreter.wait(self._number)

    def kill(self) -> None:
        """End it at once; may be called from any thread."""
        self._interpreter.kill(self._number)

    def close(self) -> None:
        """End it at once, and let go of what tied us to it."""
        self.kill()
        _close(self)
        self._interpreter.leave()


class _Interpreter:
    """The process from which workers are forked; `worker.fork_workers` is its other side.

    Parameters
    ----------
    count
        How many workers.
    """

    def __init__(self, count: int) -> None:
        self.ends: list[tuple[IO[bytes], IO[bytes], IO[bytes]]] = []
        theirs: list[tuple[int, int, int]] = []
        with ExitStack() as failing, ExitStack() as passed:
            for _ in range(count):
                their_requests, requests = os.pipe()
                passed.callback(os.close, their_requests)
                taking = failing.enter_context(os.fdopen(requests, "wb"))
                replies, their_replies = os.pipe()
                passed.callback(os.close, their_replies)
                giving = failing.enter_context(os.fdopen(replies, "rb"))
                errors = failing.enter_context(TemporaryFile())
                self.ends.append((taking, giving, errors))
                theirs.append((their_requests, their_replies, errors.fileno()))
            call = f"fork_workers([{', '.join(f'worker.Ends{each}' for each in theirs)}])"
            self._process = _popen(call, self.ends[0][2], [descriptor for each in theirs for descriptor in each])
            failing.pop_all()
        assert self._process.stdin and self._process.stdout  # noqa: S101 - they are pipes
        self._wishes, self._answers = self._process.stdin, self._process.stdout
        self._lock, self._left, self._has_forked = threading.Lock(), count, False

    def wait(self, number: int) -> int:
        """Return the exit status of a worker once it has ended; its interpreter's where that ended first."""
        with self._lock:
            return self._ask("wait", number)

    def kill(self, number: int) -> None:
        """End a worker at once; while there are none yet, the interpreter, which may be long in loading libraries."""
        with self._lock:
            if self._has_forked or _can_be_read(self._answers):
                self._ask("kill", number)
            else:
                self._process.kill()
                self._process.wait()

    def _ask(self, wish: str, number: int) -> int:
        try:
            if not self._has_forked:
                self._has_forked = bool(self._answers.readline())
            self._wishes.write(f"{wish} {number}\n".encode())
            self._wishes.flush()
            return int(self._answers.readline())
        except (OSError, ValueError):
            return self._process.wait()

    def leave(self) -> None:
        """Note that a worker was closed; with the last one, the interpreter ends."""
        with self._lock:
            self._left -= 1
            if not self._left:
                self._process.communicate()


def _popen(call: str, errors: IO[bytes], passed: Sequence[int]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-P", "-c", _START.format(call=call), *sys.path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        env={**_ENVIRONMENT, **os.environ},
        pass_fds=passed,
    )


def _can_be_read(file: IO[bytes]) -> bool:
    """Whether something is there to be read from a pipe, or its end."""
    from select import POLLIN, poll  # Windows has none

    asked = poll()  # not `select`, which knows the first 1024 files only
    asked.register(file, POLLIN)
    return bool(asked.poll(0))


def _close(worker: WorkerProcess) -> None:
    for file in (worker.requests, worker.replies, worker.errors):
        with suppress(BrokenPipeError):  # the last task was never taken
            file.close()
