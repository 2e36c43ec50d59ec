"""What the layouts of HDF5 files have in common: an image is one dataset, or a grid of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod

import numpy as np

from mifakit.readers.base import Acquisition, Channel
from mifakit.readers.units import Reading


@dataclass(frozen=True)
class Hdf5Layout:
    """An image, and the datasets that it is made of.

    Attributes
    ----------
    name
        What the scene is called.
    datasets
        Their paths in the file, one a place of `outer`, the last dimension of `outer` fastest.
    outer
        Lengths of the dimensions along which datasets follow each other; empty for one dataset.
    inner
        Lengths of the dimensions of each dataset, as far as they are image.
    dtype
        What pixels are, in native byte order; of the width that is stored.
    native
        One letter a dimension, those of `outer` first; see `mifakit.readers.axes.map_axes`.
    readings
        By axis; see `mifakit.readers.units.weigh`.
    channels, acquisition, files
        As in `ImageFacts`.
    """

    name: str
    datasets: tuple[str, ...]
    outer: tuple[int, ...]
    inner: tuple[int, ...]
    dtype: np.dtype
    native: str
    readings: Mapping[str, Reading] = field(default_factory=dict)
    channels: tuple[Channel, ...] = ()
    acquisition: Acquisition = field(default_factory=Acquisition)
    files: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if prod(self.outer) != len(self.datasets) or len(self.native) != len(self.shape):
            raise ValueError(f"{self.name}: {len(self.datasets)} datasets for {self.outer}, axes {self.native}")

    @property
    def shape(self) -> tuple[int, ...]:
        """One length a letter of `native`."""
        return (*self.outer, *self.inner)
