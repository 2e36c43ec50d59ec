"""Private things are found wherever a dataset has words, and kept out from the beginning where people said no."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.conversion.samples import noise, write_lab

import mifakit
from mifakit.checks.privacy import check_privacy
from mifakit.conversion.resources import Resources
from mifakit.dataset import texts
from mifakit.sheet.editing import without_private_addresses


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset of people of whom one does not want to be written to."""
    home = tmp_path_factory.mktemp("private")
    sheet = write_lab(home, a=noise(40, 50))
    text = sheet.read_text("utf-8").replace("email: jcarberry@example.com", "email: jcarberry@uni.edu")
    sheet.write_text(text.replace("email_public: yes", "email_public: no"), encoding="utf-8")
    assert text.count("uni.edu") == 2
    return mifakit.build(sheet, home / "dataset", resources=Resources(workers=1)).path


@pytest.fixture
def dataset(built: Path, tmp_path: Path) -> Path:
    return shutil.copytree(built, tmp_path / "dataset")


def found(dataset: Path) -> list[tuple[str, str, str]]:
    return [(one.code, str(one.place), one.message) for one in check_privacy(mifakit.open(dataset))]


def test_no_means_no_from_the_build_on(built: Path) -> None:
    words = b"".join((built / path).read_bytes() for path in texts.speaking_files(built))
    assert b"jcarberry@uni" not in words
    assert mifakit.open(built).sheet.authors[0].email is None
    assert mifakit.open(built).sheet.authors[0].last_name
    assert found(built) == []


def test_records_never_write_an_address_that_came_into_the_sheet_later(dataset: Path) -> None:
    sheet = dataset / "mifa.yaml"
    lines = sheet.read_text("utf-8").splitlines()
    number = next(number for number, line in enumerate(lines) if line.strip().startswith("email:"))
    lines[number] += " late@uni.edu"
    sheet.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert mifakit.describe(dataset)
    assert found(dataset) == [("MIFA560", f"mifa.yaml:{number + 1}", "'late@uni.edu'")]


@pytest.mark.parametrize(
    ("sheet", "left"),
    [
        ("authors:\n- email: a@x.org # mine\n  email_public: no\n- email: b@x.org\n", ["b@x.org"]),
        ('authors: [{email: "a@x.org", email_public: "no"}, {email: b@x.org}]\n', ["b@x.org"]),
        ("authors:\n-\n- {email_public: 'no', email: A@x.org}\nannotations:\n- authors:\n  - email: a@X.org\n", []),
        ("authors:\n- email:\n  email_public: no\n", []),
        ("authors:\n- email: a@x.org\n  email_public: yes\n", ["a@x.org"]),
    ],
)
def test_addresses_are_taken_out_of_the_text(sheet: str, left: list[str]) -> None:
    text = without_private_addresses(sheet)
    assert [word.strip("[{}]\"',") for word in text.split() if "@" in word] == left
    assert text.count("\n") == sheet.count("\n")


def test_every_kind_of_file_is_looked_into(dataset: Path) -> None:
    (dataset / "notes.md").write_text("one\ntwo /home/ada/x /home/ada/y\n")
    (dataset / "meta.xml").write_text('<Detector SerialNumber="12"/>')
    group = dataset / "images" / "a.ome.zarr" / "zarr.json"
    group.write_text(json.dumps(json.loads(group.read_text()) | {"PatientID": "4711"}))
    pq.write_table(
        pa.table({"x.y": [["a@b.org"], None], "z": [1, 2], "w": ["C:\\Users\\ada", ""]}), dataset / "t.parquet"
    )
    pq.write_table(pa.table({"x": [1]}).replace_schema_metadata({"by": "c@d.org"}), dataset / "u.parquet")
    assert found(dataset) == [
        ("MIFA563", "images/a.ome.zarr/zarr.json:1", "'4711'"),
        ("MIFA562", "meta.xml:1", "'12'"),
        ("MIFA561", "notes.md:2", "'ada', 2 times"),
        ("MIFA560", "t.parquet (x.y)", "'a@b.org'"),
        ("MIFA561", "t.parquet (w)", "'ada'"),
        ("MIFA560", "u.parquet (schema)", "'c@d.org'"),
    ]


def test_long_files_are_read_in_pieces(dataset: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "_BLOCK", 64)
    lines = [f"{number},nothing of note" for number in range(1000)]
    lines[700] = "700,ada@uni.edu"
    (dataset / "long.csv").write_text("\n".join(lines))
    assert found(dataset) == [("MIFA560", "long.csv:701", "'ada@uni.edu'")]


def test_a_file_full_of_names_is_told_in_few_words(dataset: Path) -> None:
    (dataset / "many.txt").write_text("\n".join(f"p{number}@uni.edu" for number in range(1000)))
    told = found(dataset)
    assert len(told) == 21
    assert told[-1] == ("MIFA560", "many.txt", "980 more private things stand here")


def test_a_table_that_is_none_is_a_finding(dataset: Path) -> None:
    (dataset / "broken.parquet").write_bytes(b"PAR1 and no more")
    assert [code for code, _, _ in found(dataset)] == ["MIFA405"]
