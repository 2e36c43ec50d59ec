"""XML from strangers: no document type gets through."""

from __future__ import annotations

from pathlib import Path

import pytest

from mifakit.errors import MifaError
from mifakit.sources.xml_text import parse_xml


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
