"""Which images a TIFF holds: pyramid levels, thumbnails, labels and macros of slides apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from math import prod
from pathlib import Path

from tifffile import TiffFile, TiffFrame, TiffPage, TiffPageSeries
from tifffile.tifffile import shaped_description_metadata

from mifakit.errors import MifaError
from mifakit.readers.description import Description
from mifakit.readers.scene_names import scene_names
from mifakit.readers.tiff.directories import truncated
from mifakit.readers.tiff.file import Contents
from mifakit.readers.tiff.leica_scn import read_scn
from mifakit.readers.tiff.ome import OmeDocument, own_uuid

Page = TiffPage | TiffFrame

_SLIDES = {"avs", "bif", "ndpi", "philips", "qpi", "svs"}
_SIDE_IMAGES = {"thumbnail", "label", "macro", "map"}


@dataclass(frozen=True)
class Scene:
    """One image of a TIFF.

    Attributes
    ----------
    name
        What the file calls it, or empty.
    series
        Its planes.
    axes
        The stored axes, those of length 1 too.
    shape
        One length an axis.
    description
        What XML for the whole file says of it, as of one image among others.
    """

    name: str
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
    if everything and everything[0].kind == "scn":
        scenes = _scn_scenes(path, file, everything)
    else:
        images = [one for one in _candidates(everything) if not _is_side_image(one)] or everything[:1]
        scenes = _ome_scenes(path, ome, images) if ome else [_scene(one, one.name, None) for one in images]
    if not scenes:
        raise MifaError("MIFA202", "holds no image that can be read", str(path))
    for scene in scenes:
        if scene.series.transform is not None:
            problem = f"is a {scene.series.kind} file, whose pixels are not stored as they are"
            raise MifaError("MIFA202", problem, str(path))
        _check_metadata_hold(path, file, scene.series, ome=ome is not None)
    numbered = [scene.name or f"series-{number:02}" for number, scene in enumerate(scenes, 1)]
    return scene_names(numbered, ""), tuple(scenes)


def find_members(
    path: Path, file: TiffFile, contents: Sequence[Contents], ome: OmeDocument | None
) -> dict[TiffFile, Contents]:
    """Return the contents of every file that tifffile took planes from, if none is left over.

    Parameters
    ----------
    path
        The file that was opened, for messages.
    file
        The one that its images were found in.
    contents
        Those of `file`, then of all others.
    ome
        What its OME-XML describes.

    Raises
    ------
    MifaError
        MIFA215 when planes belong to no image, MIFA202 when a file is another than the XML means.
    """
    everything = [level for series in _all_series(file) for level in series.levels]
    pages = [page for series in everything for page in _pages(series) if page]
    members = {file: contents[0]}
    if len(contents) > 1:
        known = {one.path.resolve(): one for one in contents}
        for other in {page.parent: None for page in pages}:
            members.setdefault(other, known[Path(other.filehandle.path)])
    used = {(members[page.parent].path, page.offset) for page in pages}
    left = sum(
        (one.path, directory.offset) not in used and not directory.reduced
        for one in contents
        for directory in one.directories.values()
    )
    if left:
        raise MifaError("MIFA215", f"holds {left} more planes than its metadata describe", str(path))
    taken = {held.path: own_uuid(one.pages.first.description) for one, held in members.items()} if ome else {}
    for name, uuid in ome.others.items() if ome else ():
        if taken.get(path.parent / name) not in (None, uuid):
            problem = f"is not the file of this name that {path.name} belongs with"
            raise MifaError("MIFA202", problem, str(path.parent / name))
    return members


def _all_series(file: TiffFile) -> list[TiffPageSeries]:
    """Return everything that tifffile finds, with axes of length 1 kept; since 2026.5.2 it has to be told so."""
    found = file.series
    return list(found(squeeze=False) if callable(found) else found)


def _scene(series: TiffPageSeries, name: str, description: Description | None) -> Scene:
    """Return an image with all its stored axes; before 2026.5.2 tifffile keeps them apart from `axes`."""
    if hasattr(series, "get_axes"):
        axes, shape = series.get_axes(squeeze=False), series.get_shape(squeeze=False)
    else:
        axes, shape = series.axes, series.shape
    return Scene(name.strip(), series, axes, tuple(map(int, shape)), description)


def _ome_scenes(path: Path, ome: OmeDocument, images: Sequence[TiffPageSeries]) -> list[Scene]:
    if len(images) != len(ome.images):
        problem = f"holds {len(images)} of the {len(ome.images)} images that its OME-XML describes"
        raise MifaError("MIFA202", problem, str(path))
    return [_scene(series, one.name, one.description) for series, one in zip(images, ome.images, strict=True)]


def _scn_scenes(path: Path, file: TiffFile, everything: Sequence[TiffPageSeries]) -> list[Scene]:
    """Return the images of a Leica slide, which its XML describes, without the overview."""
    slide = read_scn(path, file.pages.first.description)
    if len(slide) != len(everything):
        raise MifaError("MIFA202", f"holds {len(everything)} of the {len(slide)} images of its slide", str(path))
    pairs = list(zip(everything, slide, strict=True))
    scans = [(series, image) for series, image in pairs if not image.is_overview] or pairs
    return [_scene(series, series.name, image.description) for series, image in scans]


def _pages(series: TiffPageSeries) -> list[Page | None]:
    pages: list[Page | None] = []
    # Not `list`: where the chain of directories is too short, what is there still counts.
    with suppress(IndexError):
        for page in series:
            pages.append(page)  # noqa: PERF402
    return pages


def _candidates(everything: Sequence[TiffPageSeries]) -> Iterator[TiffPageSeries]:
    """Yield series, and what tifffile takes for a level for no other reason than half the size of another image."""
    for series in everything:
        yield series
        if series.kind == "generic":
            yield from (level for level in series.levels[1:] if not level.keyframe.is_tiled)


def _is_side_image(series: TiffPageSeries) -> bool:
    """Whether a series is a thumbnail, a slide's label or a level of a pyramid."""
    key = series.keyframe
    named_so = series.kind in _SLIDES and series.name.lower() in _SIDE_IMAGES
    return bool(key.is_reduced or key.is_subifd or named_so)


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
