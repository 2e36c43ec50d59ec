"""acquire-zarr: a stream of planes in, codec and shards like mifakit's. It makes no level smaller than a chunk."""

import acquire_zarr as aqz
import numpy as np
from lab import axes_of, jobs, read

FLAT = {"y": (256, 8), "x": (256, 8)}
DEEP = {"z": (16, 1), "y": (128, 8), "x": (128, 8)}
"""Chunk lengths, and chunks in a shard."""


def dimension(axis, size, cut):
    """Return one dimension; a shard is no longer than the image."""
    chunk, count = cut.get(axis, (1, 1))
    kind = aqz.DimensionType.CHANNEL if axis == "c" else aqz.DimensionType.SPACE
    return aqz.Dimension(
        name=axis,
        kind=kind,
        array_size_px=size,
        chunk_size_px=min(chunk, size),
        shard_size_chunks=min(count, -(-size // chunk)),
    )


if __name__ == "__main__":
    for job in jobs():
        pixels, axes = read(job.file), axes_of(job.file)
        cut = DEEP if "z" in axes else FLAT
        dimensions = [dimension(axis, size, cut) for axis, size in zip(axes, pixels.shape, strict=True)]
        if len(dimensions) < 3:  # it asks for one more to append along
            pixels, axes = pixels[None], f"c{axes}"
            dimensions.insert(0, dimension("c", 1, cut))
        settings = aqz.ArraySettings(
            dimensions=dimensions,
            data_type=aqz.DataType.UINT8 if pixels.itemsize == 1 else aqz.DataType.UINT16,
            compression=aqz.CompressionSettings(
                compressor=aqz.Compressor.BLOSC1, codec=aqz.CompressionCodec.BLOSC_ZSTD, level=1, shuffle=1
            ),
            downsampling_method=aqz.DownsamplingMethod.DECIMATE if job.labels else aqz.DownsamplingMethod.MEAN,
            max_levels=job.levels - 1,
        )
        if job.levels == 1:
            settings.downsampling_method = None
        stream = aqz.ZarrStream(
            aqz.StreamSettings(store_path=str(job.target), arrays=[settings], version=aqz.ZarrVersion.V3)
        )
        for plane in pixels.reshape(-1, *pixels.shape[-2:]):
            stream.append(np.ascontiguousarray(plane))
        stream.close()
