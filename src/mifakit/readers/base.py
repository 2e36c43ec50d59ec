"""What a reader is, and what it gives: the contract between a file format and everything else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Protocol, Self, runtime_checkable

import numpy as np
import numpy.typing as npt

from mifakit.findings import Finding

CANONICAL_AXES = "tczyx"
"""The order of axes downstream of every reader. Images always have c, y and x."""

Region = tuple[slice, ...]


@dataclass(frozen=True)
class Spacing:
    """The physical distance between neighbouring pixels, or time points, along one axis.

    Attributes
    ----------
    value
        Greater than zero.
    unit
        A UDUNITS-2 name as OME-Zarr wants it: `micrometer`, `nanometer`, `second` ...
    """

    value: float
    unit: str


@dataclass(frozen=True)
class Channel:
    """A channel, as far as the file speaks of it.

    Attributes
    ----------
    name
        What it calls it.
    color
        The colour it is shown in, `RRGGBB`.
    excitation, emission
        Wavelengths in nanometres.
    """

    name: str | None = None
    color: str | None = None
    excitation: float | None = None
    emission: float | None = None


@dataclass(frozen=True)
class Acquisition:
    """How an image was taken, as far as its file says.

    Attributes
    ----------
    instrument
        The microscope, as people name it: `Zeiss LSM 880`. Never a serial number or a person.
    objective
        As the file names it, else magnification and aperture: `Plan-Apochromat 63x/1.40 Oil`.
    acquired
        Date and time, ISO 8601; with a time zone only if the file gives one.
    """

    instrument: str | None = None
    objective: str | None = None
    acquired: str | None = None


@dataclass(frozen=True)
class ImageFacts:
    """What a file says about its image.

    Attributes
    ----------
    axes
        A subsequence of `tczyx`, with c, y and x.
    shape
        One length an axis, in the order of `axes`.
    dtype
        As stored; pixels are never converted.
    native_axes
        The axes as the file orders them, for messages: `YXS`, `ZCYX`.
    spacing
        By axis, for the axes whose spacing is known and believable.
    channels
        One a channel, in order; empty when the file names none.
    interleaved
        Whether the channels lie together in the file, so that reading one reads all.
    whole_rows
        Whether reading a part of a row costs as much as reading all of it, as with compressed strips.
    whole
        Whether any region costs the whole image's memory, as with a picture that is decoded at once.
    has_alpha
        Whether the last channel is an alpha channel.
    acquisition
        Instrument, objective and date.
    scenes
        Names of all images in the file, in order, when it holds several (series, scenes, positions, datasets);
        each unique in its file. Empty when there is one.
    files
        What the image is made of besides the file that was opened, relative to its folder.
    findings
        What the reader noticed and did not pass on as truth, such as 72 dpi.
    """

    axes: str
    shape: tuple[int, ...]
    dtype: np.dtype
    native_axes: str
    spacing: Mapping[str, Spacing] = field(default_factory=dict)
    channels: tuple[Channel, ...] = ()
    interleaved: bool = False
    whole_rows: bool = False
    whole: bool = False
    has_alpha: bool = False
    acquisition: Acquisition = field(default_factory=Acquisition)
    scenes: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def nbytes(self) -> int:
        """Bytes of all pixels, uncompressed."""
        return int(np.prod(self.shape, dtype=np.int64)) * self.dtype.itemsize

    def size(self, axis: str) -> int:
        """Return the length along `axis`; 1 when the image lacks it."""
        return self.shape[self.axes.index(axis)] if axis in self.axes else 1


class ImageSource(Protocol):
    """An open image. Use it as a context manager; it holds a file handle until closed."""

    @property
    def facts(self) -> ImageFacts:
        """What the file says about its image."""
        ...

    def read(self, region: Region) -> npt.NDArray[np.generic]:
        """Read one region.

        Parameters
        ----------
        region
            One slice with start and stop, step 1, an axis of `facts.axes`.

        Returns
        -------
        ndarray
            In the order of `facts.axes`, of `facts.dtype`.

        Raises
        ------
        MifaError
            MIFA202 when bytes cannot be read or decoded, MIFA203 when they are missing.
            Missing pixels are never made up.
        """
        ...

    def close(self) -> None:
        """Close the file. May be called twice."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Carries(StrEnum):
    """What a format's files may say besides pixels and axes, and a reader passes on."""

    PIXEL_SIZE = "pixel size"
    TIME_STEP = "time step"
    CHANNELS = "channel names"
    COLORS = "channel colours"
    WAVELENGTHS = "wavelengths"
    INSTRUMENT = "instrument"
    OBJECTIVE = "objective"
    DATE = "date"
    SCENES = "several images"


@dataclass(frozen=True)
class Format:
    """A file format that a reader opens.

    Attributes
    ----------
    name
        As people know it: `Zeiss CZI`.
    suffixes
        Lower case, with the dot; the longest match wins: `.ome.tif` before `.tif`.
    carries
        What is passed on.
    extra
        The extra of its distribution that installs what it needs, if any.
    """

    name: str
    suffixes: tuple[str, ...]
    carries: frozenset[Carries] = frozenset()
    extra: str = ""


@runtime_checkable
class Reader(Protocol):
    """A plugin that opens one family of image formats.

    Third parties register theirs under the entry point group `mifakit.readers` and test it
    with `mifakit.testing.ReaderContract`.
    """

    name: ClassVar[str]
    formats: ClassVar[tuple[Format, ...]]

    reads_folders: ClassVar[bool]
    """Whether an image is a folder, as with Zarr; else it is a file."""

    def open(self, path: Path, axes: str | None = None, scene: int = 0) -> ImageSource:
        """Open an image and read its header, not its pixels.

        Parameters
        ----------
        path
            The file, or the folder; opened read-only.
        axes
            What the study sheet says the file's axes are, outermost first, letters of `tczyx`
            (`c` for colour samples too), one a stored dimension longer than 1. It overrides the file.
        scene
            Which of `ImageFacts.scenes`, from 0.

        Raises
        ------
        MifaError
            MIFA202 unreadable, MIFA203 truncated, MIFA204 not this format, MIFA206 axes unknown,
            MIFA214 declared size over budget, MIFA215 planes that fit no image, MIFA217 a package is missing.
        IndexError
            When there is no such scene.
        """
        ...


def check_scene(scene: int, count: int = 1) -> None:
    """Refuse a scene that a file does not hold.

    Raises
    ------
    IndexError
    """
    if not 0 <= scene < count:
        raise IndexError(f"there is no scene {scene}: the file holds {count}")


def full_region(shape: tuple[int, ...]) -> Region:
    """Return the region that covers all of `shape`."""
    return tuple(slice(0, length) for length in shape)
