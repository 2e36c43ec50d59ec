"""TIFF, BigTIFF, OME-TIFF and ImageJ hyperstacks, read strip by strip with tifffile."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from math import prod
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
from tifffile import TiffFile, TiffPageSeries
from tifffile.tifffile import shaped_description_metadata

from mifakit.errors import MifaError
from mifakit.readers.axes import AxisMap, map_axes, region_bounds
from mifakit.readers.base import Carries, Channel, Format, ImageFacts, ImageSource, Region, check_scene
from mifakit.readers.guard import guarded, open_image_file
from mifakit.readers.imagej import imagej_channels, imagej_readings
from mifakit.readers.ome import OmeImage, looks_like_ome, read_ome
from mifakit.readers.samples import ALPHA, RGB
from mifakit.readers.tiff_directories import Directory, read_directories, truncated
from mifakit.readers.tiff_geometry import INTERLEAVED, Geometry
from mifakit.readers.tiff_planes import Planes, pages_of
from mifakit.readers.tifffile_log import listening
from mifakit.readers.units import Reading, resolution, weigh
from mifakit.sources.limits import check_pixel_budget

_STARTS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_PRINT_UNITS = {2: "inch", 3: "cm"}
_RESOLUTION_TAGS = {"x": 282, "y": 283}
_SIDE_IMAGES = {"thumbnail", "label", "macro"}
_RGB_PHOTOMETRICS = {2, 6}  # YCbCr comes out of the decoder as RGB
_ALPHA_SAMPLES = {1, 2}


class TiffReader:
    """Opens files of the TIFF family that hold one image."""

    name: ClassVar[str] = "tiff"
    formats: ClassVar[tuple[Format, ...]] = (
        Format(
            "OME-TIFF",
            (".ome.tif", ".ome.tiff", ".ome.btf"),
            frozenset({Carries.PIXEL_SIZE, Carries.TIME_STEP, Carries.CHANNELS, Carries.COLORS}),
        ),
        Format(
            "TIFF, BigTIFF, ImageJ",
            (".tif", ".tiff", ".btf", ".tf8"),
            frozenset({Carries.PIXEL_SIZE, Carries.TIME_STEP, Carries.CHANNELS, Carries.COLORS}),
        ),
    )
    reads_folders: ClassVar[bool] = False

    def open(self, path: Path, axes: str | None = None, scene: int = 0) -> ImageSource:
        """Open a TIFF; see `mifakit.readers.base.Reader.open`."""
        check_scene(scene)
        with open_image_file(path, "TIFF", _STARTS) as raw, guarded(path, "its directories cannot be read"):
            directories = read_directories(path, raw)
        with ExitStack() as stack:
            with listening(path, "cannot be opened"):
                # Micro-Manager and NDTiff files are read as what they are besides, without their
                # sibling files; ScanImage files without the frames that tifffile would guess.
                file = TiffFile(path, is_mmstack=False, is_ndtiff=False, is_scanimage=False)
                stack.callback(file.close)  # what was opened and then found broken is closed as well
            image = TiffImage(path, file, directories, axes)
            stack.pop_all()
            return image


class TiffImage:
    """An open TIFF; `TiffReader` makes it.

    A read takes from the file only the rows of uncompressed planes, or the strips and tiles of
    others, that its region needs. Several threads may read at once.
    """

    def __init__(self, path: Path, file: TiffFile, directories: Sequence[Directory], axes: str | None) -> None:
        self._path = path
        self._file = file
        with listening(path, "cannot be opened"):
            description = file.pages.first.description
            ome = read_ome(path, description) if looks_like_ome(description) else None
            if ome and not file.is_ome:
                raise MifaError("MIFA202", "its OME-XML is cut off", str(path))
            series = _only_series(path, file, directories)
            _check_metadata_hold(path, file, series, ome=ome is not None)
            native = series.get_axes(squeeze=False)
            shape = tuple(int(length) for length in series.get_shape(squeeze=False))
            mapped = map_axes(path, native, shape, axes)
            self._geometry = Geometry.of(path, shape, mapped, series.keyframe.shaped)
            self._planes = Planes(path, file, series, self._geometry.planes, directories)
            self._facts = self._describe(series, mapped, ome)
        check_pixel_budget(path, self._facts.shape, self._facts.dtype)
        check_pixel_budget(path, series.keyframe.chunks, self._facts.dtype)

    @property
    def facts(self) -> ImageFacts:
        """What the file says about its image."""
        return self._facts

    def read(self, region: Region) -> npt.NDArray[np.generic]:
        """Read one region; see `mifakit.readers.base.ImageSource.read`."""
        bounds = region_bounds(region, self._facts.shape)
        if self._file.filehandle.closed:
            raise ValueError(f"{self._path} is closed")
        outer, inner = self._geometry.locate(bounds)
        lengths = [stop - start for start, stop in (*outer, *inner)]
        block: npt.NDArray[np.generic] = np.empty(lengths, self._facts.dtype)
        if block.size:
            planes = block.reshape(-1, *lengths[len(outer) :])
            with listening(self._path, "its pixels cannot be read"):
                for index, plane in zip(self._geometry.indices(outer), planes, strict=True):
                    self._planes.read(index, inner, plane)
        return self._geometry.arrange(block, bounds)

    def close(self) -> None:
        """Close the file. May be called twice."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _describe(self, series: TiffPageSeries, mapped: AxisMap, ome: OmeImage | None) -> ImageFacts:
        count = mapped.shape[mapped.axes.index("c")]
        position = self._geometry.order[mapped.axes.index("c")]
        slot = self._geometry.slot(position)
        channels: tuple[Channel, ...] = ()
        has_alpha = False
        if position is None or slot is None:
            # Planes of channels: the names are right only while the sheet leaves them channels.
            if position is None or series.get_axes(squeeze=False)[mapped.dim("c") or 0].upper() == "C":
                channels = self._named_channels(count, position, ome)
        elif slot in (0, INTERLEAVED):
            key = series.keyframe
            colour = int(key.photometric) in _RGB_PHOTOMETRICS and count in (3, 4)
            extra = bool(_ALPHA_SAMPLES & set(map(int, key.extrasamples[-1:])))
            has_alpha = count == 4 if colour else extra and count > 1
            channels = (*RGB, *((ALPHA,) if has_alpha else ())) if colour else ()
        spacing, findings = weigh(self._path, self._readings(ome), mapped)
        return ImageFacts(
            axes=mapped.axes,
            shape=mapped.shape,
            dtype=self._planes.dtype,
            native_axes=mapped.native,
            spacing=spacing,
            channels=channels,
            interleaved=slot == INTERLEAVED,
            whole_rows=self._planes.whole_rows,
            has_alpha=has_alpha,
            findings=findings,
        )

    def _named_channels(self, count: int, position: int | None, ome: OmeImage | None) -> tuple[Channel, ...]:
        if ome:
            return ome.channels if len(ome.channels) == count else ()
        metadata = self._file.imagej_metadata
        if metadata and position is not None:
            return imagej_channels(metadata, self._geometry.counts(position), count)
        return ()

    def _readings(self, ome: OmeImage | None) -> dict[str, Reading]:
        """Return what OME-XML, else ImageJ, else the resolution tags say about distances."""
        tags = self._file.pages.first.tags
        values: dict[str, Any] = {axis: tags.valueof(code) for axis, code in _RESOLUTION_TAGS.items()}
        rationals = {axis: value for axis, value in values.items() if isinstance(value, tuple) and len(value) == 2}
        print_unit = _PRINT_UNITS.get(tags.valueof(296), "")
        if not ome and (metadata := self._file.imagej_metadata):
            return imagej_readings(metadata, rationals, print_unit)
        plain = {axis: resolution(pixels, per, print_unit) for axis, (pixels, per) in rationals.items()}
        return plain | {axis: reading for axis, reading in ome.readings.items() if reading} if ome else plain


def _only_series(path: Path, file: TiffFile, directories: Sequence[Directory]) -> TiffPageSeries:
    """Return the one image of a file, pyramid levels and thumbnails apart.

    Raises
    ------
    MifaError
        MIFA215 when there are several, MIFA202 when there is none.
    """
    everything = file.series
    file.pages.cache = file.pages.useframes = True  # a long stack's directories are read once, and only in part
    images = [one for one in everything if not _is_side_image(one)] or everything[:1]
    if not images:
        raise MifaError("MIFA202", "holds no image that can be read", str(path))
    if len(images) > 1:
        shapes = ", ".join("×".join(map(str, one.shape)) for one in images[:4])
        more = f" and {len(images) - 4} more" if len(images) > 4 else ""
        raise MifaError("MIFA215", f"holds {len(images)} images: {shapes}{more}", str(path))
    if images[0].transform is not None or images[0].is_multifile:
        raise MifaError("MIFA202", f"is a {images[0].kind} file, whose pixels are not stored as they are", str(path))
    used = {page.offset for one in everything for level in one.levels for page in pages_of(level) if page}
    left = sum(directory.offset not in used for directory in directories if not directory.reduced)
    if left:
        raise MifaError("MIFA215", f"holds {left} more planes than its metadata describe", str(path))
    return images[0]


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
