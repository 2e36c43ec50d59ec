"""NPY and NPZ: arrays that name no axes, pickles that are never loaded, archives that lie."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mifakit.errors import MifaError
from mifakit.readers.base import full_region
from mifakit.readers.npy import NpyReader
from mifakit.testing import DamageContract

Pixels = np.ndarray[Any, Any]

RNG = np.random.default_rng(5)
PLANE = RNG.integers(0, 4000, (33, 47), np.uint16)
STACK = RNG.integers(0, 4000, (6, 33, 47), np.uint16)


def read_all(path: Path, axes: str | None = None, scene: int = 0) -> Pixels:
    with NpyReader().open(path, axes, scene) as image:
        return image.read(full_region(image.facts.shape))


def refusal(path: Path, axes: str | None = None) -> MifaError:
    with pytest.raises(MifaError) as caught:
        read_all(path, axes)
    return caught.value


def npy(header: str, pixels: bytes = b"") -> bytes:
    """Return an NPY file of version 1.0, put together by hand after its specification."""
    text = header.encode().ljust(118 - 1) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + pixels


def npz(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


GREY = npy("{'descr': '<u2', 'fortran_order': False, 'shape': (2, 3), }", struct.pack("<6H", 1, 2, 3, 4, 5, 999))


class TestContract(DamageContract):
    @pytest.fixture
    def reader(self) -> NpyReader:
        return NpyReader()

    @pytest.fixture(params=["plane.npy", "columns.npy", "squeezed.npy", "one.npz", "several.npz", "stored.npz"])
    def image_file(self, request: pytest.FixtureRequest, tmp_path: Path) -> Path:
        path = tmp_path / request.param
        match path.name:
            case "plane.npy":
                np.save(path, PLANE)
            case "columns.npy":
                np.save(path, np.asfortranarray(PLANE))
            case "squeezed.npy":
                np.save(path, PLANE[None, :, None].astype(">f4"))
            case "one.npz":
                np.savez_compressed(path, PLANE)
            case "several.npz":
                np.savez_compressed(path, image=PLANE, mask=PLANE > 2000, centres=np.arange(9.0), name="cells")
            case "stored.npz":
                np.savez(path, image=np.asfortranarray(PLANE), other=STACK[0])
        return path

    @pytest.fixture
    def pixels(self, image_file: Path) -> Pixels:
        return PLANE[None].astype(np.float32) if image_file.name == "squeezed.npy" else PLANE[None]


def test_values_by_hand(tmp_path: Path) -> None:
    path = tmp_path / "a.npy"
    path.write_bytes(GREY)
    assert read_all(path).tolist() == [[[1, 2, 3], [4, 5, 999]]]
    columns = npy("{'descr': '>i2', 'fortran_order': True, 'shape': (2, 3), }", struct.pack(">6h", 1, 4, 2, 5, 3, -6))
    path.write_bytes(columns)
    assert read_all(path).tolist() == [[[1, 2, 3], [4, 5, -6]]]
    path = npz(
        tmp_path / "a.npz", {"cells.npy": GREY, "readme.txt": b"hello", "more.npy": GREY.replace(b"\xe7", b"\xe8")}
    )
    assert read_all(path, scene=1)[0, 1].tolist() == [4, 5, 1000]
    with NpyReader().open(path) as image:
        assert image.facts.scenes == ("cells", "more")
        assert image.facts.whole


def test_truth_is_read_as_zero_and_one(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", PLANE > 2000)
    found = read_all(tmp_path / "a.npy")
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found[0], np.where(PLANE > 2000, 1, 0))


@pytest.mark.parametrize(
    ("shape", "hint"),
    [
        ((6, 33, 47), "set axes: zyx in the sheet (or tyx, cyx)"),
        ((33, 47, 3), "set axes: yxc in the sheet (or yxz, yxt)"),
        ((2, 6, 33, 47), "set axes: ztyx in the sheet (or zcyx, tzyx)"),
        ((2, 2, 6, 33, 47), "set axes: ztcyx in the sheet (or zctyx, tzcyx)"),
    ],
)
@pytest.mark.parametrize("suffix", [".npy", ".npz"])
def test_axes_are_asked_for(tmp_path: Path, shape: tuple[int, ...], hint: str, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    (np.save if suffix == ".npy" else np.savez)(path, np.zeros(shape, np.uint8))
    error = refusal(path)
    assert (error.code, error.finding.hint) == ("MIFA206", hint)


@pytest.mark.parametrize("suffix", [".npy", ".npz"])
def test_the_sheet_names_axes(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    (np.save if suffix == ".npy" else np.savez)(path, STACK)
    np.testing.assert_array_equal(read_all(path, "zyx"), STACK[None])
    np.testing.assert_array_equal(read_all(path, "cyx"), STACK)
    np.testing.assert_array_equal(read_all(path, "xyz"), STACK.transpose(2, 1, 0)[None])
    assert refusal(path, "yx").code == "MIFA206"


def test_a_region_of_a_large_file_costs_a_region(tmp_path: Path) -> None:
    path = tmp_path / "a.npy"
    header = "{'descr': '<u2', 'fortran_order': False, 'shape': (40000, 400000), }"
    with path.open("wb") as file:  # a sparse file: 32 GB that are not there
        file.write(npy(header))
        file.seek(128 + 2 * 40_000 * 400_000 - 2)
        file.write(b"\x07\0")
    with NpyReader().open(path) as image:
        found = image.read((slice(0, 1), slice(39_998, 40_000), slice(399_990, 400_000)))
    assert found.ravel().tolist() == [0] * 19 + [7]


@pytest.mark.parametrize(
    ("content", "code", "message"),
    [
        (GREY[:-1], "MIFA203", "1 bytes are missing"),
        (GREY[:90], "MIFA203", "ends within its header"),
        (GREY[:9], "MIFA203", "ends within its header"),
        (GREY + b"\0", "MIFA202", "goes on for 1 bytes"),
        (GREY + GREY, "MIFA202", "behind its array"),
        (GREY.replace(b"NUMPY\x01", b"NUMPY\x03"), "MIFA202", "version 3.0"),
        (GREY.replace(b"'descr'", b"'desc!'"), "MIFA202", "its header cannot be read"),
        (GREY.replace(b"(2, 3)", b"(2,-3)"), "MIFA202", "which is no image"),
        (GREY.replace(b"(2, 3)", b"(6,  )"), "MIFA202", "which is no image"),
        (GREY.replace(b"(2, 3)", b"(0, 3)"), "MIFA202", "which is no image"),
        (GREY.replace(b"'<u2'", b"'<c8'"), "MIFA202", "complex64, which are no pixels"),
        (GREY.replace(b"'<u2'", b"'<U1'"), "MIFA202", "which are no pixels"),
        (GREY.replace(b"'<u2'", b"'|O' "), "MIFA202", "pickled Python objects"),
        (npy("{'descr': '|u1', 'fortran_order': False, 'shape': (60000, 60000), }"), "MIFA214", "60000×60000"),
        (npy("__import__('os').system('exit')"), "MIFA202", "its header cannot be read"),
        (npy("(" * 110), "MIFA202", "its header cannot be read"),
    ],
    ids=lambda value: value if isinstance(value, str) else str(len(value)),
)
def test_what_is_wrong_is_said(tmp_path: Path, content: bytes, code: str, message: str) -> None:
    path = tmp_path / "a.npy"
    path.write_bytes(content)
    error = refusal(path)
    assert error.code == code
    assert message in error.finding.message


class _Bomb:
    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return Path.write_text, (Path("owned"), "a pickle ran")


@pytest.mark.parametrize("suffix", [".npy", ".npz"])
def test_a_pickle_is_not_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / f"a{suffix}"
    (np.save if suffix == ".npy" else np.savez)(path, np.array([[_Bomb()], [_Bomb()]], object))
    assert "pickled Python objects" in refusal(path).finding.message
    assert not Path("owned").exists()


def test_what_cellpose_saves_is_refused_with_a_way_out(real_data: Callable[[str], Path]) -> None:
    error = refusal(real_data("cellpose_seg") / "00071198d059_seg.npy")
    assert error.code == "MIFA202"
    assert "Save masks" in str(error.finding.hint)


def test_archives_that_lie(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"

    def said(members: dict[str, bytes], **options: Any) -> str:
        error = refusal(npz(path, members, **options))
        return f"{error.code} {error.finding.message}"

    assert "MIFA203 1 bytes of its array 'a' are missing" in said({"a.npy": GREY[:-1]})
    assert "MIFA202 its array 'a' is longer" in said({"a.npy": GREY + b"\0"})
    assert "MIFA202 holds no array that is an image" in said({"a.txt": b"hello"})
    assert "MIFA202 its arrays cannot be listed" in said({"a.npy": b"hello, world"})
    assert "compressed in an unusual way" in said({"a.npy": GREY}, method=zipfile.ZIP_LZMA)
    bomb = npy("{'descr': '|u1', 'fortran_order': False, 'shape': (60000, 60000), }", b"!")
    size, lie = struct.pack("<I", len(bomb)), struct.pack("<I", 128 + 60_000 * 60_000)
    path.write_bytes(npz(path, {"a.npy": bomb}).read_bytes().replace(size, lie))
    assert refusal(path).code == "MIFA214"
    long = b"\x93NUMPY\x02\x00" + struct.pack("<I", 2**31) + bytes(2**20)
    assert "MIFA202" in said({"a.npy": long})


def test_names_lead_nowhere(tmp_path: Path) -> None:
    path = npz(tmp_path / "a.npz", {"../../a.npy": GREY, "/etc/b.npy": GREY})
    with NpyReader().open(path) as image:
        assert image.facts.scenes == ("../../a", "/etc/b")
        image.read(full_region(image.facts.shape))
    assert list(tmp_path.iterdir()) == [path]


def test_a_flipped_bit_of_an_archive_is_found(tmp_path: Path) -> None:
    for save in (np.savez, np.savez_compressed):
        buffer = io.BytesIO()
        save(buffer, PLANE)
        path = tmp_path / "a.npz"
        data = bytearray(buffer.getvalue())
        data[len(data) // 2] ^= 4
        path.write_bytes(data)
        assert refusal(path).code == "MIFA202"
