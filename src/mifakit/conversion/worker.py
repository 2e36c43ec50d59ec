"""A worker: takes tasks from one pipe and answers on another, until its parent is gone.

A process of its own can die of a codec's crash without taking the build along; a fixed one, rather than one a
task, pays for start-up once. Both ends are ours, so that pickles are safe here.
"""

from __future__ import annotations

import ctypes
import gc
import os
import pickle
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import SimpleQueue
from typing import Any, BinaryIO, NamedTuple

# What tasks need, before the first of them comes.
import imagecodecs  # noqa: F401
import PIL.Image
import tensorstore  # noqa: F401

from mifakit.conversion import convert  # noqa: F401
from mifakit.readers.registry import load_readers

_SET_DEATH_SIGNAL = 1
"""Linux's PR_SET_PDEATHSIG."""

Task = tuple[Callable[..., Any], tuple[Any, ...]]


class Ends(NamedTuple):
    """File descriptors: where tasks come from, where answers go, and where last words go."""

    requests: int
    replies: int
    errors: int


def serve_alone() -> None:
    """Answer tasks in this process, through its standard streams."""
    _load()
    _serve(Ends(os.dup(0), os.dup(1), os.dup(2)))


def fork_workers(ends: Sequence[Ends]) -> None:
    """Fork a worker for each set of ends: all share what this process has loaded.

    A line on standard output says that they are there. Lines on standard input then ask for one of them, by its number:
    `wait 0` for its exit status, negative for a signal, once it has ended; `kill 0` for the same at once. At the end of
    input all are killed.
    """
    _load()
    workers: list[int] = []
    parent = os.getpid()
    for own in ends:
        worker = os.fork()
        if not worker:
            for other in ends:  # a pipe ends when the last who holds it lets go
                if other is not own:
                    _close(other)
            _end_with_parent(parent)
            _serve(own)
        workers.append(worker)
    for own in ends:
        _close(own)
    print("forked", flush=True)
    try:
        for line in sys.stdin.buffer:
            wish, number = line.split()
            worker = workers[int(number)]
            if wish == b"kill":
                os.kill(worker, signal.SIGKILL)
            # It stays a zombie, so that nobody else gets its number.
            ended = os.waitid(os.P_PID, worker, os.WEXITED | os.WNOWAIT)
            assert ended  # noqa: S101 - only WNOHANG gives none
            print(ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status, flush=True)
    finally:
        for worker in workers:
            os.kill(worker, signal.SIGKILL)
        for worker in workers:
            os.waitpid(worker, 0)


def _close(ends: Ends) -> None:
    for descriptor in ends:
        with suppress(OSError):
            os.close(descriptor)


def _load() -> None:
    """Make ready for tasks."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what Ctrl-C means
    _end_with_parent(os.getppid())
    load_readers()
    PIL.Image.preinit()
    gc.freeze()  # modules stay: no need to look at them again and again


def _end_with_parent(parent: int) -> None:
    """Be killed when the parent dies: a codec that never lets go of the interpreter would keep `_listen` from it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_DEATH_SIGNAL, signal.SIGKILL)
        if os.getppid() != parent:  # it died before
            os._exit(0)


def _serve(ends: Ends) -> None:
    """Answer tasks until there will be no more."""
    requests, replies = os.fdopen(ends.requests, "rb"), os.fdopen(ends.replies, "wb")
    os.dup2(ends.errors, 2)
    os.close(ends.errors)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)  # what a library prints must not come between answers
    tasks: SimpleQueue[Task] = SimpleQueue()
    threading.Thread(target=_listen, args=(requests, tasks), daemon=True).start()
    while True:
        function, arguments = tasks.get()
        try:
            answer = pickle.dumps((True, function(*arguments)))
        except Exception as error:
            answer = pickle.dumps((False, _portable(error)))
        replies.write(answer)
        replies.flush()


def _listen(requests: BinaryIO, tasks: SimpleQueue[Task]) -> None:
    """Take tasks as they come; when the parent is gone, end at once, whatever is under way."""
    try:
        while True:
            tasks.put(pickle.load(requests))  # noqa: S301
    finally:
        sys.stderr.flush()
        os._exit(0)


def _portable(error: Exception) -> Exception:
    """Return an error that survives the way home; those of compiled libraries often do not."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error
