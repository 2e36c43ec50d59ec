"""Where a job is done: which folder is read, which is written, and how carefully."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mifakit.conversion.geometry import image_pyramid, label_pyramid
from mifakit.conversion.plan import Job
from mifakit.dataset import layout
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

    def final(self, job: Job) -> Path:
        """Return the sample's image, once it is whole."""
        return self.dataset / layout.image_path(job.sample)

    def unfinished(self, job: Job) -> Path:
        """Return the sample's image while it is made."""
        return self.dataset / f"{layout.image_path(job.sample)}.partial"

    def folder(self, job: Job) -> Path:
        """Return the sample's image where it is: a worker that was believed dead may have finished it."""
        final, unfinished = self.final(job), self.unfinished(job)
        return final if final.exists() and not unfinished.exists() else unfinished

    def image(self, job: Job) -> Multiscale:
        """Return the levels of the sample's image."""
        return Multiscale(self.folder(job), image_pyramid(job), job.storage, self.verify)

    def labels(self, job: Job, annotation_set: str, dtype: np.dtype) -> Multiscale:
        """Return the levels of one of its label images."""
        folder = self.folder(job) / "labels" / annotation_set
        return Multiscale(folder, label_pyramid(job, dtype), job.storage, self.verify)
