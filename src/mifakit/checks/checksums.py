"""Every file is what it was when the dataset was built."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from mifakit.dataset import layout
from mifakit.dataset.checksums import dataset_files, file_sha256, read_checksums
from mifakit.dataset.dataset import Dataset
from mifakit.findings import Finding, Place


def check_checksums(dataset: Dataset) -> Iterator[Finding]:
    """Yield files that changed, are missing, or came later than `checksums.txt`."""
    try:
        stated = read_checksums(dataset.path)
    except (OSError, UnicodeDecodeError) as error:
        yield Finding.of("MIFA405", f"cannot be read: {error}", Place(layout.CHECKSUMS))
        return
    if not stated:
        yield Finding.of("MIFA405", "states no checksum at all", Place(layout.CHECKSUMS))
    found = set(dataset_files(dataset.path))
    for name in sorted(stated.keys() - found):
        yield Finding.of("MIFA405", "checksums.txt names it, the disk lacks it", Place(name))
    for name in sorted(found - stated.keys()):
        yield Finding.of("MIFA407", "came after the build", Place(name))
    common = sorted(found & stated.keys())
    with ThreadPoolExecutor() as pool:
        digests = pool.map(lambda name: file_sha256(dataset.path / name), common)
        for name, digest in zip(common, digests, strict=True):
            if digest != stated[name]:
                yield Finding.of("MIFA406", f"is {digest[:12]}…, was {stated[name][:12]}…", Place(name))
