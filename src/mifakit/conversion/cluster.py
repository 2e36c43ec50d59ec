"""Executors of dask.distributed: the same tasks, on as many machines as there are."""

from __future__ import annotations

import atexit
import logging
import time
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from importlib import import_module
from typing import Any, Literal

from mifakit.errors import MifaError

BatchSystem = Literal["slurm", "pbs"]
_PATIENCE = 60
"""Seconds that a batch system may take to accept a job, not to start it."""


@contextmanager
def running_cluster(scheduler: str) -> Iterator[Executor]:
    """Give an executor on a cluster that is running; the address is that of its scheduler.

    Raises
    ------
    MifaError
        MIFA009 when the libraries are not installed, or nobody answers there.
    """
    distributed = _needed("distributed")
    try:
        client = distributed.Client(scheduler, timeout="10s", set_as_default=False)
    except (OSError, ValueError) as error:
        raise MifaError("MIFA009", f"no scheduler answers: {error}", scheduler) from error
    with client:
        yield client.get_executor(pure=False)


@contextmanager
def batch_jobs(system: BatchSystem, jobs: int) -> Iterator[Executor]:
    """Give an executor on workers that are batch jobs, as dask-jobqueue's configuration describes them.

    Raises
    ------
    MifaError
        MIFA009 when the libraries are not installed, or their configuration lacks something.
    """
    distributed, jobqueue = _needed("distributed"), _needed("dask_jobqueue")
    make = {"slurm": jobqueue.SLURMCluster, "pbs": jobqueue.PBSCluster}[system]
    try:
        cluster = make()
    except (TypeError, ValueError, OSError) as error:
        hint = "describe cores, memory and queue in ~/.config/dask/jobqueue.yaml"
        raise MifaError("MIFA009", f"dask-jobqueue cannot start: {_first_line(error)}", system, hint) from error
    refusal = _submit(cluster, jobs)
    if refusal:
        # Closing would wait for jobs that never came to be.
        atexit.unregister(import_module("distributed.deploy.spec").close_clusters)
        raise MifaError("MIFA009", f"the batch system refuses: {refusal}", system)
    with cluster, distributed.Client(cluster, set_as_default=False) as client:
        yield client.get_executor(pure=False)


class _Complaints(logging.Filter):
    """Takes out of the log what dask says nowhere else: that a job could not be submitted."""

    def __init__(self) -> None:
        super().__init__()
        self.errors: list[BaseException] = []

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and record.exc_info[1]:
            self.errors.append(record.exc_info[1])
        return False


def _submit(cluster: Any, jobs: int) -> str | None:
    """Submit jobs, and return why the batch system does not take them, if so."""
    log, complaints = logging.getLogger("tornado.application"), _Complaints()
    log.addFilter(complaints)
    try:
        cluster.scale(jobs=jobs)
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            if complaints.errors:
                return str(complaints.errors[0]).strip().rpartition("\n")[2]
            if any(job.status.name == "running" for job in cluster.workers.values()):
                return None
            time.sleep(0.05)
    finally:
        log.removeFilter(complaints)
    return f"it took no job within {_PATIENCE} seconds"


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__


def _needed(module: str) -> Any:
    try:
        return import_module(module)
    except ImportError as error:
        raise MifaError("MIFA009", f"{module} is not installed", hint="pip install 'mifakit[cluster]'") from error
