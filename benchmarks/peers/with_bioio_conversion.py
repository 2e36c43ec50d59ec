"""bioio-conversion: its batch converter, over a list of files."""

from bioio_conversion.converters import BatchConverter
from lab import jobs

if __name__ == "__main__":
    converter = BatchConverter()
    work = [
        {
            "source": str(job.file),
            "destination": str(job.target.parent),
            "name": job.target.name.removesuffix(".ome.zarr"),
            "num_levels": job.levels,
            "zarr_format": 3,
        }
        for job in jobs()
    ]
    converter.run_jobs(work)
