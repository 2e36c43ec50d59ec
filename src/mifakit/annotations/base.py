"""What an annotation format is, and what it gives: the contract between a format and everything else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Protocol, runtime_checkable

from mifakit.annotations.model import Kind, Layer
from mifakit.findings import Finding
from mifakit.readers.base import Spacing

MICROMETRES = {
    "angstrom": 1e-4,
    "picometer": 1e-6,
    "nanometer": 1e-3,
    "micrometer": 1.0,
    "millimeter": 1e3,
    "centimeter": 1e4,
    "meter": 1e6,
}
"""How many a unit has."""


@dataclass(frozen=True)
class Grid:
    """The image that annotations lie on.

    Attributes
    ----------
    sizes
        Its length in pixels by axis, c included.
    spacing
        What is known of the distance between pixels, by axis; in the units of `readers.base.Spacing`.
    """

    sizes: Mapping[str, int]
    spacing: Mapping[str, Spacing] = field(default_factory=dict)

    def size(self, axis: str) -> int:
        """Return the length along an axis; 1 when there is none."""
        return self.sizes.get(axis, 1)

    @property
    def width(self) -> int:
        """Pixels along x."""
        return self.sizes["x"]

    @property
    def height(self) -> int:
        """Pixels along y."""
        return self.sizes["y"]

    def micrometres(self, axis: str) -> float | None:
        """Return the distance between pixels along x, y or z in micrometres, if it is known."""
        spacing = self.spacing.get(axis)
        return None if spacing is None else spacing.value * MICROMETRES.get(spacing.unit, float("nan"))


@dataclass(frozen=True)
class Options:
    """What the study sheet says about an annotation set's files, where they do not speak for themselves.

    Attributes
    ----------
    classes
        What numbers mean, where classes are numbers.
    columns
        For tables: which column is what: `x`, `y`, `z`, `t`, `class`, `id`, `label`, `image`, `count`, `left`, `top`,
        `right`, `bottom`, `width`, `height`, `confidence`, `annotator`, `track`, `parent`.
    unit
        The unit of coordinates: pixel, micrometer or nanometer; empty for what the format means by itself.
    first_pixel
        What the file calls the first pixel, 0 or 1, where writers of the format differ; None for the format's own rule.
    legend
        For masks in colours: class by colour, `RRGGBB`.
    """

    classes: Mapping[int, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""
    first_pixel: int | None = None
    legend: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class NamedImage:
    """An image, as an annotation file speaks of it.

    Attributes
    ----------
    name
        The path or name that the file gives, as it stands there; empty when it gives none, and so is about one image
        that the sheet's pattern tells.
    width, height
        The size that the file states, or None.
    """

    name: str = ""
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True)
class Annotation:
    """What a file says of one image.

    Attributes
    ----------
    layers
        Empty ones are left out.
    findings
        What was noticed, and what could not be taken over.
    """

    layers: tuple[Layer, ...]
    findings: tuple[Finding, ...] = ()


class AnnotationFile(Protocol):
    """An annotation file that was read. It holds no file handle."""

    @property
    def images(self) -> tuple[NamedImage, ...]:
        """The images that it speaks of, in a stable order."""
        ...

    @property
    def companions(self) -> tuple[str, ...]:
        """Names of the files beside it that were read with it, such as a list of classes."""
        ...

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was noticed of the file as a whole; `read` does not say it again with each image."""
        ...

    def read(self, index: int, grid: Grid) -> Annotation:
        """Return what it says of one of its images.

        Parameters
        ----------
        index
            Which of `images`.
        grid
            The image that it belongs to.

        Raises
        ------
        MifaError
            MIFA202 when that part of it makes no sense.
        """
        ...


@runtime_checkable
class AnnotationFormat(Protocol):
    """A plugin that reads one format of annotation files.

    Third parties register theirs under the entry point group `mifakit.annotations` and test it with
    `mifakit.testing.AnnotationContract`.
    """

    name: ClassVar[str]
    """As people know it, and as the study sheet writes it under `format:`: `COCO`."""

    suffixes: ClassVar[tuple[str, ...]]
    """How their names end, in lower case, with the dot: `.json`, `_seg.npy`. Several formats may share one."""

    reads_folders: ClassVar[bool]
    """Whether an annotation is a folder, as with GEFF; else it is a file."""

    kinds: ClassVar[frozenset[Kind]]
    """What may be found in such files."""

    keeps: ClassVar[str]
    """What is kept of it, besides places, ids and classes; a few words for the table of formats."""

    loses: ClassVar[str]
    """What is not; a few words."""

    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether a file is of this format, by its name and its first 64 kB.

        Formats that cannot be told from others, as most tables, say no: the sheet names them.
        """
        ...

    def open(self, path: Path, options: Options) -> AnnotationFile:
        """Read a file, within the budgets of `sources.limits`. Nothing in it is ever run.

        Raises
        ------
        MifaError
            MIFA202 unreadable, MIFA204 not this format, MIFA217 a package is missing, MIFA226 over budget,
            MIFA227 the sheet must say more, such as which column is which.
        """
        ...
