"""JSON that is read, and JSON that is refused."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from mifakit.errors import MifaError
from mifakit.sources import json_text
from mifakit.sources.json_text import decoder, keys_by_depth, other_fields, read_json


class Thing(msgspec.Struct):
    name: str
    values: list[float | None] = []


def refusal(path: Path, text: bytes, shape: type = Thing) -> MifaError:
    path.write_bytes(text)
    with pytest.raises(MifaError) as caught:
        read_json(path, shape)
    assert caught.value.finding.place is not None
    assert caught.value.finding.place.path == str(path)
    return caught.value


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "thing.json"


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_what_is_not_asked_for_is_skipped(path: Path, mark: bytes) -> None:
    path.write_bytes(mark + b'{"imageData": "AAAA", "name": "\xc2\xb5", "values": [1, 2.5]}')
    assert read_json(path, Thing) == Thing("µ", [1.0, 2.5])


def test_numbers_that_json_lacks_are_null(path: Path) -> None:
    path.write_bytes(b'{"name": "NaN \\" -Infinity", "values": [NaN, -Infinity, Infinity, 1]}')
    assert read_json(path, Thing) == Thing('NaN " -Infinity', [None, None, None, 1.0])


def test_the_line_is_named(path: Path) -> None:
    error = refusal(path, b'{\n"name": "a",\n"values": [1, 2,\n x]}')
    assert error.code == "MIFA202"
    assert error.finding.place is not None
    assert error.finding.place.line == 4
    assert "byte" not in error.finding.message


def test_the_line_is_named_where_there_are_numbers_that_json_lacks(path: Path) -> None:
    error = refusal(path, b'{"values": [NaN,\nNaN],\n"name": Nan}')
    assert error.finding.place is not None
    assert (error.code, error.finding.place.line) == ("MIFA202", 3)


@pytest.mark.parametrize("text", [b"", b'{"name": "a"', b"{'name': 'a'}", b'{"name": "a",}', b"\xff\xfe{\x00}\x00"])
def test_not_json(path: Path, text: bytes) -> None:
    assert refusal(path, text).code == "MIFA202"


def test_not_utf8(path: Path) -> None:
    error = refusal(path, b'{"name": "\xff"}')
    assert (error.code, error.finding.message) == ("MIFA202", "is not UTF-8 text")


@pytest.mark.parametrize("text", [b"[]", b"1", b'{"values": []}', b'{"name": "a", "values": [{}]}', b'{"name": 1}'])
def test_another_shape(path: Path, text: bytes) -> None:
    assert refusal(path, text).code == "MIFA204"


@pytest.mark.parametrize("shape", [Thing, list[msgspec.Raw], object])
@pytest.mark.parametrize("text", [b"[" * 300_000, b'{"name":' * 100_000])
def test_too_deep(path: Path, text: bytes, shape: type) -> None:
    assert refusal(path, text, shape).code in ("MIFA204", "MIFA226")


def test_not_there(path: Path) -> None:
    with pytest.raises(MifaError, match="MIFA202"):
        read_json(path, Thing)


@pytest.mark.parametrize("budget", ["MAX_ANNOTATION_BYTES", "MAX_JSON_VALUES"])
def test_over_budget(path: Path, monkeypatch: pytest.MonkeyPatch, budget: str) -> None:
    text = b'{"name":"","values":[1,2,3]}'
    path.write_bytes(text)
    monkeypatch.setattr(
        json_text, budget, {"MAX_ANNOTATION_BYTES": len(text), "MAX_JSON_VALUES": text.count(b",")}[budget]
    )
    assert read_json(path, Thing).values == [1, 2, 3]
    assert refusal(path, text.replace(b"1", b"1,1")).code == "MIFA226"


def test_parts_are_read_later() -> None:
    read = decoder(Thing)
    assert read(msgspec.Raw(b'{"name": "a"}')) == Thing("a")
    with pytest.raises(ValueError, match=r"^Expected `float \| null`, got `str` - at `\$\.values\[\.\.\.\]`$"):
        read(msgspec.Raw(b'{"name": "a", "values": [1, "b"]}'))
    with pytest.raises(ValueError, match="is not UTF-8 text"):
        read(msgspec.Raw(b'{"name": "\xff"}'))
    with pytest.raises(ValueError, match="is nested too deeply"):
        decoder(object)(msgspec.Raw(b"[" * 100_000))


def test_other_fields() -> None:
    part = msgspec.Raw(b'{"name": "a", "more": {"b": [1, null]}, "c": "d"}')
    assert other_fields(part, {"name"}) == {"more": {"b": [1, None]}, "c": "d"}


def test_keys_of_a_text_that_is_cut_off() -> None:
    head = b'{"info": {"a": "x: {\\"n\\": [", "\\"b": 1}, "images" : [{"id": 1}, {"file_name": "c'
    assert keys_by_depth(head) == {1: {"info", "images"}, 2: {"a", '\\"b'}, 3: {"id", "file_name"}}


@pytest.mark.parametrize("text", [b'"' * 65536, b'\\"' * 32768, b'{"a":' * 10_000, b"]" * 65536])
def test_any_head_has_keys(text: bytes) -> None:
    assert len(keys_by_depth(text)) <= 10_000
