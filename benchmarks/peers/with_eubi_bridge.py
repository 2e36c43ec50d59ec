"""EuBI-Bridge: its command, once for the images and once for the masks."""

import subprocess
import sys
from pathlib import Path

from lab import jobs

if __name__ == "__main__":
    folders = {job.file.parent: job for job in jobs()}
    for folder, job in folders.items():
        command = [
            Path(sys.executable).with_name("eubi"),
            "to_zarr",
            folder,
            f"--output_path={job.target.parent}",
            f"--n_layers={job.levels}",
            "--z_scale_factor=1",
            f"--downscale_method={'mode' if job.labels else 'mean'}",
        ]
        subprocess.run([str(part) for part in command], check=True)  # noqa: S603
