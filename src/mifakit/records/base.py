"""What a record is: the contract between a description of the dataset and everything else."""

from __future__ import annotations

from typing import ClassVar, Protocol, runtime_checkable

from mifakit.dataset.dataset import Dataset


@runtime_checkable
class Record(Protocol):
    """A plugin that describes a dataset for one destination.

    Third parties subclass it and register theirs under the entry point group `mifakit.records`.
    """

    name: ClassVar[str]
    """What people ask for: letters, digits and `_`."""

    lists_files: ClassVar[bool] = False
    """Whether it lists the dataset's files: such records are rendered when all others are written."""

    def render(self, dataset: Dataset) -> dict[str, bytes]:
        """Return the record's files: path in the dataset -> content.

        Pure: it reads the dataset only, writes nothing, and returns the same bytes every time.
        What nobody said is left out, never made up; the checks report it.
        """
        ...
