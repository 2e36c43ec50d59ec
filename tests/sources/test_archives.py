"""Archives: every member as it was put in, none on disk, and no more than the budgets."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import pytest

from mifakit.errors import MifaError
from mifakit.sources import archives
from mifakit.sources.archives import open_archive


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lab" / "rois.zip"


def pack(path: Path, members: dict[str, bytes], codec: int = zipfile.ZIP_DEFLATED) -> None:
    path.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(path, "w", codec) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def code_of(path: Path, budget: int = 10**9) -> str:
    with pytest.raises(MifaError) as caught, open_archive(path, budget) as members:
        for member in members:
            member.read()
    assert caught.value.finding.place is not None
    assert caught.value.finding.place.path == str(path)
    return caught.value.code


@pytest.mark.parametrize("codec", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_members_in_their_order(path: Path, codec: int) -> None:
    pack(path, {"b.roi": b"2" * 5000, "folder/": b"", "folder/a.roi": b"1", "__MACOSX/._a.roi": b"fork"}, codec)
    with open_archive(path) as members:
        assert [(member.name, member.read()) for member in members] == [("b.roi", b"2" * 5000), ("a.roi", b"1")]


def test_names_are_no_paths_and_nothing_is_extracted(path: Path) -> None:
    names = ["../../evil.roi", "/etc/evil.roi", "C:\\Windows\\evil.roi", "a/../../evil.roi"]
    pack(path, dict.fromkeys(names, b"x"))
    before = sorted(path.parent.parent.rglob("*"))
    with open_archive(path) as members:
        assert [(member.name, member.read()) for member in members] == [("evil.roi", b"x")] * 4
    assert sorted(path.parent.parent.rglob("*")) == before


def test_too_many_members(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pack(path, {str(number): b"" for number in range(11)})
    with open_archive(path) as members:
        assert len(members) == 11
    monkeypatch.setattr(archives, "MAX_ARCHIVE_MEMBERS", 10)
    assert code_of(path) == "MIFA226"


def test_a_hundred_thousand_members_are_not_even_listed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pack(path, {"0001-0001.roi": b""})
    data = path.read_bytes()
    start, end = data.index(b"PK\x01\x02"), data.index(b"PK\x05\x06")
    directory = data[start:end] * 100_000
    last = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 1, 1, len(directory), start, 0)  # it says that it has one
    path.write_bytes(data[:start] + directory + last)
    monkeypatch.setattr(zipfile, "ZipInfo", None)  # one is made of every entry of the directory
    assert code_of(path) == "MIFA226"


def test_a_bomb(path: Path) -> None:
    pack(path, {"zeros": bytes(80 * 1024**2)})
    assert path.stat().st_size < 100_000
    assert code_of(path) == "MIFA226"


def test_the_sum_is_what_counts(path: Path) -> None:
    pack(path, {"a": b"x" * 600, "b": b"x" * 600})
    with open_archive(path, 1200):
        pass
    assert code_of(path, 1199) == "MIFA226"


def test_a_member_that_is_longer_than_it_says(path: Path) -> None:
    pack(path, {"a": b"x" * 10_000})
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.index(signature) + offset
        assert struct.unpack_from("<I", data, at) == (10_000,)
        struct.pack_into("<I", data, at, 10)
    path.write_bytes(data)
    assert code_of(path, 100) == "MIFA202"


def test_a_damaged_member_spares_the_others(path: Path) -> None:
    pack(path, {"a": b"first", "b": b"second"}, zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"first", b"fisrt", 1))
    with open_archive(path) as members:
        with pytest.raises(MifaError, match="'a' cannot be unpacked"):
            members[0].read()
        assert members[1].read() == b"second"


def test_an_encrypted_member(path: Path) -> None:
    pack(path, {"a": b"secret"})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    assert code_of(path) == "MIFA202"


@pytest.mark.parametrize("codec", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_unusual_codecs(path: Path, codec: int) -> None:
    pack(path, {"a": b"x" * 100}, codec)
    assert code_of(path) == "MIFA202"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"<html>", b"PK\x05\x06" + b"\xff" * 18])
def test_what_is_no_archive(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    assert code_of(path) in ("MIFA202", "MIFA226")


def test_no_such_file(path: Path) -> None:
    assert code_of(path) == "MIFA202"


def test_the_error_of_a_caller_stays_what_it_is(path: Path) -> None:
    pack(path, {"a": b""})
    with pytest.raises(ValueError, match="mine"), open_archive(path):
        raise ValueError("mine")
