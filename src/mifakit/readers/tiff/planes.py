"""Pixels of TIFF planes: only those rows, strips and tiles that a region needs."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import product
from math import ceil, prod
from pathlib import Path
from typing import cast

import numpy as np
import numpy.typing as npt
from tifffile import FileHandle, TiffFile

from mifakit.errors import MifaError
from mifakit.readers.tiff.directories import truncated
from mifakit.readers.tiff.file import Contents
from mifakit.readers.tiff.geometry import INTERLEAVED, Bounds
from mifakit.readers.tiff.scenes import Page, Scene
from mifakit.sources.limits import MAX_SEGMENT_BYTES

Members = Mapping[TiffFile, Contents]
"""The files that an image is in."""

Segment = tuple[npt.NDArray[np.generic] | None, Sequence[int]]
"""A decoded strip or tile, and where in its plane it belongs."""

_BITS_PER_SAMPLE = 258
_JPEG = 7
_ENDS_OF_JPEG = tuple(bytes((0xFF, marker)) for marker in range(0xD0, 0xDA))
"""The end of an image, and the restart markers at which Hamamatsu's slides are cut into tiles."""
_RETYPE = "export it with 8, 16 or 32 bits a pixel, or as 32-bit float"
_READ_AHEAD = 16 * 1024**2
_SEEK_BYTES = 16 * 1024
"""To read on past so much costs no more than to seek to what lies behind it."""
_SCRATCH_BYTES = 512 * 1024
"""Rows of which a part is wanted are read so many at once: they stay in the processor's cache."""


class Planes:
    """The planes of one image, in one file or several.

    Several threads may read: the file is shared under a lock, decoding is not.

    Parameters
    ----------
    path
        The file that was opened, for messages.
    scene
        The image.
    count
        How many planes it has.
    members
        The files that they are in.

    Raises
    ------
    MifaError
        MIFA202 when the pixels cannot be decoded, MIFA203 when some are missing, MIFA215 when
        planes differ in size or type.
    """

    def __init__(self, path: Path, scene: Scene, count: int, members: Members) -> None:
        self._path = path
        self._key = scene.series.keyframe
        self._lsm = scene.series.kind == "lsm"
        self._starts: list[tuple[Contents, int]] = []  # of planes that are one run of bytes each
        self._pages: list[tuple[Contents, Page]] = []
        self._only_segment: Segment | None = None
        self._decoding = threading.Lock()
        self.dtype = self._pixel_type()
        self._swapped = not np.dtype(f"{self._key.parent.byteorder}u2").isnative
        self._find(scene.pages, count, members)
        if self._pages:
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
            self._read_rows(*self._starts[index], bounds, out)
        elif self.whole:
            with self._decoding:
                if self._only_segment is None:
                    [self._only_segment] = self._segments(*self._pages[0], [0])
                segment, corner = self._only_segment
            self._place(segment, corner, bounds, out)
        else:
            with closing(self._segments(*self._pages[index], self._touched(bounds))) as segments:
                for segment, corner in segments:
                    self._place(segment, corner, bounds, out)

    def close(self) -> None:
        """Drop what was decoded."""
        self._only_segment = None

    @property
    def whole_rows(self) -> bool:
        """Whether rows cannot be read in part: strips are decoded whole, tiles and bare pixels are not."""
        return not self._starts and not self._key.is_tiled

    @property
    def whole(self) -> bool:
        """Whether the image is one compressed strip or tile, which is decoded once and kept."""
        return len(self._pages) == 1 and prod(self._key.chunked) == 1

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

    def _find(self, pages: Sequence[Page | None], count: int, members: Members) -> None:
        """Find each plane in its file and check that all of its bytes are there."""
        key = self._key
        if len(pages) == 1 < count:
            self._find_run(members[key.parent], count)
            return
        found = [(members[page.parent], page) for page in pages if page is not None]
        listed = [contents.directories[page.offset] for contents, page in found]
        if len(found) > count:
            raise MifaError("MIFA215", f"holds {len(found)} planes, but its metadata describe {count}", str(self._path))
        # Two numbers would fit into the entry, but LSM puts their position there.
        loose = {_BITS_PER_SAMPLE} if self._lsm else set()
        layouts = {tuple(one for one in directory.layout if one[0] not in loose) for directory in listed}
        if len(layouts) > 1 or len({page.parent.byteorder for _, page in found}) > 1:
            raise MifaError("MIFA215", "holds planes that differ in size, type or compression", str(self._path))
        contiguous = key.is_final and all(self._is_run(page) for _, page in found)
        whole = 0
        beyond: dict[Path, int] = {}
        for (contents, page), directory in zip(found, listed, strict=True):
            end = directory.end
            if contiguous:
                end = page.dataoffsets[0] + key.nbytes
            elif self._lsm:  # whose tags give the lengths that compressed strips have once they are decoded
                end = max(map(int.__add__, page.dataoffsets, page.databytecounts))
            if end > contents.size:
                beyond[contents.path] = max(end - contents.size, beyond.get(contents.path, 0))
            elif not directory.sparse and prod(key.chunked) <= len(page.dataoffsets):
                whole += 1
        if whole < count:
            path, missing = next(iter(beyond.items()), (self._path, 0))
            raise truncated(path, whole, count, missing)
        if contiguous:
            self._starts = [(contents, page.dataoffsets[0]) for contents, page in found]
        else:
            self._check_segments()
            self._pages = found

    def _find_run(self, contents: Contents, count: int) -> None:
        """Find a whole stack behind one directory: so ImageJ beyond 4 GB, MetaMorph, and tifffile on request."""
        key = self._key
        if not key.is_final:
            raise truncated(self._path, 1, count, 0)
        start, length = key.dataoffsets[0], key.nbytes
        self._starts = [(contents, start + index * length) for index in range(count)]
        end = start + count * length
        if end > contents.size:
            raise truncated(self._path, max(0, contents.size - start) // length, count, end - contents.size)

    def _check_segments(self) -> None:
        """Refuse strips or tiles that are too large to be decoded at once."""
        length = prod(self._key.chunks) * self.dtype.itemsize
        if length > MAX_SEGMENT_BYTES:
            problem = f"has strips or tiles of {length:,} bytes, of which no part can be read alone"
            raise MifaError("MIFA214", problem, str(self._path), "export it in tiles of some hundred pixels")

    def _is_run(self, page: Page) -> bool:
        """Whether a page's strips follow each other; tifffile looks at the first page only."""
        if len(page.dataoffsets) == 1:
            return True
        starts = np.asarray(page.dataoffsets[:-1], np.int64)
        lengths = np.asarray(self._key.databytecounts[: len(starts)], np.int64)
        return bool(np.array_equal(starts + lengths, page.dataoffsets[1:]))

    def _read_rows(self, contents: Contents, start: int, bounds: Bounds, out: npt.NDArray[np.generic]) -> None:
        """Read from a plane that is one run of uncompressed pixels."""
        samples, depths, rows, columns, channels = bounds
        _, depth, length, width, interleaved = self._key.shaped
        pixel = interleaved * self.dtype.itemsize
        seeks = (width - (columns[1] - columns[0])) * pixel > _SEEK_BYTES
        taken = columns if seeks else (0, width)
        wanted = slice(columns[0] - taken[0], columns[1] - taken[0]), slice(*channels)
        row = (taken[1] - taken[0], interleaved)
        targets = out.reshape(-1, *out.shape[2:])
        direct = targets.shape[2:] == row
        step = 1 if seeks else length if direct else max(1, _SCRATCH_BYTES // (width * pixel))
        scratch = np.empty((0 if direct else step, *row), self.dtype)
        with contents.opened() as (handle, lock):
            for target, (sample, z) in zip(targets, product(range(*samples), range(*depths)), strict=True):
                for y in range(0, len(target), step):
                    lines = target[y : y + step]
                    run = lines if direct else scratch[: len(lines)]
                    first = ((sample * depth + z) * length + rows[0] + y) * width + taken[0]
                    with lock:
                        self._fill(contents.path, handle, start + first * pixel, run)
                    if not direct:
                        lines[...] = run[:, *wanted]
                if self._swapped:
                    target.byteswap(inplace=True)

    def _fill(self, path: Path, handle: FileHandle, offset: int, out: npt.NDArray[np.generic]) -> None:
        buffer = out.reshape(-1).view(np.uint8)
        handle.seek(offset)
        got = handle.readinto(buffer)  # type: ignore[arg-type]
        if got < len(buffer):
            raise truncated(path, 0, None, len(buffer) - got)

    def _touched(self, bounds: Bounds) -> list[int]:
        """Return the strips or tiles of a plane that the bounds touch."""
        size = self._segment_size()
        grid = [ceil(length / step) for length, step in zip(self._key.shaped[1:4], size, strict=True)]
        touched = [
            range(start // step, ceil(stop / step)) for (start, stop), step in zip(bounds[1:4], size, strict=True)
        ]
        return [
            ((sample * grid[0] + z) * grid[1] + y) * grid[2] + x
            for sample, z, y, x in product(range(*bounds[0]), *touched)
        ]

    def _segments(self, contents: Contents, page: Page, indices: Sequence[int]) -> Generator[Segment]:
        """Read and decode strips or tiles of a plane; yield each with its place in the plane."""
        with contents.opened() as (handle, lock):
            encoded = handle.read_segments(
                [int(page.dataoffsets[index]) for index in indices],
                [int(page.databytecounts[index]) for index in indices],
                lock=lock,
                buffersize=_READ_AHEAD,
            )
            for data, position in cast("Iterator[tuple[bytes | None, int]]", encoded):
                index = indices[position]
                self._check_segment(contents.path, page, data, index)
                segment, corner, _ = self._decode(
                    data, index, jpegtables=page.jpegtables, jpegheader=self._key.jpegheader, _fullsize=False
                )
                yield segment, corner

    def _segment_size(self) -> tuple[int, int, int]:
        """Return depth, rows and columns of a strip or tile."""
        key = self._key
        return (key.tiledepth, key.tilelength, key.tilewidth) if key.is_tiled else (1, key.rowsperstrip, key.imagewidth)

    def _check_segment(self, path: Path, page: Page, data: bytes | None, index: int) -> None:
        """Refuse a strip or tile that is not all there, before a codec makes up the rest."""
        count = int(page.databytecounts[index])
        if data is None or len(data) < count:
            raise truncated(path, 0, None, max(1, count - len(data or b"")))
        if self._key.compression == _JPEG and not data.rstrip(b"\0").endswith(_ENDS_OF_JPEG):
            raise MifaError("MIFA203", f"the JPEG data of strip or tile {index} break off", str(path))

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
