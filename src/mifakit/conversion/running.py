"""Jobs -> results, several at a time. One job's failure is one finding; the rest go on."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from mifakit.conversion.convert import Converted, convert_sample
from mifakit.conversion.plan import Job
from mifakit.conversion.staging import is_disk_full
from mifakit.errors import MifaError
from mifakit.findings import Finding, Place
from mifakit.ngff.writing import Watch

logger = logging.getLogger(__name__)


def available_workers() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_jobs(
    jobs: Sequence[Job],
    lab_folder: Path,
    dataset: Path,
    watch: Watch | None = None,
    workers: int | None = None,
) -> tuple[list[Converted], list[Finding]]:
    """Run every job.

    Returns
    -------
    converted
        The samples that were made, in the order of `jobs`.
    failures
        One finding for each that was not.

    Raises
    ------
    MifaError
        MIFA006 when the disk is full: no other job could do better.
    """
    converted: list[Converted] = []
    failures: list[Finding] = []
    with ThreadPoolExecutor(workers or available_workers()) as pool:
        futures: list[tuple[Job, Future[Converted]]] = [
            (job, pool.submit(convert_sample, job, lab_folder, dataset, watch)) for job in jobs
        ]
        try:
            for job, future in futures:
                outcome = _outcome(job, future)
                if isinstance(outcome, Converted):
                    converted.append(outcome)
                else:
                    failures.append(outcome)
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    return converted, failures


def _outcome(job: Job, future: Future[Converted]) -> Converted | Finding:
    try:
        return future.result()
    except MifaError as error:
        if error.code == "MIFA006":
            raise
        return error.finding
    except Exception as error:
        if is_disk_full(error):
            raise MifaError("MIFA006", "no space is left on the disk", Place(job.source)) from error
        logger.debug("job %s failed", job.sample, exc_info=error)
        return Finding.of("MIFA313", f"{type(error).__name__}: {error}", Place(job.source))
