"""What a build may use: processes of this machine, or a cluster."""

from __future__ import annotations

from concurrent.futures import Executor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from mifakit.conversion.cluster import BatchSystem, batch_jobs, running_cluster
from mifakit.conversion.machine import available_cores, available_memory
from mifakit.conversion.processes import started_ahead, worker_processes

WORKER_BYTES = 192 * 1024**2
"""Memory of one worker process: its libraries, and a block of pixels on each level."""
_BYTES_PER_SECOND = 80 * 1000**2
_SECONDS_PER_FILE = 0.008
"""What one worker does, measured by `make bench` on a small machine: for a first guess only."""


@dataclass(frozen=True)
class Resources:
    """What a build may use.

    Attributes
    ----------
    workers
        Processes, as many as there are cores when left out; or batch jobs, one when left out.
    memory
        Bytes that the processes may use together; half of what the machine has when left out.
    scheduler
        Address of a dask scheduler that is running.
    batch_system
        Where to have workers started.
    """

    workers: int | None = None
    memory: int | None = None
    scheduler: str | None = None
    batch_system: BatchSystem | None = None

    @property
    def count(self) -> int:
        """How many workers there will be, as far as it can be known before."""
        affordable = (self.memory or available_memory() // 2) // WORKER_BYTES
        return self.workers or max(1, min(available_cores(), affordable))

    @property
    def bytes_each(self) -> int | None:
        """Memory that each process may use; None where another machine's is not known."""
        if self.scheduler or self.batch_system:
            return None
        return (self.memory or available_memory() // 2) // self.count

    def started_ahead(self) -> AbstractContextManager[None]:
        """Have worker processes of this machine load their libraries before there is work for them."""
        return nullcontext() if self.scheduler or self.batch_system else started_ahead(self.count)

    def executor(self) -> AbstractContextManager[Executor]:
        """Return what runs the tasks.

        Raises
        ------
        MifaError
            MIFA009 when there is no such cluster.
        """
        if self.scheduler:
            return running_cluster(self.scheduler)
        if self.batch_system:
            return batch_jobs(self.batch_system, self.workers or 1)
        return worker_processes(self.count)

    def seconds(self, nbytes: int, files: int) -> float:
        """Guess how long a build takes."""
        return (nbytes / _BYTES_PER_SECOND + files * _SECONDS_PER_FILE) / self.count
