"""Where a job is done: which folder is read, which is written, and how carefully."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from mifakit.conversion.geometry import image_pyramid, label_pyramid
from mifakit.conversion.plan import Job
from mifakit.ngff.writing import Multiscale


@dataclass(frozen=True)
class Workbench:
    """Where a job is done; workers on other machines need the same paths.

    Attributes
    ----------
    lab_folder
        Where the sources are; only read.
    dataset
        The unfinished dataset.
    verify
        Whether pixels are read back and compared.
    """

    lab_folder: Path
    dataset: Path
    verify: bool = True

    @property
    def parts(self) -> Path:
        """Where parts of tables wait until all samples are made; beside the dataset, and gone with its scaffolding."""
        return self.dataset.with_name(f"{self.dataset.name}.parts")

    def final(self, job: Job) -> Path:
        """Return the sample's image, once it is whole."""
        return self.dataset / job.image

    def unfinished(self, job: Job) -> Path:
        """Return the sample's image while it is made."""
        return self.dataset / f"{job.image}.partial"


class OpenSample:
    """The arrays of a sample that is being made; each is opened once.

    Parameters
    ----------
    job
        The sample.
    bench
        Where it is made.
    """

    def __init__(self, job: Job, bench: Workbench) -> None:
        self.job, self.bench = job, bench
        final, unfinished = bench.final(job), bench.unfinished(job)
        # A worker that was believed dead may have finished it.
        self.folder = final if final.exists() and not unfinished.exists() else unfinished
        self._labels: dict[str, Multiscale] = {}

    @cached_property
    def image(self) -> Multiscale:
        """The levels of the image."""
        return Multiscale(self.folder, image_pyramid(self.job), self.job.storage, self.bench.verify)

    def labels(self, name: str, dtype: np.dtype) -> Multiscale:
        """Return the levels of a label image, by its name in the image."""
        if name not in self._labels:
            folder, pyramid = self.folder / "labels" / name, label_pyramid(self.job, dtype)
            self._labels[name] = Multiscale(folder, pyramid, self.job.storage, self.bench.verify)
        return self._labels[name]
