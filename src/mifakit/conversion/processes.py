"""An executor of worker processes on this machine, which survives the death of any of them."""

from __future__ import annotations

import pickle
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from typing import Any

from mifakit.conversion.interpreters import WorkerProcess, start_workers

Start = Callable[[int], Sequence[WorkerProcess]]
"""Starts so many processes."""

_ahead: list[WorkerProcess] = []
"""Processes that were started before there was work for them."""


class WorkerDiedError(Exception):
    """A worker process ended in the middle of a task."""


class WorkerProcesses(Executor):
    """Runs tasks in processes, one at a time in each. A dead process fails its task only, and is replaced.

    Parameters
    ----------
    count
        How many processes.
    start
        Starts them.
    """

    def __init__(self, count: int, start: Start = start_workers) -> None:
        self._tasks: SimpleQueue[tuple[Future[Any], Callable[..., Any], tuple[Any, ...]] | None] = SimpleQueue()
        ready = [_ahead.pop() for _ in range(min(count, len(_ahead)))]
        if len(ready) < count:
            ready += start(count - len(ready))
        self._workers = [_Worker(process, start) for process in ready]
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
    _ahead.extend(start_workers(count))
    try:
        yield
    finally:
        while _ahead:
            _ahead.pop().close()


class _Worker:
    """A worker process, and the next one after it died."""

    def __init__(self, process: WorkerProcess, start: Start) -> None:
        self._retired = False
        self._process, self._start = process, start

    def call(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[bool, Any]:
        """Return whether a task succeeded, and its result or its error.

        Raises
        ------
        WorkerDiedError
            When the process ended before it answered.
        """
        if self._process.has_ended():
            if self._retired:
                raise WorkerDiedError("the build was stopped")
            self._process.close()
            (self._process,) = self._start(1)
        request = pickle.dumps((function, arguments))
        try:
            self._process.requests.write(request)
            self._process.requests.flush()
            succeeded, answer = pickle.load(self._process.replies)  # noqa: S301
        except (EOFError, OSError) as error:
            raise WorkerDiedError(self._last_words()) from error
        except Exception as error:  # what a broken pickle raises has no bounds
            self._process.kill()
            raise WorkerDiedError(f"its answer cannot be read: {error}") from error
        return succeeded, answer

    def retire(self) -> None:
        """End the process at once, and start no other; may be called from any thread."""
        self._retired = True
        self._process.kill()

    def close(self) -> None:
        """End the process and let go of what tied us to it."""
        self._process.close()

    def _last_words(self) -> str:
        status = self._process.wait()
        if status < 0:
            return f"killed by {signal.Signals(-status).name}"
        self._process.errors.seek(0)
        lines = self._process.errors.read().decode(errors="replace").strip().splitlines()
        return f"ended with status {status}" + (f": {lines[-1]}" if lines else "")
