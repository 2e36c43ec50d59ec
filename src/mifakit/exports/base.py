"""What an export is: the contract between a format that annotations leave in and everything else."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Protocol, runtime_checkable

from mifakit.dataset.dataset import Dataset
from mifakit.findings import Finding


@runtime_checkable
class Export(Protocol):
    """A plugin that writes the annotations of one set in another format.

    Third parties register theirs under the entry point group `mifakit.exports`.
    """

    name: ClassVar[str]
    """What people ask for: letters, digits and `-`."""

    summary: ClassVar[str]
    """What is written, in a few words."""

    def write(self, dataset: Dataset, annotation_set: str, folder: Path) -> list[Finding]:
        """Write files into an empty folder.

        Returns
        -------
        list
            What the format has no place for: MIFA508.
        """
        ...
