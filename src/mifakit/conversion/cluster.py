"""Executors of dask.distributed: the same tasks, on as many machines as there are."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Any, Literal

from mifakit.errors import MifaError

BatchSystem = Literal["slurm", "pbs"]


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
        client = distributed.Client(scheduler, timeout="10s")
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
    with cluster, distributed.Client(cluster) as client:
        cluster.scale(jobs=jobs)
        try:
            # Submitted now: on its own, the cluster would only log that nobody takes the jobs.
            cluster.sync(cluster._correct_state)
        except (OSError, RuntimeError) as error:
            raise MifaError("MIFA009", f"the batch system refuses: {_first_line(error)}", system) from error
        yield client.get_executor(pure=False)


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__


def _needed(module: str) -> Any:
    from importlib import import_module

    try:
        return import_module(module)
    except ImportError as error:
        raise MifaError("MIFA009", f"{module} is not installed", hint="pip install 'mifakit[cluster]'") from error
