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
from contextlib import suppress
from select import select
from tempfile import TemporaryFile
from typing import IO, Protocol

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
    """Start processes; they are ready for tasks at once, and answer when their libraries are loaded."""
    if sys.platform != "linux":
        return [LoneWorker() for _ in range(count)]
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
        return bool(select([self.replies], [], [], 0)[0])  # it says nothing unasked: this is the end

    def wait(self) -> int:
        """Return its exit status, once it has ended; negative for a signal."""
        return self._interpreter.ask("wait", self._number)

    def kill(self) -> None:
        """End it at once; may be called from any thread."""
        self._interpreter.ask("kill", self._number)

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
        for _ in range(count):
            their_requests, requests = os.pipe()
            replies, their_replies = os.pipe()
            errors = TemporaryFile()  # noqa: SIM115 - as long as the process
            self.ends.append((os.fdopen(requests, "wb"), os.fdopen(replies, "rb"), errors))
            theirs.append((their_requests, their_replies, errors.fileno()))
        passed = [descriptor for each in theirs for descriptor in each]
        call = f"fork_workers([{', '.join(f'worker.Ends{each}' for each in theirs)}])"
        self._process = _popen(call, self.ends[0][2], passed)
        for requests, replies, _ in theirs:
            os.close(requests)
            os.close(replies)
        self._lock, self._left = threading.Lock(), count

    def ask(self, wish: str, number: int) -> int:
        """Return the exit status of a worker; that of a kill where its interpreter was killed with it."""
        assert self._process.stdin and self._process.stdout  # noqa: S101 - they are pipes
        with self._lock:
            try:
                self._process.stdin.write(f"{wish} {number}\n".encode())
                self._process.stdin.flush()
                return int(self._process.stdout.readline())
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


def _close(worker: WorkerProcess) -> None:
    for file in (worker.requests, worker.replies, worker.errors):
        with suppress(BrokenPipeError):  # the last task was never taken
            file.close()
