"""bioformats2raw: its command, once for each file."""

import subprocess

from lab import jobs

if __name__ == "__main__":
    for job in jobs():
        command = ["bioformats2raw", "--resolutions", str(job.levels), job.file, job.target]
        subprocess.run(command, check=True)  # noqa: S603
