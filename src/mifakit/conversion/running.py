"""Jobs -> results, through any executor. One job's failure is one finding; the rest go on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from functools import partial
from queue import SimpleQueue
from typing import Any

from mifakit.conversion.convert import (
    Piece,
    assemble,
    clear,
    convert_annotation,
    convert_part,
    convert_sample,
    hash_sources,
    is_still_true,
    sweep,
)
from mifakit.conversion.converted import Converted
from mifakit.conversion.geometry import PART_BYTES, image_parts, image_pyramid
from mifakit.conversion.journal import Journal
from mifakit.conversion.plan import Job
from mifakit.conversion.processes import WorkerDiedError
from mifakit.conversion.staging import is_disk_full, write_error
from mifakit.conversion.workbench import Workbench
from mifakit.errors import MifaError
from mifakit.findings import Finding

logger = logging.getLogger(__name__)

Watch = Callable[[int], None]
"""Told how many bytes of source pixels were done since the last time."""


def run_jobs(
    jobs: Sequence[Job],
    bench: Workbench,
    executor: Executor,
    journal: Journal,
    watch: Watch | None = None,
    meanwhile: Callable[[], object] | None = None,
) -> tuple[list[Converted], list[Finding]]:
    """Run every job, the largest first.

    Parameters
    ----------
    jobs
        What is to be made.
    bench, executor, journal
        Where, by whom, and what is known of it.
    watch
        Told what is done.
    meanwhile
        Called once while the executor is busy: this process has nothing to do then.

    Returns
    -------
    converted
        The samples that were made, or were there already, in the order of `jobs`.
    failures
        One finding for each that was not.

    Raises
    ------
    MifaError
        MIFA006 when the disk is full, MIFA004 when it cannot be written: no other job could do better.
    """
    run = _Run(bench, executor, journal, watch or (lambda nbytes: None))
    for job in sorted(jobs, key=lambda job: -job.nbytes):
        run.start(job)
    if meanwhile:
        meanwhile()
    run.wait()
    sweep(bench, run.converted.values())
    converted = [run.converted[job.sample] for job in jobs if job.sample in run.converted]
    return converted, [run.failures[job.sample] for job in jobs if job.sample in run.failures]


@dataclass
class _Pieces:
    """What is done of a large job."""

    job: Job
    count: int
    made: list[Piece] = field(default_factory=list)


class _Run:
    """The tasks under way, and what follows each. All of it happens in the thread that waits."""

    def __init__(self, bench: Workbench, executor: Executor, journal: Journal, watch: Watch) -> None:
        self._bench, self._executor, self._journal, self._watch = bench, executor, journal, watch
        self._ended: SimpleQueue[tuple[Job, int, Callable[[Any], None], Future[Any]]] = SimpleQueue()
        self._open = 0
        self.converted: dict[str, Converted] = {}
        self.failures: dict[str, Finding] = {}

    def start(self, job: Job) -> None:
        before = self._journal.finished(job)
        if job.nbytes <= PART_BYTES:
            self._submit(job, job.nbytes, partial(self._finish, job), convert_sample, job, self._bench, before)
        elif before:
            self._submit(job, 0, partial(self._take_up, job, before), is_still_true, before, self._bench)
        else:
            self._divide(job)

    def wait(self) -> None:
        while self._open:
            job, nbytes, then, future = self._ended.get()
            self._open -= 1
            try:
                result = future.result()
            except Exception as error:
                self._fail(job, error)
            else:
                then(result)
            self._watch(nbytes)

    def _submit(
        self, job: Job, nbytes: int, then: Callable[[Any], None], function: Callable[..., Any], *arguments: Any
    ) -> None:
        """Have a task done; `nbytes` of source pixels are settled with it, however it ends."""
        self._open += 1
        future = self._executor.submit(function, *arguments)
        future.add_done_callback(lambda done: self._ended.put((job, nbytes, then, done)))

    def _take_up(self, job: Job, before: Converted, still_true: bool) -> None:
        if still_true:
            self._finish(job, before)
            self._watch(job.nbytes)
        else:
            self._divide(job)

    def _divide(self, job: Job) -> None:
        """Begin a job whose pieces are made by many."""
        clear(job, self._bench)
        pyramid, parts = image_pyramid(job), image_parts(job)
        pieces = _Pieces(job, count=len(parts) + len(job.annotations) + 1)
        # First what takes longest and cannot be divided.
        self._submit(job, 0, partial(self._add, pieces), hash_sources, job, self._bench)
        for said in job.annotations:
            self._submit(job, 0, partial(self._add, pieces), convert_annotation, job, self._bench, said)
        for part in parts:
            nbytes = sum(map(pyramid.source_bytes, part))
            self._submit(job, nbytes, partial(self._add, pieces), convert_part, job, self._bench, part)

    def _add(self, pieces: _Pieces, piece: Piece) -> None:
        pieces.made.append(piece)
        if len(pieces.made) == pieces.count:
            job = pieces.job
            self._submit(job, 0, partial(self._finish, job), assemble, job, self._bench, pieces.made)

    def _finish(self, job: Job, converted: Converted) -> None:
        if converted != self._journal.finished(job):
            self._journal.add(job, converted)
        self.converted[job.sample] = converted

    def _fail(self, job: Job, error: Exception) -> None:
        """Note why a job failed; of a large one, the first reason counts.

        An error in writing ends the build: no other job could do better, and the next run takes it up.
        """
        if job.sample in self.failures:  # its other pieces lose their folder, which is no news
            clear(job, self._bench)
            return
        if not isinstance(error, MifaError) and write_error(error):  # readers turn theirs into findings
            code = "MIFA006" if is_disk_full(error) else "MIFA004"
            raise MifaError(code, f"writing failed: {error}", str(self._bench.dataset)) from error
        logger.debug("job %s failed", job.sample, exc_info=error)
        self.failures[job.sample] = _finding(job, error)
        clear(job, self._bench)


def _finding(job: Job, error: Exception) -> Finding:
    if isinstance(error, MifaError):
        return error.finding
    # dask's own name for a worker that died too often, known without importing dask.
    if isinstance(error, WorkerDiedError) or type(error).__name__ == "KilledWorker":
        return Finding.of("MIFA315", f"the process that converted it was lost: {error}", job.origin.place)
    return Finding.of("MIFA313", f"{type(error).__name__}: {error}", job.origin.place)
