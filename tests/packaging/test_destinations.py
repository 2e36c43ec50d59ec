"""What Zenodo, the Hugging Face Hub and bioimage.io are sent; and destinations that are not there."""

from __future__ import annotations

import json
import shutil
import subprocess
import zipfile
from pathlib import Path

import numpy as np
import pytest
from tests.conversion.samples import tree
from tests.records.validators import VALIDATORS

import mifakit
from mifakit.api import NothingBuiltError
from mifakit.dataset.checksums import write_checksums
from mifakit.errors import MifaError
from mifakit.packaging import huggingface, zenodo
from mifakit.packaging.guide import size
from mifakit.packaging.huggingface import fits


def test_zenodo_gets_one_zip_that_is_the_dataset(plain: Path, tmp_path: Path) -> None:
    packaged = mifakit.package(plain, "zenodo", tmp_path / "deposit")
    names = sorted(path.relative_to(packaged.path).as_posix() for path in packaged.path.rglob("*") if path.is_file())
    # The deposit is in the zip too, where nobody sees it who fills in the form.
    assert names == ["README.md", "SUBMIT.md", "checksums.txt", "my-data.zip", "records/zenodo.json"]
    assert (packaged.path / "records/zenodo.json").read_bytes() == (plain / "records/zenodo.json").read_bytes()
    assert "from `records/zenodo.json`" in (packaged.path / "SUBMIT.md").read_text("utf-8")
    assert packaged.findings == ()
    assert "Still missing" not in (packaged.path / "SUBMIT.md").read_text("utf-8")  # what the archive alone asks for
    with zipfile.ZipFile(packaged.path / "my-data.zip") as archive:
        archive.extractall(tmp_path / "unpacked")
    assert tree(tmp_path / "unpacked" / "my-data") == tree(plain)
    subprocess.run(["sha256sum", "--strict", "-c", "checksums.txt"], cwd=packaged.path, check=True, capture_output=True)
    assert tree(mifakit.package(plain, "zenodo", tmp_path / "again").path) == tree(packaged.path)


def test_without_the_deposit_the_card_is_what_the_form_is_filled_in_from(plain: Path, tmp_path: Path) -> None:
    dataset = shutil.copytree(plain, tmp_path / "my-data")
    (dataset / "records" / "zenodo.json").unlink()
    write_checksums(dataset)
    packaged = mifakit.package(dataset, "zenodo", tmp_path / "deposit")
    assert not (packaged.path / "records").exists()
    guide = (packaged.path / "SUBMIT.md").read_text("utf-8")
    assert "from `README.md`" in guide
    assert "zenodo.json" not in guide


def test_more_than_zenodo_takes_is_said(plain: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zenodo, "LIMIT", 1000)
    packaged = mifakit.package(plain, "zenodo", tmp_path / "deposit")
    assert [(finding.code, str(finding.place)) for finding in packaged.findings] == [("MIFA553", "my-data.zip")]
    assert "Ask for more room" in (packaged.path / "SUBMIT.md").read_text("utf-8")


def test_the_hub_gets_the_dataset_as_it_is(plain: Path, tmp_path: Path) -> None:
    packaged = mifakit.package(plain, "huggingface", tmp_path / "hub")
    files, before = tree(packaged.path), tree(plain)
    added = {".gitattributes", "SUBMIT.md", "checksums.txt"}
    assert {path: digest for path, digest in files.items() if path not in added} == {
        path: digest for path, digest in before.items() if path not in added
    }
    assert packaged.findings == ()
    attributes = (packaged.path / ".gitattributes").read_text("utf-8")
    subprocess.run(["git", "init", "-q"], cwd=packaged.path, check=True)
    kept = {
        path: subprocess.run(
            ["git", "check-attr", "filter", path], cwd=packaged.path, check=True, capture_output=True, text=True
        ).stdout.split()[-1]
        for path in ("manifest.parquet", "images/a.ome.zarr/0/c/0/0/0", "images/a.ome.zarr/zarr.json", "README.md")
    }
    assert list(kept.values()) == ["lfs", "lfs", "unset", "unspecified"], attributes


def test_the_hub_gets_zips_where_files_are_too_many(
    plain: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(huggingface, "MANY_FILES", 20)
    packed = mifakit.open(mifakit.package(plain, "huggingface", tmp_path / "hub").path)
    assert "zips" in (packed.path / "SUBMIT.md").read_text("utf-8")
    assert VALIDATORS["croissant"](packed) == []
    croissant = json.loads((packed.path / "croissant.json").read_bytes())
    patterns = [one for entry in croissant["distribution"] for one in entry.get("includes", ())]
    found = {path.relative_to(packed.path).as_posix() for one in patterns for path in packed.path.glob(one)}
    zips = {path.relative_to(packed.path).as_posix() for path in packed.path.rglob("*.zip")}
    assert zips <= found
    assert all((packed.path / path).is_file() for path in found)
    for before, after in zip(mifakit.open(plain), packed, strict=True):
        assert (packed.path / after.row.image).is_file()
        np.testing.assert_array_equal(np.asarray(after.image), np.asarray(before.image))


def test_what_the_hub_advises(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(huggingface, "MANY_ENTRIES", 2)
    assert fits(["a/1", "a/2", "b/1/x", "b/1/y"])
    assert not fits(["a/1", "a/2", "a/3"])
    assert not fits(["a/1/x", "a/2/x", "a/3/x"])
    monkeypatch.setattr(huggingface, "MANY_FILES", 3)
    assert not fits(["a/1", "a/2", "b/1", "b/2"])


def test_bioimageio_gets_the_description_with_what_it_names(plain: Path, tmp_path: Path) -> None:
    packaged = mifakit.package(plain, "bioimageio", tmp_path / "description")
    with zipfile.ZipFile(packaged.path / "my-data.zip") as archive:
        archive.extractall(tmp_path / "unpacked")
        assert "bioimageio.yaml" in archive.namelist()
    assert tree(tmp_path / "unpacked") == tree(plain / "records" / "bioimageio")


def test_without_a_description_nothing_goes_to_bioimageio(plain: Path, tmp_path: Path) -> None:
    dataset = shutil.copytree(plain, tmp_path / "my-data")
    shutil.rmtree(dataset / "records" / "bioimageio")
    write_checksums(dataset)
    with pytest.raises(NothingBuiltError) as error:
        mifakit.package(dataset, "bioimageio", tmp_path / "description")
    assert [(one.code, str(one.place)) for one in error.value.findings] == [("MIFA554", "records/bioimageio")]


def test_no_such_destination(plain: Path, tmp_path: Path) -> None:
    with pytest.raises(MifaError, match="MIFA550: 'moon' is not one of bia, bioimageio, huggingface, zenodo"):
        mifakit.package(plain, "moon", tmp_path / "submission")


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 kB"), (1_234_567, "1.2 MB"), (5 * 10**10, "50.0 GB"),
     (2 * 10**15, "2000.0 TB")],
)  # fmt: skip
def test_sizes_are_read_easily(count: int, text: str) -> None:
    assert size(count) == text
