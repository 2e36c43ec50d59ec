"""Whatever bytes a file has: pixels of the promised shape, or one MifaError. Never another exception."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from mifakit.errors import MifaError
from mifakit.readers.base import Reader, full_region
from mifakit.testing import damaged


def test_damaged_bytes(small_file: Path, reader_of: Callable[[Path], Reader]) -> None:
    reader = reader_of(small_file)
    for content in damaged(small_file.read_bytes(), small_file.name):
        small_file.write_bytes(content)
        with suppress(MifaError), reader.open(small_file) as image:
            found = image.read(full_region(image.facts.shape))
            assert (found.shape, found.dtype) == (image.facts.shape, image.facts.dtype)
