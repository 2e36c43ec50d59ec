"""XML from strangers: no document type gets through, and budgets hold."""

from __future__ import annotations

import os
import tracemalloc
from pathlib import Path

import pytest

from mifakit.errors import MifaError
from mifakit.sources import xml_text
from mifakit.sources.xml_text import iterate_xml, local_name, named, parse_xml, read_xml, start_tags

BOMB = """<!DOCTYPE a [<!ENTITY b "0123456789"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><a>&c;</a>"""
ELSEWHERE = """<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>"""
OUTSIDE = """<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a/>"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "a.xml"


def test_plain_xml() -> None:
    assert parse_xml(Path("a.czi"), "<a><b>1</b></a>", "metadata").findtext("b") == "1"


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        "<a>",
        "",
        "<a>\0</a>",
    ],
)
def test_xml_that_is_refused(text: str) -> None:
    with pytest.raises(MifaError, match="MIFA202: its metadata"):
        parse_xml(Path("a.czi"), text, "metadata")


def test_an_encoding_that_text_claims_does_not_hide_a_document_type() -> None:
    """What is in UTF-7 behind this header is only letters to a parser that was given text."""
    text = '<?xml version="1.0" encoding="utf-7"?>+ADwAIQ-DOCTYPE a+AD4APA-a/+AD4-'
    with pytest.raises(MifaError, match="MIFA202"):
        parse_xml(Path("a.czi"), text, "metadata")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "iso-8859-1", "cp1252"])
def test_a_file_in_an_encoding_is_read(file: Path, encoding: str) -> None:
    declared = {"utf-8-sig": "utf-8", "utf-16-le": "utf-16", "utf-16-be": "utf-16"}.get(encoding, encoding)
    mark = {"utf-16-le": "\ufeff", "utf-16-be": "\ufeff"}.get(encoding, "")
    text = f'{mark}<?xml version="1.0" encoding="{declared}"?><a><b>Zellkörper</b></a>'
    file.write_bytes(text.encode(encoding))
    assert read_xml(file, "a").findtext("b") == "Zellkörper"
    assert start_tags(file.read_bytes()) == ("a", "b")


@pytest.mark.parametrize("text", [BOMB, ELSEWHERE, OUTSIDE, "<!DOCTYPE a><a/>"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252"])
def test_no_document_type_gets_through_in_any_encoding(file: Path, text: str, encoding: str) -> None:
    header = {"utf-16-be": "\ufeff", "cp1252": '<?xml version="1.0" encoding="cp1252"?>'}.get(encoding, "")
    file.write_bytes((header + text).encode(encoding))
    with pytest.raises(MifaError, match="MIFA202: declares a document type"):
        read_xml(file, "a")
    with pytest.raises(MifaError, match="MIFA202: declares a document type"):
        list(iterate_xml(file, "a", {"a"}))
    assert start_tags(file.read_bytes()) == ()


@pytest.mark.parametrize(
    "encoding", ["utf-7", "cp037", "utf-32", "rot13", "zlib", "undefined", "no-such-encoding", "idna"]
)
def test_odd_encodings_are_refused(file: Path, encoding: str) -> None:
    """UTF-7 and EBCDIC can write `<!DOCTYPE` without its characters."""
    hidden = b"+ADwAIQ-DOCTYPE a+AD4APA-a/+AD4-" if encoding == "utf-7" else b"<a/>"
    file.write_bytes(f'<?xml version="1.0" encoding="{encoding}"?>'.encode() + hidden)
    with pytest.raises(MifaError, match="MIFA202: cannot be read as XML"):
        read_xml(file, "a")


@pytest.mark.parametrize("content", [b"", b"<a>", b"<a><b></a></b>", b"<a>&nbsp;</a>", b"\x89PNG\r\n", b"<a>\0</a>"])
def test_malformed_files_are_refused(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(MifaError, match="MIFA202: cannot be read as XML") as caught:
        read_xml(file, "a")
    assert str(caught.value.finding.place) == str(file)


def test_a_long_name_makes_no_long_message(file: Path) -> None:
    for content in (b"<a>&" + b"b" * 5_000 + b";</a>", b"<" + b"b" * 5_000 + b"/>"):
        file.write_bytes(content)
        with pytest.raises(MifaError) as caught:
            read_xml(file, "a")
        assert len(caught.value.finding.message) < 300


def test_another_root_is_another_format(file: Path) -> None:
    file.write_text("<html><a/></html>")
    with pytest.raises(MifaError, match="MIFA204: is XML of 'html', not of 'a'"):
        read_xml(file, "a")


@pytest.mark.parametrize("make", [Path.mkdir, lambda path: None, lambda path: os.mkfifo(path)])
def test_what_is_no_file_is_refused(file: Path, make: object) -> None:
    make(file)
    with pytest.raises(MifaError, match="MIFA202"):
        read_xml(file, "a")


def test_depth_is_bounded(file: Path) -> None:
    file.write_text("<a>" * 100 + "</a>" * 100)
    assert read_xml(file, "a").tag == "a"
    file.write_text("<a>" * 101 + "</a>" * 101)
    with pytest.raises(MifaError, match="MIFA226: is nested more than 100 deep"):
        read_xml(file, "a")
    file.write_text("<a>" * 1_000_000)
    with pytest.raises(MifaError, match="MIFA226"):
        list(iterate_xml(file, "a", ()))


def test_size_is_bounded(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_text, "MAX_ANNOTATION_BYTES", 1_000)
    file.write_text(f"<a>{'x' * 1_000}</a>")
    with pytest.raises(MifaError, match="MIFA226: is larger than 1,000 bytes"):
        read_xml(file, "a")


def test_elements_and_attributes_are_bounded(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_text, "MAX_XML_PARTS", 10)
    file.write_text("<a>" + '<b c="1"/>' * 5 + "</a>")
    with pytest.raises(MifaError, match="MIFA226: has more than 10 elements and attributes"):
        read_xml(file, "a")


@pytest.mark.parametrize(("before", "after"), [("<!--", "--></a>"), ('<b c="', '"/></a>'), ("<?b ", "?></a>")])
def test_one_tag_is_bounded(file: Path, monkeypatch: pytest.MonkeyPatch, before: str, after: str) -> None:
    """The parser reads an unfinished tag again and again: a long one would take quadratic time."""
    monkeypatch.setattr(xml_text, "MAX_XML_TOKEN_BYTES", 2_000_000)
    file.write_text(f"<a>{before}{'x' * 1_000_000}{after}")
    assert read_xml(file, "a").tag == "a"
    file.write_text(f"<a>{before}{'x' * 5_000_000}{after}")
    with pytest.raises(MifaError, match="MIFA226: has a tag of more than"):
        read_xml(file, "a")


def test_elements_come_whole_and_with_their_ancestors(file: Path) -> None:
    file.write_text('<a n="1"><b n="2"><c>text<d/></c></b><c n="3"/><e><f/></e></a>')
    found = [([one.get("n") for one in ancestors], one) for ancestors, one in iterate_xml(file, "a", {"c", "f"})]
    assert [(numbers, one.tag, one.text, len(one)) for numbers, one in found] == [
        (["1", "2"], "c", "text", 1),
        (["1"], "c", None, 0),
        (["1", None], "f", None, 0),
    ]


def test_what_was_handed_out_is_forgotten(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_text, "_CHUNK", 10_000)
    file.write_text("<a>" + '<b><c d="0123456789">text</c></b>' * 10_000 + "</a>")
    tracemalloc.start()
    count = sum(1 for _ in iterate_xml(file, "a", {"c"}))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 10_000
    assert peak < 1024**2  # the whole tree takes six times as much


def test_names_are_found_in_any_namespace(file: Path) -> None:
    file.write_text('<o:a xmlns:o="urn:x"><o:b/><c/></o:a>')
    root = read_xml(file, "a")
    assert [local_name(one) for one in named(root, "b")] == ["b"]
    assert start_tags(file.read_bytes()[:30]) == ("{urn:x}a", "{urn:x}b")
