"""Which images a TIFF holds: pyramid levels, thumbnails, labels and macros of slides apart."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from math import prod
from pathlib import Path

from tifffile import TiffFile, TiffFrame, TiffPage, TiffPageSeries
from tifffile.tifffile import shaped_description_metadata

from mifakit.errors import MifaError
from mifakit.readers.description import Description
from mifakit.readers.leica_scn import read_scn
from mifakit.readers.ome import OmeDocument
from mifakit.readers.scene_names import scene_names
from mifakit.readers.tiff_directories import truncated
from mifakit.readers.tiff_file import Contents, check_contents

Page = TiffPage | TiffFrame

_SIDE_IMAGES = {"thumbnail", "label", "macro", "map"}


@dataclass(frozen=True)
class Scene:
    """One image of a TIFF.

    Attributes
    ----------
    series
        Its planes.
    axes
        The stored axes, those of length 1 too.
    shape
        One length an axis.
    description
        What XML for the whole file says of it, as of one image among others.
    """

    series: TiffPageSeries
    axes: str
    shape: tuple[int, ...]
    description: Description | None = None

    @property
    def pages(self) -> list[Page | None]:
        """The directories of its planes that the file has, at most one a plane."""
        return _pages(self.series)


def find_scenes(path: Path, file: TiffFile, ome: OmeDocument | None) -> tuple[tuple[str, ...], tuple[Scene, ...]]:
    """Return the names of a file's images, none for the only one, and the images.

    Parameters
    ----------
    path
        The file that was opened, for messages.
    file
        The same, or the one that holds its OME-XML.
    ome
        What its OME-XML describes.

    Raises
    ------
    MifaError
        MIFA202 when there is none or one is not stored as it is, MIFA203 when planes are missing.
    """
    everything = _all_series(file)
    file.pages.cache = file.pages.useframes = True  # a long stack's directories are read once, and only in part
    images = [one for one in everything if not _is_side_image(one)] or everything[:1]
    if not images:
        raise MifaError("MIFA202", "holds no image that can be read", str(path))
    for series in images:
        if series.transform is not None:
            raise MifaError("MIFA202", f"is a {series.kind} file, whose pixels are not stored as they are", str(path))
        _check_metadata_hold(path, file, series, ome=ome is not None)
    names = [series.name for series in images]
    descriptions: list[Description | None] = [None] * len(images)
    if ome is not None:
        if len(images) != len(ome.images):
            found = f"holds {len(images)} of the {len(ome.images)} images that its OME-XML describes"
            raise MifaError("MIFA202", found, str(path))
        names = [image.name for image in ome.images]
        descriptions = [image.description for image in ome.images]
    elif images[0].kind == "scn":
        slide = read_scn(path, file.pages.first.description)
        kept = [index for index, image in enumerate(slide) if not image.is_overview] or range(len(slide))
        images, names = [images[index] for index in kept], [names[index] for index in kept]
        descriptions = [slide[index].description for index in kept]
    numbered = [name.strip() or f"series-{number:02}" for number, name in enumerate(names, 1)]
    return scene_names(numbered, ""), tuple(
        Scene(series, *_dimensions(series), description)
        for series, description in zip(images, descriptions, strict=True)
    )


def find_members(
    path: Path, file: TiffFile, contents: Contents, scenes: Sequence[Scene], *, several: bool
) -> dict[TiffFile, Contents]:
    """Walk the directories of all files that hold planes, and refuse planes that belong to no image.

    Parameters
    ----------
    path
        The file that was opened, for messages.
    file
        The one that its images were found in, open.
    contents
        The same.
    scenes
        Its images.
    several
        Whether they lie in other files, too.

    Raises
    ------
    MifaError
        MIFA215; of other files as `check_contents`.
    """
    members = {file: contents}
    if several:
        holders = {page.parent: None for scene in scenes for page in scene.pages if page}
        members |= {one: check_contents(Path(one.filehandle.path)) for one in holders if one is not file}
    everything = [level for series in _all_series(file) for level in series.levels]
    used = {(page.parent.filehandle.path, page.offset) for series in everything for page in _pages(series) if page}
    left = sum(
        (member.filehandle.path, directory.offset) not in used and not directory.reduced
        for member, held in members.items()
        for directory in held.directories.values()
    )
    if left:
        raise MifaError("MIFA215", f"holds {left} more planes than its metadata describe", str(path))
    return members


def _all_series(file: TiffFile) -> list[TiffPageSeries]:
    """Return everything that tifffile finds, with axes of length 1 kept; since 2026.5.2 it has to be told so."""
    found = file.series
    return list(found(squeeze=False) if callable(found) else found)


def _dimensions(series: TiffPageSeries) -> tuple[str, tuple[int, ...]]:
    """Return all stored axes and their lengths; before 2026.5.2 tifffile keeps them apart from `axes`."""
    if hasattr(series, "get_axes"):
        axes, shape = series.get_axes(squeeze=False), series.get_shape(squeeze=False)
    else:
        axes, shape = series.axes, series.shape
    return axes, tuple(map(int, shape))


def _pages(series: TiffPageSeries) -> list[Page | None]:
    pages: list[Page | None] = []
    # Not `list`: where the chain of directories is too short, what is there still counts.
    with suppress(IndexError):
        for page in series:
            pages.append(page)  # noqa: PERF402
    return pages


def _is_side_image(series: TiffPageSeries) -> bool:
    """Whether a series is a thumbnail, a slide's label or a level of a pyramid."""
    key = series.keyframe
    return bool(key.is_reduced or key.is_subifd or series.name.lower() in _SIDE_IMAGES)


def _check_metadata_hold(path: Path, file: TiffFile, series: TiffPageSeries, *, ome: bool) -> None:
    """Refuse a file whose metadata tifffile dropped, with a line in its log, for not fitting the planes.

    Raises
    ------
    MifaError
        MIFA203 when the metadata describe more pixels than there are, MIFA202 otherwise.
    """
    key = series.keyframe
    kind = "shaped" if file.is_shaped else "ome" if ome else "imagej" if file.is_imagej else series.kind
    there = planes = series.size // key.size
    if kind == "shaped":
        planes = prod(shaped_description_metadata(str(key.shaped_description))["shape"]) // key.size
    elif kind == "imagej" != series.kind and (metadata := file.imagej_metadata):
        planes = prod(max(1, int(metadata.get(name, 1))) for name in ("slices", "frames"))
        channels = max(1, int(metadata.get("channels", 1)))
        planes *= 1 if channels in (key.shaped[0], key.shaped[-1]) else channels
    missing = 0
    if key.is_final and kind == "imagej" != series.kind:
        start, size = key.dataoffsets[0], path.stat().st_size
        missing = start + planes * key.nbytes - size
        there = max(0, size - start) // key.nbytes
    if missing > 0 or planes > there:
        raise truncated(path, min(there, planes), planes, missing)
    if kind != series.kind:
        raise MifaError("MIFA202", "its metadata do not fit its planes", str(path))
