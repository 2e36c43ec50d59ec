"""Writes what Label Studio's brush painted as Label Studio does."""

from __future__ import annotations

import numpy as np

SIZES = (3, 4, 8, 16)


def packed(
    values: np.ndarray, sizes: tuple[int, ...] = SIZES, lengths: list[int] | None = None, word: int = 8
) -> bytes:
    """Write values as the scheme has them; where `lengths` says so, values that may differ are written one by one."""
    bits = f"{len(values):032b}{word - 1:05b}" + "".join(f"{size - 1:04b}" for size in sizes)
    place = 0
    cuts = iter(lengths or [])
    while place < len(values):
        length = min(next(cuts, 2 ** sizes[-1]), len(values) - place, 2 ** sizes[-1])
        same = next((n for n in range(1, length) if values[place + n] != values[place]), length)
        repeated = same > 1
        length = same if repeated else length
        which = next(number for number, size in enumerate(sizes) if length <= 2**size)
        bits += f"{repeated:b}{which:02b}{length - 1:0{sizes[which]}b}"
        bits += "".join(f"{value:0{word}b}" for value in values[place : place + (1 if repeated else length)])
        place += length
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


def rgba(alpha: np.ndarray, colour: tuple[int, int, int]) -> np.ndarray:
    return np.dstack([*(np.full_like(alpha, part) for part in colour), alpha]).ravel()
