"""What the sheet says under `storage:`, and where a wrong choice is met."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mifakit.metadata.conversion_choices import ChunkSize, StorageChoice
from mifakit.sheet.reading import Sheet

Read = Callable[[str | bytes], Sheet]

SHEET = """\
format: mifakit study sheet 1
storage:
  ngff: {ngff}
  codec: {codec}
  level: {level}
  chunk:
    z: {z}
    y: {y}
    x: {x}
  labels: {labels}
"""
GOOD = {"ngff": "0.4", "codec": "lz4", "level": 9, "z": 1, "y": 32, "x": 2048, "labels": "stride"}


def test_choices_are_read(read: Read) -> None:
    sheet = read(SHEET.format(**GOOD))
    assert sheet.findings == ()
    chunk = ChunkSize(z=1, y=32, x=2048)
    assert sheet.model.storage == StorageChoice(ngff="0.4", codec="lz4", level=9, chunk=chunk, labels="stride")


@pytest.mark.parametrize("text", ["storage:\n", "storage: {chunk: }\n", "storage: {chunk: {z: }, level: }\n"])
def test_what_is_left_empty_is_what_serves_most(read: Read, text: str) -> None:
    sheet = read(text)
    assert sheet.findings == ()
    assert sheet.model.storage in (None, StorageChoice(), StorageChoice(chunk=ChunkSize()))


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("ngff", "0.6", "MIFA104"),
        ("ngff", "zarr", "MIFA104"),
        ("codec", "gzip", "MIFA104"),
        ("codec", "ZSTD", "MIFA104"),
        ("labels", "mean", "MIFA104"),
        ("level", "0", "MIFA105"),
        ("level", "10", "MIFA105"),
        ("level", "1.5", "MIFA105"),
        ("level", "fast", "MIFA105"),
        ("z", "0", "MIFA105"),
        ("z", "65", "MIFA105"),
        *((side, length, "MIFA105") for side in "yx" for length in ("100", "0", "-64", "16", "4096", "all")),
    ],
)
def test_choices_that_are_refused(read: Read, field: str, value: str, code: str) -> None:
    text = SHEET.format(**{**GOOD, field: value})
    (finding,) = read(text).findings
    assert finding.code == code
    assert finding.place
    assert finding.place.item == f"storage.{'chunk.' if field in 'zyx' else ''}{field}"
    assert finding.place.line == next(
        n for n, line in enumerate(text.split("\n"), 1) if line.strip() == f"{field}: {value}"
    )
    assert repr(value) in finding.message or value in finding.message


def test_a_misspelt_choice(read: Read) -> None:
    (finding,) = read("storage:\n  codecs: lz4\n").findings
    assert (finding.code, finding.hint) == ("MIFA103", "did you mean codec?")
