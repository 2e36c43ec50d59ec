"""Writing records into the dataset, each file whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from mifakit.dataset.dataset import Dataset
from mifakit.errors import MifaError
from mifakit.records.registry import select_records


def write_records(dataset: Dataset, names: Iterable[str] | None = None) -> list[str]:
    """Render records and write their files.

    Checksums are not brought up to date: whoever writes the last file of a dataset does that.

    Parameters
    ----------
    dataset
        The finished dataset.
    names
        The records to write; all when left out.

    Returns
    -------
    list of str
        The files written, relative to the dataset, in the order of writing.

    Raises
    ------
    MifaError
        MIFA506 for an unknown name, MIFA005 when a plugin names a file outside the dataset.
    OSError
        When a file cannot be written.
    """
    written: list[str] = []
    for record in select_records(names):
        for path, content in record.render(dataset).items():
            parts = PurePosixPath(path).parts
            if not parts or path.startswith("/") or "\\" in path or ".." in parts:
                raise MifaError("MIFA005", f"record {record.name!r} would write outside the dataset: {path!r}")
            write_whole(dataset.path / path, content)
            written.append(path)
    return written


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that whoever reads it finds the old one or the new one, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
