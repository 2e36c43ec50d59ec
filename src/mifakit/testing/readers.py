"""What a reader promises of every image file, as tests to inherit."""

# ruff: noqa: D102, S101 - these are tests: their names say what they hold, and assert is how

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import astuple
from datetime import datetime
from math import isfinite
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from mifakit.errors import MifaError
from mifakit.findings import Finding
from mifakit.readers.base import CANONICAL_AXES, ImageFacts, Reader, Region, full_region

Pixels = npt.NDArray[np.generic]

_REGIONS = 40
_CUTS = 50
_THREADS = 4
_OTHER_CONTENT = {
    "html": b"<!DOCTYPE html><html><body>404 Not Found</body></html>",
    "text": b"sample,channel\n1,DAPI\n",
    "zeros": bytes(4096),
    "pdf": b"%PDF-1.7\n" + bytes(range(256)) * 4,
    "noise": np.random.default_rng(0).bytes(4096),
}


class _ImageContract:
    """What a reader promises of an image, be it a file or a folder."""

    @pytest.fixture
    def reader(self) -> Reader:
        """Return the reader."""
        raise NotImplementedError("override the fixture `reader`")

    @pytest.fixture
    def image_path(self) -> Path:
        """Return where the image is."""
        raise NotImplementedError("inherit ReaderContract or FolderReaderContract")

    @pytest.fixture
    def pixels(self) -> Pixels | None:
        """Return what the file holds, in canonical order, from an independent source; or None."""
        return None

    def test_is_a_reader(self, reader: Reader, image_path: Path) -> None:
        assert isinstance(reader, Reader)
        assert reader.name
        suffixes = [suffix for one in reader.formats for suffix in one.suffixes]
        assert len(set(suffixes)) == len(suffixes) > 0
        assert all(suffix.startswith(".") and suffix == suffix.lower() for suffix in suffixes)
        assert image_path.name.lower().endswith(tuple(suffixes))
        assert all(one.name for one in reader.formats)
        assert image_path.is_dir() == reader.reads_folders

    def test_every_image_of_the_file_opens(self, reader: Reader, image_path: Path) -> None:
        with reader.open(image_path) as image:
            scenes = image.facts.scenes
        assert len(set(scenes)) == len(scenes) != 1
        for number, name in enumerate(scenes):
            with reader.open(image_path, scene=number) as image:
                assert image.facts.scenes == scenes, name
                check_facts(image.facts)
                last = tuple(slice(length - 1, length) for length in image.facts.shape)
                assert image.read(last).dtype == image.facts.dtype
        with pytest.raises(IndexError):
            reader.open(image_path, scene=len(scenes) or 1)

    def test_facts_are_sane(self, reader: Reader, image_path: Path) -> None:
        with reader.open(image_path) as image:
            check_facts(image.facts)

    def test_a_full_read_gives_what_the_facts_say(
        self, reader: Reader, image_path: Path, pixels: Pixels | None
    ) -> None:
        with reader.open(image_path) as image:
            facts = image.facts
            found = image.read(full_region(facts.shape))
        assert found.shape == facts.shape
        assert found.dtype == facts.dtype
        if pixels is not None:
            np.testing.assert_array_equal(found, pixels, strict=True)

    def test_a_region_is_a_slice_of_the_whole(self, reader: Reader, image_path: Path) -> None:
        with reader.open(image_path) as image:
            whole = image.read(full_region(image.facts.shape))
            for region in _regions(image.facts.shape):
                found = image.read(region)
                assert found.dtype == whole.dtype
                np.testing.assert_array_equal(found, whole[region], err_msg=str(region))

    def test_threads_may_read_at_once(self, reader: Reader, image_path: Path) -> None:
        with reader.open(image_path) as image, ThreadPoolExecutor(_THREADS) as pool:
            regions = list(_regions(image.facts.shape))
            found = list(pool.map(image.read, regions))
            whole = image.read(full_region(image.facts.shape))
        for region, part in zip(regions, found, strict=True):
            np.testing.assert_array_equal(part, whole[region], err_msg=str(region))

    def test_what_was_read_outlives_the_image(self, reader: Reader, image_path: Path) -> None:
        image = reader.open(image_path)
        found = image.read(full_region(image.facts.shape))
        before = found.copy()
        image.close()
        np.testing.assert_array_equal(found, before)

    def test_what_was_read_may_be_written_to(self, reader: Reader, image_path: Path) -> None:
        with reader.open(image_path) as image:
            region = full_region(image.facts.shape)
            found = image.read(region)
            before = found.copy()
            if found.flags.writeable:
                found[...] = 1 - found
            np.testing.assert_array_equal(image.read(region), before)

    def test_close_may_be_called_twice(self, reader: Reader, image_path: Path) -> None:
        image = reader.open(image_path)
        image.close()
        image.close()
        with pytest.raises((ValueError, MifaError)):
            image.read(full_region(image.facts.shape))


class ReaderContract(_ImageContract):
    """What every reader of files promises; see `mifakit.readers.base`.

    Override `reader` and `image_file`, and `pixels` if you know what the file holds. Use a file
    of more than one plane, strip or tile, if your format has them, of at most a few megabytes.
    """

    @pytest.fixture
    def image_file(self) -> Path:
        """Return a valid file; it is copied before anything is done to it."""
        raise NotImplementedError("override the fixture `image_file`")

    @pytest.fixture
    def image_path(self, image_file: Path) -> Path:
        return image_file

    @pytest.fixture
    def copy(self, reader: Reader, image_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
        """Return a copy of the file under its own name, with the files that it needs beside it."""
        folder = tmp_path_factory.mktemp("contract")
        with reader.open(image_file) as image:
            names = (image_file.name, *image.facts.files)
        for name in names:
            source, target = image_file.parent / name, folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copytree(source, target) if source.is_dir() else target.write_bytes(source.read_bytes())
        return folder / image_file.name

    def test_no_file_stays_open(self, reader: Reader, copy: Path) -> None:
        image = reader.open(copy)
        image.read(full_region(image.facts.shape))
        image.close()
        assert copy not in _open_files()
        cut = copy.with_name(f"cut-{copy.name}")
        cut.write_bytes(copy.read_bytes()[: copy.stat().st_size // 2])
        with suppress(MifaError), reader.open(cut) as image:
            image.read(full_region(image.facts.shape))
        assert cut not in _open_files()

    def test_the_file_is_not_touched(self, reader: Reader, copy: Path) -> None:
        before = copy.read_bytes(), copy.stat().st_mtime_ns, sorted(copy.parent.iterdir())
        with reader.open(copy) as image:
            image.read(full_region(image.facts.shape))
        assert (copy.read_bytes(), copy.stat().st_mtime_ns, sorted(copy.parent.iterdir())) == before

    def test_a_truncated_file_never_reads_as_something_else(self, reader: Reader, copy: Path) -> None:
        data = copy.read_bytes()
        with reader.open(copy) as image:
            whole = image.read(full_region(image.facts.shape))
        sizes = {len(data) * step // _CUTS for step in range(1, _CUTS)} | {len(data) - 1, len(data) - 2}
        for size in sorted(sizes - {0}):
            copy.write_bytes(data[:size])
            with suppress(MifaError), reader.open(copy) as image:
                found = image.read(full_region(image.facts.shape))
                np.testing.assert_array_equal(found, whole, err_msg=f"cut to {size} of {len(data)} bytes", strict=True)

    def test_a_further_file_that_is_missing_is_said(self, reader: Reader, copy: Path) -> None:
        with reader.open(copy) as image:
            before = image.facts
        for name in before.files:
            away = (copy.parent / name).rename(copy.parent / f"{copy.name}.away")
            try:
                with reader.open(copy) as image:
                    image.read(full_region(image.facts.shape))
                    assert set(image.facts.findings) - set(before.findings), f"nothing is said of {name}"
            except MifaError as error:
                assert name in str(error)
            away.rename(copy.parent / name)

    def test_an_empty_file_is_truncated(self, reader: Reader, copy: Path) -> None:
        copy.write_bytes(b"")
        with pytest.raises(MifaError) as caught:
            reader.open(copy)
        assert caught.value.code == "MIFA203"

    @pytest.mark.parametrize("content", _OTHER_CONTENT.values(), ids=_OTHER_CONTENT)
    def test_other_content_is_refused(self, reader: Reader, copy: Path, content: bytes) -> None:
        copy.write_bytes(content)
        with pytest.raises(MifaError) as caught, reader.open(copy) as image:
            image.read(full_region(image.facts.shape))
        assert caught.value.finding.place is not None
        assert caught.value.finding.place.path == str(copy)

    def test_what_cannot_be_opened_is_said(self, reader: Reader, copy: Path) -> None:
        copy.unlink()
        with pytest.raises(MifaError):
            reader.open(copy)
        copy.mkdir()
        with pytest.raises(MifaError):
            reader.open(copy)


class DamageContract(ReaderContract):
    """What a reader promises besides, if no bytes can make its decoder crash: pixels, or one MifaError."""

    def test_damaged_bytes_raise_no_other_error(self, reader: Reader, copy: Path) -> None:
        for content in damaged(copy.read_bytes(), copy.name):
            copy.write_bytes(content)
            with suppress(MifaError), reader.open(copy) as image:
                found = image.read(full_region(image.facts.shape))
                assert (found.shape, found.dtype) == (image.facts.shape, image.facts.dtype)


def damaged(data: bytes, seed: str, rounds: int = 60) -> Iterator[bytes]:
    """Yield damaged versions of a file, the same ones for the same seed: bytes that are others, a few that are gone.

    Headers and directories are at either end, and damage there is what decoders trip over.
    """
    rng = random.Random(seed)  # noqa: S311
    end = min(len(data), 700)
    for _ in range(rounds):
        changed = bytearray(data)
        for _ in range(rng.choice([1, 1, 1, 3, 20])):
            position = rng.choice([rng.randrange(len(data)), rng.randrange(end), len(data) - 1 - rng.randrange(end)])
            changed[position] = rng.choice([0, 255, rng.randrange(256), changed[position] ^ 1 << rng.randrange(8)])
        if rng.random() < 0.2:
            start = rng.randrange(len(changed))
            del changed[start : start + rng.randrange(1, 20)]
        yield bytes(changed)


class FolderReaderContract(_ImageContract):
    """What every reader of folders promises; see `mifakit.readers.base`.

    Override `reader` and `image_folder`, and `pixels` if you know what the folder holds. Each of its
    files is damaged in turn, so use a folder of some dozens, with chunks, levels, labels or scenes if your
    format has them, and no chunk that is the same as what a missing one reads as.
    """

    @pytest.fixture
    def image_folder(self) -> Path:
        """Return a valid folder; it is copied before anything is done to it."""
        raise NotImplementedError("override the fixture `image_folder`")

    @pytest.fixture
    def image_path(self, image_folder: Path) -> Path:
        return image_folder

    @pytest.fixture
    def copy(self, image_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
        """Return a copy of the folder under its own name."""
        return shutil.copytree(image_folder, tmp_path_factory.mktemp("contract") / image_folder.name)

    def test_no_file_stays_open(self, reader: Reader, copy: Path) -> None:
        image = reader.open(copy)
        image.read(full_region(image.facts.shape))
        image.close()
        assert not _open_files() & set(_files(copy))
        for file in _files(copy):
            file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
        with suppress(MifaError), reader.open(copy) as image:
            image.read(full_region(image.facts.shape))
        assert not _open_files() & set(_files(copy))

    def test_the_folder_is_not_touched(self, reader: Reader, copy: Path) -> None:
        before = _snapshot(copy)
        with reader.open(copy) as image:
            image.read(full_region(image.facts.shape))
        assert _snapshot(copy) == before

    def test_a_missing_file_never_changes_pixels_in_silence(self, reader: Reader, copy: Path) -> None:
        whole = _look(reader, copy)
        for file in _files(copy):
            content = file.read_bytes()
            file.unlink()
            _check_not_silent(reader, copy, whole, f"without {file.relative_to(copy)}")
            file.write_bytes(content)

    def test_a_truncated_file_never_changes_pixels_in_silence(self, reader: Reader, copy: Path) -> None:
        whole = _look(reader, copy)
        for file in _files(copy):
            content = file.read_bytes()
            for size in sorted({0, len(content) // 2, max(0, len(content) - 1)}):
                file.write_bytes(content[:size])
                what = f"{file.relative_to(copy)} cut to {size} of {len(content)} bytes"
                _check_not_silent(reader, copy, whole, what)
            file.write_bytes(content)

    @pytest.mark.parametrize("backwards", [False, True], ids=["first-files", "last-files"])
    def test_a_copy_that_broke_off_never_changes_pixels_in_silence(
        self, reader: Reader, copy: Path, backwards: bool
    ) -> None:
        whole = _look(reader, copy)
        for file in sorted(_files(copy), reverse=not backwards):
            file.unlink()
            _check_not_silent(reader, copy, whole, f"up to {file.relative_to(copy)}")

    def test_links_out_of_the_folder_are_not_followed(
        self, reader: Reader, copy: Path, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        elsewhere = tmp_path_factory.mktemp("elsewhere")
        for number, file in enumerate(_files(copy)):
            target = file.rename(elsewhere / str(number))
            try:
                file.symlink_to(target)
            except OSError:
                pytest.skip("this system makes no links")
        with pytest.raises(MifaError), reader.open(copy) as image:
            image.read(full_region(image.facts.shape))

    def test_an_empty_folder_is_truncated(self, reader: Reader, copy: Path) -> None:
        shutil.rmtree(copy)
        copy.mkdir()
        with pytest.raises(MifaError) as caught:
            reader.open(copy)
        assert caught.value.code == "MIFA203"

    @pytest.mark.parametrize("content", _OTHER_CONTENT.values(), ids=_OTHER_CONTENT)
    def test_other_content_is_refused(self, reader: Reader, copy: Path, content: bytes) -> None:
        for file in _files(copy):
            file.write_bytes(content)
        with pytest.raises(MifaError), reader.open(copy) as image:
            image.read(full_region(image.facts.shape))

    def test_a_folder_of_other_things_is_refused(self, reader: Reader, copy: Path) -> None:
        shutil.rmtree(copy)
        (copy / "notes").mkdir(parents=True)
        (copy / "notes" / "readme.txt").write_text("nothing")
        with pytest.raises(MifaError) as caught:
            reader.open(copy)
        assert caught.value.finding.place is not None
        assert caught.value.finding.place.path == str(copy)

    def test_what_cannot_be_opened_is_said(self, reader: Reader, copy: Path) -> None:
        shutil.rmtree(copy)
        with pytest.raises(MifaError):
            reader.open(copy)
        copy.write_bytes(b"a file")
        with pytest.raises(MifaError):
            reader.open(copy)


_Look = dict[str, tuple[Pixels, set[str]]]


def _look(reader: Reader, folder: Path) -> _Look:
    """Return pixels, and codes of findings, of each image in a folder by its name."""
    seen: _Look = {}
    with reader.open(folder) as image:
        scenes = image.facts.scenes
    for number, name in enumerate(scenes or ("",)):
        with reader.open(folder, scene=number) as image:
            codes = {finding.code for finding in image.facts.findings}
            seen[name] = image.read(full_region(image.facts.shape)), codes
    return seen


def _check_not_silent(reader: Reader, folder: Path, whole: _Look, what: str) -> None:
    """Assert that what a damaged folder lost is an error or a finding, and that all else is as it was."""
    seen, is_said = set(), False
    for number in range(len(whole)):
        try:
            with reader.open(folder, scene=number) as image:
                scenes = image.facts.scenes or ("",)
                name = scenes[number]
                assert name in whole, f"{what} there is a new image {name!r}"
                pixels, codes = whole[name]
                found = image.read(full_region(image.facts.shape))
                if not {finding.code for finding in image.facts.findings} - codes - {"MIFA205"}:
                    np.testing.assert_array_equal(found, pixels, err_msg=f"{name} {what}", strict=True)
                seen.add(name)
        except (MifaError, IndexError) as error:
            is_said = is_said or isinstance(error, MifaError)
    assert is_said or seen == set(whole), f"{what} images are lost"


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _snapshot(folder: Path) -> dict[Path, tuple[int, bytes]]:
    """Return times and contents of all that a folder holds."""
    paths = (folder, *folder.rglob("*"))
    return {path: (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else b"") for path in paths}


def check_facts(facts: ImageFacts) -> None:
    """Assert that facts keep the rules of `ImageFacts`."""
    assert len(set(facts.axes)) == len(facts.axes)
    assert facts.axes == "".join(axis for axis in CANONICAL_AXES if axis in facts.axes)
    assert {"c", "y", "x"} <= set(facts.axes)
    assert len(facts.shape) == len(facts.axes)
    assert all(type(length) is int and length > 0 for length in facts.shape)
    assert all(facts.size(axis) > 1 for axis in set(facts.axes) & {"t", "z"})
    assert isinstance(facts.dtype, np.dtype)
    assert facts.dtype.kind in "uif"
    assert facts.dtype.isnative
    assert facts.native_axes
    assert set(facts.spacing) <= set(facts.axes) - {"c"}
    for spacing in facts.spacing.values():
        assert isfinite(spacing.value)
        assert spacing.value > 0
        assert spacing.unit
    assert len(facts.channels) in (0, facts.size("c"))
    for channel in facts.channels:
        assert channel.color is None or (len(channel.color) == 6 and int(channel.color, 16) >= 0)
        assert all(length is None or 100 < length < 10_000 for length in (channel.excitation, channel.emission))
    assert all(text is None or text.strip() == text != "" for text in astuple(facts.acquisition))
    if facts.acquisition.acquired:
        datetime.fromisoformat(facts.acquisition.acquired)
    assert len(set(facts.files)) == len(facts.files)
    for name in facts.files:
        assert not Path(name).is_absolute()
        assert ".." not in Path(name).parts
    assert not facts.has_alpha or facts.size("c") > 1
    assert all(isinstance(finding, Finding) for finding in facts.findings)
    pixel_size = [finding for finding in facts.findings if finding.code == "MIFA205"]
    assert len(pixel_size) <= 1
    assert pixel_size or {"y", "x"} <= set(facts.spacing), "no pixel size, and no MIFA205 that says so"


def _regions(shape: tuple[int, ...]) -> Iterator[Region]:
    """Yield regions: the corners' pixels, single rows, columns and planes, and random ones."""
    yield tuple(slice(0, 1) for _ in shape)
    yield tuple(slice(length - 1, length) for length in shape)
    for axis, length in enumerate(shape):
        middle = slice(length // 2, length // 2 + 1)
        yield tuple(middle if index == axis else slice(0, other) for index, other in enumerate(shape))
    rng = np.random.default_rng(len(shape))
    for _ in range(_REGIONS):
        bounds = (sorted(rng.choice(length + 1, 2, replace=False).tolist()) for length in shape)
        yield tuple(slice(start, stop) for start, stop in bounds)


def _open_files() -> set[Path]:
    """Return the files that this process holds open or mapped; the test is skipped where it cannot be told."""
    links = Path("/proc/self/fd")
    if not links.is_dir():
        pytest.skip("this system does not list the files that a process holds open")
    found = set()
    for link in links.iterdir():
        with suppress(OSError):
            found.add(link.readlink())
    maps = Path("/proc/self/maps").read_text(encoding="utf-8", errors="replace").splitlines()
    return found | {Path(line.split(maxsplit=5)[5]) for line in maps if "/" in line}
