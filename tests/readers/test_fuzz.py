"""Whatever bytes a file has: pixels of the promised shape, or one MifaError. Never another exception."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from mifakit.errors import MifaError
from mifakit.readers.base import Reader, full_region

ROUNDS = 60
HEADER = 700


def test_damaged_bytes(small_file: Path, reader_of: Callable[[Path], Reader]) -> None:
    rng = random.Random(small_file.name)
    data = small_file.read_bytes()
    reader = reader_of(small_file)
    for _ in range(ROUNDS):
        damaged = bytearray(data)
        for _ in range(rng.choice([1, 1, 1, 3, 20])):
            # Directories and headers are at either end; damage there is what decoders trip over.
            position = rng.choice(
                [rng.randrange(len(data)), rng.randrange(HEADER), len(data) - rng.randrange(1, HEADER)]
            )
            position = min(max(position, 0), len(data) - 1)
            damaged[position] = rng.choice([0, 255, rng.randrange(256), damaged[position] ^ 1 << rng.randrange(8)])
        if rng.random() < 0.2:
            start = rng.randrange(len(damaged))
            del damaged[start : start + rng.randrange(1, 20)]
        small_file.write_bytes(damaged)
        with suppress(MifaError), reader.open(small_file) as image:
            found = image.read(full_region(image.facts.shape))
            assert (found.shape, found.dtype) == (image.facts.shape, image.facts.dtype)
