"""A package written whole: what is sent, the guide that says how, and checksums of it all."""

from __future__ import annotations

from pathlib import Path

from mifakit.dataset import layout
from mifakit.dataset.checksums import dataset_sizes, write_checksums
from mifakit.dataset.dataset import Dataset
from mifakit.findings import Finding
from mifakit.packaging.base import Contents, Package
from mifakit.packaging.readiness import gaps


def write_package(package: Package, dataset: Dataset, name: str, folder: Path) -> tuple[Contents, list[Finding]]:
    """Write what a destination is sent into an empty folder.

    Parameters
    ----------
    package
        The destination's.
    dataset
        What is sent.
    name
        What the dataset is called in its guide.
    folder
        Where to.

    Returns
    -------
    contents
        What was written, but for its guide and checksums.
    findings
        What the destination will not take as it is.
    """
    findings = package.write(dataset, folder)
    contents = Contents(name, dataset.sheet, dataset_sizes(folder), gaps(dataset, package))
    (folder / layout.GUIDE).write_text(package.guide(contents), encoding="utf-8", newline="\n")
    write_checksums(folder)
    return contents, findings
