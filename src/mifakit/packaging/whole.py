"""A dataset as it is: copied file by file, or in one zip."""

from __future__ import annotations

from pathlib import Path

from mifakit.dataset import layout
from mifakit.dataset.checksums import dataset_files
from mifakit.dataset.dataset import Dataset
from mifakit.packaging.sending import Source, new_zip
from mifakit.sources.names import portable_name


def copy_whole(dataset: Dataset, folder: Path) -> None:
    """Copy every file of a dataset but its checksums.

    Raises
    ------
    MifaError
        MIFA406 when a file is not what its checksum says.
    """
    source = Source.of(dataset)
    for path in dataset_files(dataset.path):
        source.copy(path, folder)


def zip_folder(dataset: Dataset, target: Path, inside: str = "", root: str = "") -> None:
    """Write a zip of a dataset, or of a folder in it.

    Parameters
    ----------
    dataset
        The dataset.
    target
        The zip; must not exist.
    inside
        Only what is in this folder, which ends in a slash.
    root
        What comes before the names in the zip.

    Raises
    ------
    MifaError
        MIFA406 when a file is not what its checksum says.
    """
    source = Source.of(dataset)
    paths = [path for path in dataset_files(dataset.path) if path.startswith(inside)]
    with new_zip(target) as archive:
        for path in paths if inside else [*paths, layout.CHECKSUMS]:
            source.add(archive, path, root + path.removeprefix(inside))


def sent_name(dataset: Dataset) -> str:
    """Return what a dataset is called where it goes: as its folder, in letters that go anywhere."""
    return portable_name(dataset.path.resolve().name)
