"""Pixels of TIFF planes: only those rows, strips and tiles that a region needs."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import product
from math import ceil, prod
from pathlib import Path
from typing import cast

import numpy as np
import numpy.typing as npt
from tifffile import TiffFile, TiffFrame, TiffPage, TiffPageSeries

from mifakit.errors import MifaError
from mifakit.readers.tiff_directories import Directory, truncated
from mifakit.readers.tiff_geometry import INTERLEAVED, Bounds

Page = TiffPage | TiffFrame

_JPEG = 7
_END_OF_JPEG = b"\xff\xd9"
_RETYPE = "export it with 8, 16 or 32 bits a pixel, or as 32-bit float"
_READ_AHEAD = 16 * 1024**2
# Below this part of a row, seeking to each row costs less than reading what lies between.
_NARROW = 1 / 2


def pages_of(series: TiffPageSeries) -> list[Page | None]:
    """Return the pages of a series that the file has, at most one a plane."""
    pages: list[Page | None] = []
    # Not `list`: where the chain of directories is too short, what is there still counts.
    with suppress(IndexError):
        for page in series:
            pages.append(page)  # noqa: PERF402
    return pages


class Planes:
    """The planes of one image in an open TIFF.

    Several threads may read: the file is shared under a lock, decoding is not.

    Parameters
    ----------
    path
        The file.
    file
        The same, open.
    series
        The image.
    count
        How many planes it has.
    directories
        All directories of the file.

    Raises
    ------
    MifaError
        MIFA202 when the pixels cannot be decoded, MIFA203 when some are missing, MIFA215 when
        planes differ in size or type.
    """

    def __init__(
        self, path: Path, file: TiffFile, series: TiffPageSeries, count: int, directories: Sequence[Directory]
    ) -> None:
        self._path = path
        self._handle = file.filehandle
        self._lock = threading.RLock()
        self._key = series.keyframe
        self._size = path.stat().st_size
        self._starts: list[int] = []  # of planes that are one run of bytes each
        self._pages: list[Page] = []
        self.dtype = self._pixel_type()
        self._swapped = not np.dtype(f"{file.byteorder}u2").isnative
        self._find(series, count, {directory.offset: directory for directory in directories})
        # A property that builds its function on first use, which threads must not do at once.
        self._decode = self._key.decode

    def read(self, index: int, bounds: Bounds, out: npt.NDArray[np.generic]) -> None:
        """Read a part of one plane.

        Parameters
        ----------
        index
            Which plane.
        bounds
            Start and stop along each slot of a plane.
        out
            Where to; as long along each slot as `bounds`, contiguous.

        Raises
        ------
        MifaError
            MIFA202 when bytes cannot be decoded, MIFA203 when they are missing.
        """
        if self._starts:
            self._read_rows(self._starts[index], bounds, out)
        else:
            self._read_segments(self._pages[index], bounds, out)

    @property
    def whole_rows(self) -> bool:
        """Whether rows cannot be read in part: strips are decoded whole, tiles and bare pixels are not."""
        return not self._starts and not self._key.is_tiled

    def _pixel_type(self) -> np.dtype:
        """Return the type to give pixels in; bits, for which there is no type, as 0 and 1."""
        key = self._key
        if 0 in key.shaped:
            raise MifaError("MIFA202", "holds no pixels", str(self._path))
        if key.dtype is None:
            found = f"has samples of {key.bitspersample} bits in format {key.sampleformat}"
            raise MifaError("MIFA202", found, str(self._path), _RETYPE)
        if key.dtype.kind == "c" or key.dtype == np.float16:
            raise MifaError("MIFA202", f"has {key.dtype} pixels, which images cannot have", str(self._path), _RETYPE)
        return np.dtype(np.uint8) if key.dtype == np.bool_ else key.dtype

    def _find(self, series: TiffPageSeries, count: int, directories: dict[int, Directory]) -> None:
        """Find each plane in the file and check that all of its bytes are there."""
        key = self._key
        pages = pages_of(series)
        if len(pages) == 1 < count:
            # One directory for a whole stack: ImageJ does so beyond 4 GB, tifffile on request.
            if not key.is_final:
                raise truncated(self._path, 1, count, 0)
            start, length = key.dataoffsets[0], key.nbytes
            self._starts = [start + index * length for index in range(count)]
            end = start + count * length
            if end > self._size:
                raise truncated(self._path, max(0, self._size - start) // length, count, end - self._size)
            return
        found = [page for page in pages if page is not None]
        listed = [directories[page.offset] for page in found]
        if len(found) > count:
            raise MifaError("MIFA215", f"holds {len(found)} planes, but its metadata describe {count}", str(self._path))
        if len({directory.layout for directory in listed}) > 1:
            raise MifaError("MIFA215", "holds planes that differ in size, type or compression", str(self._path))
        contiguous = key.is_final and all(self._is_run(page) for page in found)
        ends = [
            page.dataoffsets[0] + key.nbytes if contiguous else directory.end
            for page, directory in zip(found, listed, strict=True)
        ]
        sparse = [
            directory.sparse or prod(key.chunked) > len(page.dataoffsets)
            for page, directory in zip(found, listed, strict=True)
        ]
        whole = sum(end <= self._size and not holes for end, holes in zip(ends, sparse, strict=True))
        if whole < count:
            raise truncated(self._path, whole, count, max(ends, default=0) - self._size)
        if contiguous:
            self._starts = [page.dataoffsets[0] for page in found]
        else:
            self._pages = found

    def _is_run(self, page: Page) -> bool:
        """Whether a page's strips follow each other; tifffile looks at the first page only."""
        if len(page.dataoffsets) == 1:
            return True
        starts = np.asarray(page.dataoffsets[:-1], np.int64)
        lengths = np.asarray(self._key.databytecounts[: len(starts)], np.int64)
        return bool(np.array_equal(starts + lengths, page.dataoffsets[1:]))

    def _read_rows(self, start: int, bounds: Bounds, out: npt.NDArray[np.generic]) -> None:
        """Read from a plane that is one run of uncompressed pixels."""
        samples, depths, rows, columns, channels = bounds
        _, depth, length, width, interleaved = self._key.shaped
        pixel = interleaved * self.dtype.itemsize
        narrow = columns[1] - columns[0] <= width * _NARROW
        taken = columns if narrow else (0, width)
        shape = (rows[1] - rows[0], taken[1] - taken[0], interleaved)
        targets = out.reshape(-1, *out.shape[2:])
        for target, (sample, z) in zip(targets, product(range(*samples), range(*depths)), strict=True):
            first = start + (((sample * depth + z) * length + rows[0]) * width + taken[0]) * pixel
            whole = target if target.shape == shape else np.empty(shape, self.dtype)
            if narrow:
                for index, row in enumerate(whole):
                    self._fill(first + index * width * pixel, row)
            else:
                self._fill(first, whole)
            if self._swapped:
                whole.byteswap(inplace=True)
            if whole is not target:
                left = columns[0] - taken[0]
                target[...] = whole[:, left : left + target.shape[1], slice(*channels)]

    def _fill(self, offset: int, out: npt.NDArray[np.generic]) -> None:
        buffer = out.reshape(-1).view(np.uint8)
        with self._lock:
            self._handle.seek(offset)
            got = self._handle.readinto(buffer)  # type: ignore[arg-type]
        if got < len(buffer):
            raise truncated(self._path, 0, None, len(buffer) - got)

    def _read_segments(self, page: Page, bounds: Bounds, out: npt.NDArray[np.generic]) -> None:
        """Read and decode the strips or tiles that the bounds touch."""
        key = self._key
        size = self._segment_size()
        grid = [ceil(length / step) for length, step in zip(key.shaped[1:4], size, strict=True)]
        touched = [
            range(start // step, ceil(stop / step)) for (start, stop), step in zip(bounds[1:4], size, strict=True)
        ]
        indices = [
            ((sample * grid[0] + z) * grid[1] + y) * grid[2] + x
            for sample, z, y, x in product(range(*bounds[0]), *touched)
        ]
        encoded = self._handle.read_segments(
            [int(page.dataoffsets[index]) for index in indices],
            [int(page.databytecounts[index]) for index in indices],
            lock=self._lock,
            buffersize=_READ_AHEAD,
        )
        for data, position in cast("Iterator[tuple[bytes | None, int]]", encoded):
            index = indices[position]
            self._check_segment(page, data, index)
            segment, corner, _ = self._decode(
                data, index, jpegtables=page.jpegtables, jpegheader=key.jpegheader, _fullsize=False
            )
            self._place(segment, corner, bounds, out)

    def _segment_size(self) -> tuple[int, int, int]:
        """Return depth, rows and columns of a strip or tile."""
        key = self._key
        return (key.tiledepth, key.tilelength, key.tilewidth) if key.is_tiled else (1, key.rowsperstrip, key.imagewidth)

    def _check_segment(self, page: Page, data: bytes | None, index: int) -> None:
        """Refuse a strip or tile that is not all there, before a codec makes up the rest."""
        count = int(page.databytecounts[index])
        if data is None or len(data) < count:
            raise truncated(self._path, 0, None, max(1, count - len(data or b"")))
        if self._key.compression == _JPEG and not data.rstrip(b"\0").endswith(_END_OF_JPEG):
            raise MifaError("MIFA203", f"the JPEG data of strip or tile {index} break off", str(self._path))

    def _place(
        self,
        segment: npt.NDArray[np.generic] | None,
        corner: Sequence[int],
        bounds: Bounds,
        out: npt.NDArray[np.generic],
    ) -> None:
        """Copy the part of a decoded segment that lies within the bounds."""
        key = self._key
        if segment is None or segment.dtype != key.dtype:
            kind = None if segment is None else segment.dtype
            raise MifaError("MIFA202", f"its pixels are {kind}, not {key.dtype} as it says", str(self._path))
        source: tuple[slice, ...] = ()
        target: tuple[int | slice, ...] = (corner[0] - bounds[0][0],)
        extents = zip(segment.shape[:3], self._segment_size(), corner[1:4], key.shaped[1:4], bounds[1:4], strict=True)
        for length, step, start, image, (first, last) in extents:
            if length < min(step, image - start):
                raise MifaError("MIFA202", "a strip or tile holds fewer pixels than it should", str(self._path))
            low, high = max(start, first), min(start + length, last)
            source += (slice(low - start, high - start),)
            target += (slice(low - first, high - first),)
        out[target] = segment[(*source, slice(*bounds[INTERLEAVED]))]
