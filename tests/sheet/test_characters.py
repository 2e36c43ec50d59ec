"""Signs that word processors and web pages put into a sheet of YAML, and what people forget to put in quotes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mifakit.errors import MifaError
from mifakit.sheet.reading import Sheet

Read = Callable[[str | bytes], Sheet]


@pytest.mark.parametrize(
    ("text", "code", "line", "words"),
    [
        ("study:\n\u00a0\u00a0title: x\n", "MIFA147", 2, "no-break space"),
        ("study:\n  license: CC0\n\u00a0\u00a0title: x\n", "MIFA147", 3, "no-break space"),
        ("study:\n  title:\u00a0x\n  license: CC0\n", "MIFA147", 2, "no-break space"),
        ("lab_folder:\u00a0x\n", "MIFA147", 1, "no-break space"),
        ("study:\n  ti\u200btle: x\n", "MIFA147", 2, "zero width space"),
        ("a: b\nstudy: a\x07b\n", "MIFA106", 2, "characters"),
        ("images:\n  - pixel_size: {x: 1,325}\n", "MIFA106", 2, "comma"),
    ],
)
def test_what_cannot_be_seen_is_named(read: Read, text: str, code: str, line: int, words: str) -> None:
    with pytest.raises(MifaError) as error:
        read(text)
    place = error.value.finding.place
    assert (error.value.code, place and place.line) == (code, line)
    assert words in str(error.value)


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        ("Nuclei: in cells", "holds a colon"),
        ("*.tif", "begins with *"),
        ("@home", "begins with @"),
        ("%x", "begins with %"),
        ("{name}.tif", "pattern"),
        ("[{name}.tif]", "pattern"),
        ("'it's'", "begins with '"),
    ],
)
def test_what_wants_quotes(read: Read, value: str, hint: str) -> None:
    with pytest.raises(MifaError) as error:
        read(f"study:\n  title: {value}\n  license: CC0\n")
    assert error.value.code == "MIFA106"
    assert hint in str(error.value.finding.hint)


def test_curly_quotes_around_a_value(read: Read) -> None:
    found = read("study:\n  title: “Nuclei”\n  description: The “nuclei” of ‘cells’\n  keywords: [‘b’]\n").findings
    assert [(one.code, one.place and one.place.line) for one in found] == [("MIFA146", 2), ("MIFA146", 4)]
    assert not any(one.is_error for one in found)


@pytest.mark.parametrize(
    "orcid",
    ["“0000-0002-1825-0097”", "0000‑0002‑1825‑0097", "0000–0002–1825–0097", "0000-0002-1825-0097\u200b"],
)
def test_in_identifiers_they_have_one_right_answer(read: Read, orcid: str) -> None:
    sheet = read(f"authors:\n  - orcid: {orcid}\n")
    assert sheet.findings == ()
    assert sheet.model.authors[0].orcid == "0000-0002-1825-0097"


def test_plain_spaces_and_empty_values_between_braces_are_fine(read: Read) -> None:
    sheet = read("annotations:\n  - name: a\n    columns: {x: , y: b}\nversion: {version: }\nsplits: {}\n")
    assert sheet.findings == ()
    assert sheet.model.annotations[0].columns == {"y": "b"}
