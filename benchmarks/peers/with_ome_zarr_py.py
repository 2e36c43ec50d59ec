"""ome-zarr-py: a lazy array in, levels by local mean; labels by nearest neighbour, the only way that keeps ids."""

import dask.array as da
import tifffile
from lab import axes_of, jobs
from ome_zarr.scale import Methods
from ome_zarr.writer import write_image

if __name__ == "__main__":
    for job in jobs():
        axes = axes_of(job.file)
        pixels = da.from_zarr(tifffile.imread(job.file, aszarr=True))
        if axes == "cyx":
            pixels = da.moveaxis(pixels, -1, 0)
        factors = [2**level for level in range(1, job.levels)]
        method = Methods.NEAREST if job.labels else Methods.LOCAL_MEAN
        write_image(pixels, str(job.target), scale_factors=factors, method=method, axes=axes)
