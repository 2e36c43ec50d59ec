"""iohub: one position a file, always tczyx, through tensorstore."""

import numpy as np
from iohub.ngff import open_ome_zarr
from lab import axes_of, jobs, read

if __name__ == "__main__":
    for job in jobs():
        pixels, axes = read(job.file), axes_of(job.file)
        full = np.expand_dims(pixels, [index for index, axis in enumerate("tczyx") if axis not in axes])
        names = [f"channel {index}" for index in range(full.shape[1])]
        with open_ome_zarr(
            job.target, layout="fov", mode="w", channel_names=names, implementation="tensorstore"
        ) as position:
            position.create_image("0", full)
            position.compute_pyramid(job.levels, method="mode" if job.labels else "mean", dims={"y", "x"})
