"""checksums.txt: the sha256 of every file, in the form that `sha256sum -c` reads."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from mifakit.dataset import layout


def file_sha256(path: Path) -> str:
    """Return the sha256 of a file's bytes, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def dataset_files(folder: Path) -> Iterator[str]:
    """Yield every file of a dataset but `checksums.txt`, relative, in a stable order. Links are no files."""
    yield from dataset_sizes(folder)


def dataset_sizes(folder: Path) -> dict[str, int]:
    """Return the bytes of every file of a dataset but `checksums.txt`, by relative path, in a stable order."""
    return {
        path: entry.stat(follow_symlinks=False).st_size
        for path, entry in _entries(str(folder))
        if entry.is_file(follow_symlinks=False)
    }


def irregular_files(folder: Path) -> Iterator[str]:
    """Yield what is neither file nor folder: links may lead out of the dataset, pipes never end."""
    yield from (path for path, entry in _entries(str(folder)) if not entry.is_file(follow_symlinks=False))


def _entries(folder: str, prefix: str = "") -> Iterator[tuple[str, os.DirEntry[str]]]:
    # Text, not Path: a dataset has a dozen files a sample.
    with os.scandir(folder) as entries:
        ordered = sorted(entries, key=lambda entry: entry.name)
    for entry in ordered:
        path = prefix + entry.name
        if entry.is_dir(follow_symlinks=False):
            yield from _entries(entry.path, f"{path}/")
        elif path != layout.CHECKSUMS:
            yield path, entry


def write_checksums(folder: Path, known: Mapping[str, str] | None = None) -> None:
    """Write `checksums.txt` of every file.

    Parameters
    ----------
    folder
        The dataset.
    known
        The sha256 of files that were hashed as they were written, by path; all others are hashed now.
    """
    known = known or {}
    files = list(dataset_files(folder))
    hashed = _hashed(folder, [name for name in files if name not in known])
    _write(folder, {name: hashed.get(name) or known[name] for name in files})


def update_checksums(folder: Path, changed: Sequence[str]) -> None:
    """Hash files that were written just now.

    What `checksums.txt` states of all others stays, so that damage to them does not become the truth.
    """
    _write(folder, read_checksums(folder) | _hashed(folder, changed))


def _hashed(folder: Path, files: Sequence[str]) -> dict[str, str]:
    with ThreadPoolExecutor() as pool:
        return dict(zip(files, pool.map(lambda name: file_sha256(folder / name), files), strict=True))


def _write(folder: Path, stated: Mapping[str, str]) -> None:
    lines = [f"{stated[name]}  {name}\n" for name in sorted(stated)]
    (folder / layout.CHECKSUMS).write_text("".join(lines), encoding="utf-8", newline="\n")


def read_checksums(folder: Path) -> dict[str, str]:
    """Return the sha256 by file that `checksums.txt` states; lines of another form are ignored."""
    stated: dict[str, str] = {}
    for line in (folder / layout.CHECKSUMS).read_text(encoding="utf-8").splitlines():
        digest, separator, name = line.partition("  ")
        if separator and len(digest) == 64:
            stated[name] = digest
    return stated
