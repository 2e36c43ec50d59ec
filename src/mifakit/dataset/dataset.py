"""Open a finished dataset from code: samples with lazy arrays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from mifakit.dataset import layout
from mifakit.dataset.annotation_tables import read_table
from mifakit.dataset.checksums import dataset_sizes
from mifakit.dataset.manifest import read_manifest
from mifakit.dataset.packing import PACKED
from mifakit.dataset.rows import SampleRow
from mifakit.errors import MifaError
from mifakit.metadata.study_sheet import StudySheet

if TYPE_CHECKING:
    import dask.array as da
    import pandas as pd


@dataclass(frozen=True)
class Sample:
    """One image with its annotations.

    Attributes
    ----------
    folder
        The dataset.
    row
        What the manifest says about the sample.
    """

    folder: Path
    row: SampleRow

    @property
    def id(self) -> str:
        """The sample's id."""
        return self.row.sample

    @property
    def image(self) -> da.Array:
        """The image at full resolution, lazily; axes as in `row.axes`, always with c, y, x."""
        return self.level(0)

    @cached_property
    def labels(self) -> Mapping[str, da.Array]:
        """The label images at full resolution by annotation set, lazily; the image's axes without c."""
        return {name: lazy_array(self.folder / path / "0") for name, path in self.row.labels.items()}

    def table(self, annotation_set: str, kind: str) -> pd.DataFrame:
        """Return what a set says of the sample, a row each; see `Dataset.table`."""
        return read_table(self.folder, annotation_set, kind, self.id)

    def level(self, index: int) -> da.Array:
        """Return the image at one resolution level, 0 the finest, lazily."""
        return lazy_array(self.folder / self.row.image / str(index))


def lazy_array(path: Path) -> da.Array:
    """Return an array on disk, lazily; also one in a zip, whose name is a part of the path."""
    import dask.array as da
    import zarr

    archive = next((parent for parent in path.parents if parent.suffix == PACKED and parent.is_file()), None)
    if archive is None:
        stored = zarr.open_array(path, mode="r")
    else:
        store = zarr.storage.ZipStore(archive, mode="r")
        stored = zarr.open_array(store, path=path.relative_to(archive).as_posix(), mode="r")
    array: da.Array = da.from_zarr(stored)  # type: ignore[no-untyped-call]
    return array


@dataclass(frozen=True)
class Dataset:
    """A finished dataset: a sequence of samples, and what was said about them.

    Examples
    --------
    >>> dataset = mifakit.open("nuclei-dataset")      # doctest: +SKIP
    >>> for sample in dataset.split("train"):         # doctest: +SKIP
    ...     image, nuclei = sample.image.compute(), sample.labels["nuclei"].compute()
    """

    path: Path
    samples: tuple[Sample, ...]
    annotation_sets: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.samples)

    def __iter__(self) -> Iterator[Sample]:
        return iter(self.samples)

    def __getitem__(self, key: int | str) -> Sample:
        if isinstance(key, int):
            return self.samples[key]
        for sample in self.samples:
            if sample.id == key:
                return sample
        raise KeyError(key)

    def split(self, name: str) -> tuple[Sample, ...]:
        """Return the samples of one split: train, val or test."""
        return tuple(sample for sample in self.samples if sample.row.split == name)

    @cached_property
    def sheet(self) -> StudySheet:
        """The study sheet as built, without the e-mail addresses of those who did not agree to publish them."""
        from mifakit.sheet.reading import read_sheet

        return read_sheet(self.path / layout.SHEET).model.public()

    @cached_property
    def image_bytes(self) -> int:
        """The bytes of all images, with the label images in them."""
        images = self.path / layout.IMAGES
        return sum(dataset_sizes(images).values()) if images.is_dir() else 0

    @property
    def manifest(self) -> pd.DataFrame:
        """The manifest as a table, one row a sample."""
        import pandas as pd

        return pd.read_parquet(self.path / layout.MANIFEST)

    def table(self, annotation_set: str, kind: str) -> pd.DataFrame:
        """Return what a set says of all samples, a row each.

        Parameters
        ----------
        annotation_set
            Its name.
        kind
            `objects` of label images, `shapes` (with shapely geometries), `points`, `classes` or `counts`.

        Raises
        ------
        KeyError
            When the set has no such table.
        """
        return read_table(self.path, annotation_set, kind)


def open_dataset(path: str | Path) -> Dataset:
    """Open a finished dataset.

    Raises
    ------
    MifaError
        MIFA001 when the folder does not exist, MIFA008 when it is a file, MIFA400 when it is not a dataset.
    """
    folder = Path(path)
    if not folder.exists():
        raise MifaError("MIFA001", "there is no such folder", str(path))
    if not folder.is_dir():
        raise MifaError("MIFA008", "is a file, not a dataset", str(path))
    rows, sets = read_manifest(folder)
    return Dataset(folder, tuple(Sample(folder, row) for row in rows), sets)
