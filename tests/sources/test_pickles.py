"""Pickles: what NumPy saves comes back the same, and nothing is ever run."""

from __future__ import annotations

import io
import os
import pathlib
import pickle
import pickletools
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mifakit.errors import MifaError
from mifakit.sources import pickles
from mifakit.sources.pickles import read_object_array

PLAIN = {
    "text": "µ" * 300,
    "bytes": b"\0\1" * 300,
    "numbers": [0, -1, 300, 70_000, 2**40, -(2**70), 0.5, float("inf"), True, False, None],
    "nested": {"list": [[], [1], [1, 2]], "tuples": ((), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)), 3: None},
    "array": np.arange(24, dtype=np.uint16).reshape(2, 3, 4),
    "fortran": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    "big endian": np.arange(5, dtype=">i4"),
    "bool": np.array([True, False]),
    "text array": np.array(["a", "bcd"]),
    "objects": np.array([{"a": 1}, None, "text"], dtype=object),
    "empty": np.zeros((0, 3), np.float32),
    "scalars": [np.float64(0.25), np.int32(-7), np.bool_(True)],
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a_seg.npy"


def header() -> bytes:
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, {"descr": "|O", "fortran_order": False, "shape": ()})
    return stream.getvalue()


def write(path: Path, pickled: bytes) -> None:
    path.write_bytes(header() + pickled)


def refusal(path: Path) -> MifaError:
    with pytest.raises(MifaError) as caught:
        read_object_array(path)
    place = caught.value.finding.place
    assert place is not None
    assert place.path == str(path)
    return caught.value


def test_what_numpy_saves(path: Path) -> None:
    np.save(path, PLAIN)  # type: ignore[arg-type]
    read = read_object_array(path)
    np.testing.assert_equal(read.item(), PLAIN)
    oracle = np.load(path, allow_pickle=True).item()
    for name in ("array", "big endian", "bool", "text array"):
        assert read.item()[name].dtype == oracle[name].dtype


@pytest.mark.parametrize("protocol", [3, 4, 5])
@pytest.mark.parametrize("module", [b"numpy.core", b"numpy._core"])
def test_of_either_numpy_and_every_protocol(path: Path, protocol: int, module: bytes) -> None:
    array = np.empty((), object)
    array[()] = PLAIN
    pickled = pickle.dumps(array, protocol)
    if module == b"numpy.core":
        for name, short in ((b"numpy._core.multiarray", b"\x15"), (b"numpy._core.numeric", b"\x12")):
            old = name.replace(b"_core", b"core")
            pickled = pickled.replace(b"\x8c" + bytes([len(name)]) + name, b"\x8c" + short + old)
            pickled = pickled.replace(b"c" + name, b"c" + old)
        # Frames say their length, which has changed: they are there for speed alone.
        pickled = b"".join(
            pickled[start:stop] for (operation, _, start), stop in _with_ends(pickled) if operation.name != "FRAME"
        )
        assert b"numpy.core" in pickled
    write(path, pickled)
    np.testing.assert_equal(read_object_array(path).item(), PLAIN)


def _with_ends(pickled: bytes) -> list[Any]:
    operations = list(pickletools.genops(pickled))
    return list(zip(operations, [*(start for _, _, start in operations[1:]), len(pickled)], strict=True))


def test_paths_are_text(path: Path) -> None:
    np.save(path, {"posix": pathlib.PurePosixPath("/home/x/a.tif"), "windows": pathlib.PureWindowsPath("C:/x/a.tif")})  # type: ignore[arg-type]
    assert read_object_array(path).item() == {"posix": "/home/x/a.tif", "windows": "C:\\x\\a.tif"}


class Payload:
    """Runs a command when it is unpickled."""

    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self) -> Any:
        return os.system, (self.command,)


@pytest.mark.parametrize("protocol", range(6))
def test_a_payload_is_not_run(path: Path, tmp_path: Path, protocol: int) -> None:
    trace = tmp_path / "trace"
    array = np.empty((), object)
    array[()] = {"masks": np.zeros((2, 2), int), "flows": Payload(f"touch {trace}")}
    write(path, pickle.dumps(array, protocol))
    error = refusal(path)
    assert error.code == "MIFA202"
    assert not trace.exists()
    np.load(path, allow_pickle=True)  # the trap is a trap
    assert trace.exists()


def test_it_says_what_was_asked_for(path: Path) -> None:
    write(path, pickle.dumps(Payload("true"), 4))
    assert f"asks for {os.name}.system" in str(refusal(path)) or "asks for posix.system" in str(refusal(path))


@pytest.mark.parametrize(
    "thing",
    [OrderedDict(a=1), {1, 2}, frozenset({1}), complex(1, 2), slice(1), np.dtype([("a", "u1")]), np.datetime64("2020")],
    ids=lambda thing: type(thing).__name__,
)
def test_other_objects_are_refused(path: Path, thing: Any) -> None:
    np.save(path, {"a": thing, "b": np.zeros(1, thing) if isinstance(thing, np.dtype) else 0})  # type: ignore[arg-type]
    assert refusal(path).code == "MIFA202"


@pytest.mark.parametrize(
    "pickled",
    {
        "an extension": b"\x82\x01.",
        "a persistent id": b"Pwho\n.",
        "a class": b"\x80\x02cbuiltins\nobject\n)\x81.",
        "getattr": b"cbuiltins\ngetattr\n.",
        "a memo of 4 billion": b"\x80\x04Nr\xff\xff\xff\xff.",
        "a byte array of an exabyte": b"\x80\x05\x96" + (2**60).to_bytes(8, "little") + b".",
        "bytes of an exabyte": b"\x80\x04\x8e" + (2**60).to_bytes(8, "little") + b".",
        "no end": b"\x80\x04N",
        "an empty stack": b"0.",
        "no mark": b"NNt.",
        "an array of minus six": (
            b"\x80\x04cnumpy._core.multiarray\n_reconstruct\n(tR(K\x01J\xfe\xff\xff\xffJ\xfd\xff\xff\xff\x86"
            b"cnumpy\ndtype\n\x8c\x02u1\x85R\x89C\x06abcdeftb."
        ),
        "an array of too little": (
            b"\x80\x04cnumpy._core.multiarray\n_reconstruct\n(tR(K\x01M\xff\xffM\xff\xff\x86"
            b"cnumpy\ndtype\n\x8c\x02u1\x85R\x89C\x06abcdeftb."
        ),
        "a type whose fields lie outside it": (
            b"\x80\x04cnumpy\ndtype\n\x8c\x02V1\x85R(K\x03\x8c\x01|N\x8c\x01a\x85}\x8c\x01aN"
            b"sJ\x00\x00\x00\x10K\x01K\x10tb."
        ),
    }.items(),
    ids=lambda item: item[0],
)
def test_traps(path: Path, pickled: tuple[str, bytes]) -> None:
    write(path, pickled[1])
    assert refusal(path).code == "MIFA202"


def test_keys_are_no_tuples(path: Path) -> None:
    """Each level of such a tuple is hashed twice as often as the one around it."""
    deep: Any = ()
    for _ in range(100):
        deep = (deep, deep)
    pickled = pickle.dumps(deep, 4)
    # SETITEM(dict, deep, None)
    write(path, pickled[:2] + b"}" + pickled[11:-1] + b"Ns.")
    assert "tuple in an odd place" in str(refusal(path))


def test_instructions_are_counted(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    np.save(path, {"a": list(range(1000))})  # type: ignore[arg-type]
    read_object_array(path)
    monkeypatch.setattr(pickles, "MAX_OBJECTS", 900)
    assert refusal(path).code == "MIFA226"


def test_bytes_are_counted(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    np.save(path, {"a": 1})  # type: ignore[arg-type]
    monkeypatch.setattr(pickles, "MAX_ARCHIVE_BYTES", path.stat().st_size - 1)
    assert refusal(path).code == "MIFA226"


def test_arrays_of_numbers_are_not_of_objects(path: Path) -> None:
    np.save(path, np.zeros(3))
    assert refusal(path).code == "MIFA204"


def test_the_pickle_must_be_of_an_array(path: Path) -> None:
    write(path, pickle.dumps({"masks": 1}, 4))
    assert refusal(path).code == "MIFA202"


@pytest.mark.parametrize("content", [b"", b"\x93NUMPY", b"\x93NUMPY\x09\x09\x00\x00", b"PK\x03\x04"])
def test_other_files(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    assert refusal(path).code in ("MIFA202", "MIFA204")


def test_no_such_file(path: Path) -> None:
    assert refusal(path).code == "MIFA202"
