"""An executor of worker processes on this machine, which survives the death of any of them."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from tempfile import TemporaryFile
from typing import IO, Any, NamedTuple

_START = "import sys; sys.path[:] = sys.argv[1:]; from mifakit.conversion.worker import serve; serve()"
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


_ahead: list[_Process] = []
"""Processes that were started before there was work for them."""


class WorkerDiedError(Exception):
    """A worker process ended in the middle of a task."""


class WorkerProcesses(Executor):
    """Runs tasks in processes, one at a time in each. A dead process fails its task only, and is replaced.

    Parameters
    ----------
    count
        How many processes.
    """

    def __init__(self, count: int) -> None:
        self._tasks: SimpleQueue[tuple[Future[Any], Callable[..., Any], tuple[Any, ...]] | None] = SimpleQueue()
        self._workers = [_Worker() for _ in range(count)]
        self._threads = [threading.Thread(target=self._serve, args=(worker,), daemon=True) for worker in self._workers]
        for thread in self._threads:
            thread.start()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Have a function of a module called in one of the processes; arguments and result are pickled."""
        if kwargs:
            raise TypeError("tasks take positional arguments only")
        future: Future[Any] = Future()
        self._tasks.put((future, fn, args))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes: when all tasks are done or, with `cancel_futures`, at once."""
        if cancel_futures:
            with suppress(Empty):
                while task := self._tasks.get_nowait():
                    task[0].cancel()
            for worker in self._workers:
                worker.retire()
        for _ in self._threads:
            self._tasks.put(None)
        if wait:
            for thread in self._threads:
                thread.join()

    def _serve(self, worker: _Worker) -> None:
        while task := self._tasks.get():
            future, function, arguments = task
            if not future.set_running_or_notify_cancel():
                continue
            try:
                succeeded, answer = worker.call(function, arguments)
            except Exception as error:
                succeeded, answer = False, error
            if succeeded:
                future.set_result(answer)
            else:
                future.set_exception(answer)
        worker.close()


@contextmanager
def worker_processes(count: int) -> Iterator[WorkerProcesses]:
    """Give an executor; when the block fails or is interrupted, its processes end at once."""
    executor = WorkerProcesses(count)
    try:
        yield executor
    except BaseException:
        executor.shutdown(cancel_futures=True)
        raise
    executor.shutdown()


@contextmanager
def started_ahead(count: int) -> Iterator[None]:
    """Start processes for an executor that the block makes: their libraries load while it is busy with its own."""
    _ahead.extend(_start() for _ in range(count))
    try:
        yield
    finally:
        while _ahead:
            _ahead.pop().end()


class _Process(NamedTuple):
    """A process, and the file that takes what it has to say."""

    process: subprocess.Popen[bytes]
    errors: IO[bytes]

    def end(self) -> None:
        """End it at once, and let go of what tied us to it."""
        self.process.kill()
        with suppress(BrokenPipeError):
            self.process.communicate()
        self.process.wait()
        self.errors.close()


def _start() -> _Process:
    errors = TemporaryFile()  # noqa: SIM115 - as long as the process
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-P", "-c", _START, *sys.path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        env={**_ENVIRONMENT, **os.environ},
    )
    return _Process(process, errors)


class _Worker:
    """One worker process; started when it is made, and again after it died."""

    def __init__(self) -> None:
        self._retired = False
        self._process, self._errors = _ahead.pop() if _ahead else _start()

    def call(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[bool, Any]:
        """Return whether a task succeeded, and its result or its error.

        Raises
        ------
        WorkerDiedError
            When the process ended before it answered.
        """
        if self._process.poll() is not None:
            if self._retired:
                raise WorkerDiedError("the build was stopped")
            self.close()
            self._process, self._errors = _start()
        assert self._process.stdin and self._process.stdout  # noqa: S101 - they are pipes
        request = pickle.dumps((function, arguments))
        try:
            self._process.stdin.write(request)
            self._process.stdin.flush()
            succeeded, answer = pickle.load(self._process.stdout)  # noqa: S301
        except (EOFError, OSError) as error:
            raise WorkerDiedError(self._last_words()) from error
        except Exception as error:  # what a broken pickle raises has no bounds
            self.kill()
            raise WorkerDiedError(f"its answer cannot be read: {error}") from error
        return succeeded, answer

    def retire(self) -> None:
        """End the process at once, and start no other; may be called from any thread."""
        self._retired = True
        self.kill()

    def kill(self) -> None:
        """End the process at once."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """End the process and let go of what tied us to it."""
        _Process(self._process, self._errors).end()

    def _last_words(self) -> str:
        status = self._process.wait()
        if status < 0:
            return f"killed by {signal.Signals(-status).name}"
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").strip().splitlines()
        return f"ended with status {status}" + (f": {lines[-1]}" if lines else "")
