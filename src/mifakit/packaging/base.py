"""What a package is: the contract between a destination and everything else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol, runtime_checkable

from mifakit.dataset.dataset import Dataset
from mifakit.findings import Finding
from mifakit.metadata.study_sheet import StudySheet


@dataclass(frozen=True)
class Contents:
    """What a package came to: what its guide speaks of.

    Attributes
    ----------
    name
        What the dataset's folder is called.
    sheet
        What was said about the data.
    sizes
        The bytes of every file that is sent, by path.
    gaps
        What the destination asks for and nobody said yet.
    """

    name: str
    sheet: StudySheet
    sizes: Mapping[str, int]
    gaps: Sequence[Finding]

    @property
    def total(self) -> int:
        """Bytes of all files together."""
        return sum(self.sizes.values())

    @property
    def largest(self) -> int:
        """Bytes of the largest file."""
        return max(self.sizes.values(), default=0)


@runtime_checkable
class Package(Protocol):
    """A plugin that makes of a dataset what one destination is sent.

    Third parties subclass it and register theirs under the entry point group `mifakit.packages`.
    """

    name: ClassVar[str]
    """What people ask for: letters, digits and `-`."""

    summary: ClassVar[str]
    """Where it goes, in a few words."""

    licenses: ClassVar[frozenset[str]] = frozenset()
    """The licences that are taken there, as SPDX names them; any when empty."""

    needs: ClassVar[tuple[str, ...]] = ()
    """Files and folders of the dataset, its records mostly, without which nothing can be sent."""

    def write(self, dataset: Dataset, folder: Path) -> list[Finding]:
        """Write what is sent into an empty folder; the same dataset gives the same bytes.

        The guide and the checksums are written after it, by whoever calls.

        Returns
        -------
        list
            What the destination will not take as it is.

        Raises
        ------
        MifaError
            MIFA406 when a file of the dataset is not what its checksum says.
        """
        ...

    def guide(self, contents: Contents) -> str:
        """Return `SUBMIT.md`: numbered steps that a biologist can follow."""
        ...
