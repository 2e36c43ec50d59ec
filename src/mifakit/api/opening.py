"""Opening a finished dataset."""

from __future__ import annotations

from mifakit.api.paths import PathLike
from mifakit.dataset.dataset import Dataset, open_dataset
from mifakit.errors import MifaError


def open(path: PathLike) -> Dataset:
    """Open a finished dataset: a sequence of samples with lazy arrays."""
    return open_dataset(path)


def open_loose(path: PathLike) -> Dataset:
    """Open a dataset as it was built, to work on it."""
    opened = open_dataset(path)
    if opened.packed:
        raise MifaError("MIFA556", "its images are zips", str(path))
    return opened
