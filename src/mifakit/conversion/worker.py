"""A worker process: takes tasks from standard input and answers on standard output, until its parent is gone.

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
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, BinaryIO

# What tasks need, before the first of them comes.
import imagecodecs  # noqa: F401
import PIL.Image
import tensorstore  # noqa: F401

from mifakit.conversion import convert  # noqa: F401
from mifakit.readers.registry import load_readers

_SET_DEATH_SIGNAL = 1
"""Linux's PR_SET_PDEATHSIG."""

Task = tuple[Callable[..., Any], tuple[Any, ...]]


def serve() -> None:
    """Answer tasks until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what Ctrl-C means
    if sys.platform == "linux":
        # A codec that never lets go of the interpreter would keep `_listen` from ending us.
        ctypes.CDLL(None).prctl(_SET_DEATH_SIGNAL, signal.SIGKILL)
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)  # what a library prints must not come between answers
    load_readers()
    PIL.Image.preinit()
    gc.freeze()  # modules stay: no need to look at them again and again
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
