"""What cannot be opened, and that the contract suite catches a reader that breaks its promises."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from mifakit.errors import MifaError
from mifakit.readers.base import Format, ImageFacts, ImageSource, Reader, Region
from mifakit.readers.guard import guarded
from mifakit.readers.png import PngReader
from mifakit.testing import ReaderContract


@pytest.mark.parametrize("suffix", [".tif", ".png", ".jpg"])
def test_paths_that_are_no_file(tmp_path: Path, suffix: str, reader_of: Callable[[Path], Reader]) -> None:
    path = tmp_path / f"a{suffix}"
    for make in (lambda: None, path.mkdir):
        make()
        with pytest.raises(MifaError) as caught:
            reader_of(path).open(path)
        assert caught.value.code == "MIFA202"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_a_pipe_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.png")
    with pytest.raises(MifaError, match="MIFA202: is not a file"):
        PngReader().open(tmp_path / "a.png")


def test_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"\x89PNG")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)  # tests may run as root, whom no mode keeps out
    with pytest.raises(MifaError, match="MIFA202: cannot be opened: Permission denied"):
        PngReader().open(path)


def test_only_mifa_errors_come_through(tmp_path: Path) -> None:
    for error in (RuntimeError("codec"), KeyError("tag"), AssertionError(), MemoryError(), ImportError("no codec")):
        with pytest.raises(MifaError, match="MIFA202: cannot be read"), guarded(tmp_path, "cannot be read"):
            raise error
    with pytest.raises(MifaError, match="more memory than there is"), guarded(tmp_path, "cannot be read"):
        raise MemoryError("Unable to allocate 3 TiB")
    with pytest.raises(MifaError, match="MIFA203"), guarded(tmp_path, "cannot be read"):
        raise MifaError("MIFA203", "cut")
    with pytest.raises(KeyboardInterrupt), guarded(tmp_path, "cannot be read"):
        raise KeyboardInterrupt


class _Sloppy:
    """A reader with bad habits: no channel axis, a whole image for half a file, deaf to regions."""

    name: ClassVar[str] = "sloppy"
    formats: ClassVar[tuple[Format, ...]] = (Format("raw", (".raw",)),)
    reads_folders: ClassVar[bool] = False

    def open(self, path: Path, axes: str | None = None, scene: int = 0) -> ImageSource:
        return _SloppyImage(path)


class _SloppyImage:
    facts = ImageFacts("yx", (16, 16), np.dtype(np.uint8), "YX")

    def __init__(self, path: Path) -> None:
        data = path.read_bytes().ljust(256, b"\0")[:256]
        self._pixels = np.frombuffer(data, np.uint8).reshape(16, 16)

    def read(self, region: Region) -> np.ndarray[Any, Any]:
        return self._pixels

    def close(self) -> None:
        pass

    def __enter__(self) -> _SloppyImage:
        return self

    def __exit__(self, *_: object) -> None:
        pass


def test_the_contract_catches_a_sloppy_reader(tmp_path: Path) -> None:
    path = tmp_path / "a.raw"
    content = bytes(range(1, 256)) + b"\1"
    suite, reader = ReaderContract(), _Sloppy()
    for broken in (
        lambda: suite.test_facts_are_sane(reader, path),
        lambda: suite.test_a_region_is_a_slice_of_the_whole(reader, path),
        lambda: suite.test_a_truncated_file_never_reads_as_something_else(reader, path),
    ):
        path.write_bytes(content)
        with pytest.raises(AssertionError):
            broken()
    path.write_bytes(content)
    with pytest.raises(pytest.fail.Exception):
        suite.test_an_empty_file_is_truncated(reader, path)
