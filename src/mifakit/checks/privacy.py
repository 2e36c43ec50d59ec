"""Nothing in the dataset says who somebody is, unless they agreed."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from mifakit.dataset.dataset import Dataset
from mifakit.dataset.texts import read_pieces, speaking_files
from mifakit.findings import Finding, Place
from mifakit.sources.private import find_private

_SHOWN = 20
"""Different things of one file that are named; what more there is, is counted."""


def check_privacy(dataset: Dataset) -> Iterator[Finding]:
    """Yield e-mail addresses that nobody released, users' folders, serial numbers and patients, file by file."""
    public = public_addresses(dataset)
    for path in speaking_files(dataset.path):
        try:
            yield from _in_file(dataset, path, public)
        except (OSError, pa.ArrowException) as error:
            yield Finding.of("MIFA405", f"cannot be read: {error}", Place(path))


def public_addresses(dataset: Dataset) -> frozenset[bytes]:
    """Return the e-mail addresses, in lower case, whose owners agreed that they become public."""
    return frozenset(author.email.lower().encode() for author in dataset.sheet.people if author.email)


def _in_file(dataset: Dataset, path: str, public: frozenset[bytes]) -> Iterator[Finding]:
    first: dict[tuple[str, bytes], Place] = {}
    times: dict[tuple[str, bytes], int] = {}
    unnamed = 0
    for piece in read_pieces(dataset.path / path):
        for found in find_private(piece.text, public):
            key = (found.code, found.value)
            if key not in first and len(first) == _SHOWN:
                unnamed += 1
                continue
            line = piece.line and piece.line + piece.text.count(b"\n", 0, found.start)
            first.setdefault(key, Place(path, line, piece.item))
            times[key] = times.get(key, 0) + 1
    for key, place in first.items():
        code, value = key
        often = f", {times[key]:,} times" if times[key] > 1 else ""
        yield Finding.of(code, f"{value.decode(errors='replace')!r}{often}", place)
    if unnamed:
        last = next(reversed(first))
        yield Finding.of(last[0], f"{unnamed:,} more private things stand here", Place(path))
