"""Arrays -> OME-Zarr and back: levels, chunks, metadata, writing, digests, verification."""
