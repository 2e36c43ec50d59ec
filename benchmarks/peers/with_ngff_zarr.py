"""ngff-zarr: reads the file lazily, shrinks it by itkwasm."""

import ngff_zarr as nz
from lab import jobs
from ngff_zarr.tiff_to_ngff_image import tiff_file_to_ngff_images

if __name__ == "__main__":
    for job in jobs():
        ((_, image),) = tiff_file_to_ngff_images(job.file)
        kept = {"z": 1} if "z" in image.dims else {}
        factors = [{**kept, "y": 2**level, "x": 2**level} for level in range(1, job.levels)]
        method = nz.Methods.ITKWASM_LABEL_IMAGE if job.labels else nz.Methods.ITKWASM_BIN_SHRINK
        nz.to_ngff_zarr(job.target, nz.to_multiscales(image, factors, method=method), version="0.5")
