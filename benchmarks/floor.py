"""The floor: the shortest honest program that does the work, and the yardstick for every other.

Each region of the source is read once, every level is made from it, and all are written through tensorstore with
the codec, chunks, shards and levels of mifakit's output. Nothing is verified, hashed or described, and nothing is
forced to the disk (`file_io_sync` is off). It takes for granted what the works hold: edges that halve evenly.

Run as `python floor.py LAB OUT LEVELS`.
"""

from __future__ import annotations

import json
import sys
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import tensorstore as ts
import tifffile

Array = np.ndarray[Any, Any]
Region = tuple[slice, ...]

WORKERS = 2
FEW = 2 * WORKERS
"""Up to this many files are done one after the other by threads; more are shared out to processes."""
BAND = 128
"""Rows that are averaged at once: they fit into the cache."""
FLAT = ((1, 512, 512), (1, 2048, 2048))
DEEP = ((1, 16, 128, 128), (1, 16, 1024, 1024))
"""Chunk and shard of a plane's and of a stack's last axes."""
AXES = {2: ["y", "x"], 3: ["c", "y", "x"], 4: ["c", "z", "y", "x"]}


class Source:
    """An image in its file, channels first. Pixels that are not compressed are mapped into memory."""

    def __init__(self, file: Path) -> None:
        with tifffile.TiffFile(file) as tiff:
            page, self.shape = tiff.pages[0], tiff.series[0].shape
            self.dtype, start, self._tile = page.dtype, page.dataoffsets[0], page.tilelength if page.is_tiled else 0
            if self._tile:
                height, width, samples = self.shape
                self.shape = (samples, height, width)
                grid = (height // self._tile, width // self._tile, self._tile, self._tile, samples)
                self._pixels = np.memmap(file, self.dtype, "r", start, grid).transpose(4, 0, 2, 1, 3)
            elif page.compression == 1:
                self._pixels = np.memmap(file, self.dtype, "r", start, self.shape)
            else:
                self._pixels = page.asarray()

    def read(self, region: Region) -> Array:
        """Return one region; those of a tiled file begin and end with its tiles."""
        lengths = [part.stop - part.start for part in region]
        if not self._tile:
            return self._pixels[region[-self._pixels.ndim :]].reshape(lengths)
        y, x = (slice(part.start // self._tile, part.stop // self._tile) for part in region[-2:])
        return self._pixels[:, y, :, x].reshape(lengths)


def mean(fine: Array) -> Array:
    """Return 2 x 2 means, halves rounded up. Two neighbours are added at once, as halves of a wider integer."""
    bits = 8 * fine.itemsize
    pairs = fine.view(f"u{2 * fine.itemsize}")
    low = pairs.dtype.type(2**bits - 1)
    coarse = np.empty((*fine.shape[:-2], fine.shape[-2] // 2, fine.shape[-1] // 2), fine.dtype)
    for plane, y in product(np.ndindex(fine.shape[:-2]), range(0, fine.shape[-2], BAND)):
        upper, lower = pairs[plane][y : y + BAND : 2], pairs[plane][y + 1 : y + BAND : 2]
        total = upper & low
        total += lower & low
        total += upper >> bits
        total += lower >> bits
        total += 2
        total >>= 2
        coarse[plane][y // 2 : (y + BAND) // 2] = total
    return coarse


def mode(fine: Array) -> Array:
    """Return the most frequent of each 2 x 2 labels, the first of equals."""
    a, b, c, d = (fine[..., y::2, x::2] for y, x in product((0, 1), repeat=2))
    return np.where((a == b) | (a == c) | (a == d), a, np.where((b == c) | (b == d), b, np.where(c == d, c, a)))


def cuts(shape: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the chunk and the shard of an image's last axes."""
    return DEEP if len(shape) == 4 else FLAT


def create(path: Path, shape: tuple[int, ...], dtype: np.dtype[Any], context: ts.Context) -> Any:
    """Create the array of one level."""
    unit, most = (cut[-len(shape) :] for cut in cuts(shape))
    chunk = [min(pair) for pair in zip(unit, shape, strict=True)]
    shard = [min(long, -(-size // short) * short) for short, long, size in zip(chunk, most, shape, strict=True)]
    little: dict[str, Any] = {"name": "bytes", "configuration": {"endian": "little"}}
    shuffle = "shuffle" if dtype.itemsize > 1 else "noshuffle"
    blosc = {"cname": "zstd", "clevel": 1, "shuffle": shuffle, "typesize": dtype.itemsize, "blocksize": 0}
    codecs = [little if dtype.itemsize > 1 else {"name": "bytes"}, {"name": "blosc", "configuration": blosc}]
    sharding = {"chunk_shape": chunk, "codecs": codecs, "index_codecs": [little, {"name": "crc32c"}]}
    metadata = {
        "shape": shape,
        "data_type": dtype.name,
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": shard}},
        "codecs": [{"name": "sharding_indexed", "configuration": sharding}],
        "dimension_names": AXES[len(shape)],
    }
    store = {"driver": "file", "path": f"{path}/"}
    spec = {"driver": "zarr3", "kvstore": store, "metadata": metadata, "store_data_equal_to_fill_value": True}
    return ts.open(spec, create=True, context=context).result()


def describe(target: Path, axes: list[str], levels: int) -> None:
    """Write the group's metadata: what it takes to be opened as OME-Zarr, and no more."""
    scales = [[1.0] * (len(axes) - 2) + [float(2**level)] * 2 for level in range(levels)]
    transforms = [[{"type": "scale", "scale": scale}] for scale in scales]
    datasets = [{"path": str(k), "coordinateTransformations": each} for k, each in enumerate(transforms)]
    named = [{"name": axis, "type": "channel" if axis == "c" else "space"} for axis in axes]
    ome = {"version": "0.5", "multiscales": [{"axes": named, "datasets": datasets}]}
    group = {"zarr_format": 3, "node_type": "group", "attributes": {"ome": ome}}
    (target / "zarr.json").write_text(json.dumps(group))


def slabs(shape: tuple[int, ...]) -> list[tuple[Region, list[Region]]]:
    """Return the parts that share no shard at any level, and each one's regions: whole shards of two levels."""
    *lead, height, width = shape
    _, (*_, deep, edge, _) = cuts(shape)
    steps = (1, deep) if len(lead) == 2 else lead
    parts = [list(cut(size, step)) for size, step in zip(lead, steps, strict=True)]
    rows, columns = list(cut(height, 2 * edge)), list(cut(width, 2 * edge))
    return [(start, [(*start, y, x) for y, x in product(rows, columns)]) for start in product(*parts)]


def cut(size: int, step: int) -> Iterator[slice]:
    """Yield the parts of one axis."""
    return (slice(start, min(start + step, size)) for start in range(0, size, step))


def convert(file: Path, target: Path, levels: int, labels: bool, pool: Executor, context: ts.Context) -> None:
    """Convert one file. Levels coarser than the second are kept until a slab is whole, then written."""
    source = Source(file)
    shape = source.shape if labels or len(source.shape) > 2 else (1, *source.shape)
    shapes = [(*shape[:-2], shape[-2] >> k, shape[-1] >> k) for k in range(levels)]
    arrays = [create(target / str(k), size, source.dtype, context) for k, size in enumerate(shapes)]
    describe(target, AXES[len(shape)], levels)
    coarsen = mode if labels else mean

    def write_region(region: Region, kept: list[Array]) -> None:
        *lead, y, x = region
        block, writes = source.read(region), []
        for level, array in enumerate(arrays):
            if level:
                block = coarsen(block)
            place = tuple(slice(part.start >> level, part.stop >> level) for part in (y, x))
            if level < 2:
                writes.append(array[(*lead, *place)].write(block, can_reference_source_data_indefinitely=True))
            else:
                kept[level - 2][(..., *place)] = block
        for write in writes:
            write.result()

    pending = deque()
    for lead, regions in slabs(shape):
        lengths = [part.stop - part.start for part in lead]
        kept = [np.empty((*lengths, *size[-2:]), source.dtype) for size in shapes[2:]]
        pending.append((lead, kept, [pool.submit(write_region, region, kept) for region in regions]))
    while pending:
        lead, kept, futures = pending.popleft()
        for future in futures:
            future.result()
        for array, block in zip(arrays[2:], kept, strict=True):
            array[lead].write(block).result()


def convert_share(jobs: list[tuple[Path, Path, bool]], levels: int, threads: int) -> None:
    """Convert some of the files, one after the other."""
    limit = {"limit": threads}
    context = ts.Context({"data_copy_concurrency": limit, "file_io_concurrency": limit, "file_io_sync": False})
    with ThreadPoolExecutor(threads) as pool:
        for file, target, labels in jobs:
            convert(file, target, levels, labels, pool, context)


def main(lab: Path, out: Path, levels: int) -> None:
    """Convert a lab folder's images and masks."""
    files = sorted(lab.glob("*/*.tif"))
    jobs = [(f, out / f.parent.name / f"{f.name.split('.')[0]}.ome.zarr", f.parent.name == "masks") for f in files]
    if len(jobs) <= FEW:
        convert_share(jobs, levels, WORKERS)
        return
    with ProcessPoolExecutor(WORKERS) as processes:
        shares = [processes.submit(convert_share, jobs[k::WORKERS], levels, 1) for k in range(WORKERS)]
        for share in shares:
            share.result()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
