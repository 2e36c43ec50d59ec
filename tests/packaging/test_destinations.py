"""What Zenodo, the Hugging Face Hub and bioimage.io are sent; and destinations that are not there."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from pathlib import Path

import numpy as np
import pytest
from tests.conversion.samples import tree

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
    assert names == ["README.md", "SUBMIT.md", "checksums.txt", "my-data.zip"]
    assert packaged.findings == ()
    with zipfile.ZipFile(packaged.path / "my-data.zip") as archive:
        archive.extractall(tmp_path / "unpacked")
    assert tree(tmp_path / "unpacked" / "my-data") == tree(plain)
    subprocess.run(["sha256sum", "--strict", "-c", "checksums.txt"], cwd=packaged.path, check=True, capture_output=True)
    assert tree(mifakit.package(plain, "zenodo", tmp_path / "again").path) == tree(packaged.path)


def test_the_deposit_goes_beside_the_zip(plain: Path, tmp_path: Path) -> None:
    dataset = shutil.copytree(plain, tmp_path / "my-data")
    (dataset / "records" / "zenodo.json").write_text('{"metadata": {}}')
    write_checksums(dataset)
    packaged = mifakit.package(dataset, "zenodo", tmp_path / "deposit")
    assert (packaged.path / "records" / "zenodo.json").read_text() == '{"metadata": {}}'
    assert "from `records/zenodo.json`" in (packaged.path / "SUBMIT.md").read_text("utf-8")


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
    dataset = shutil.copytree(plain, tmp_path / "my-data")
    with pytest.raises(NothingBuiltError) as error:
        shutil.rmtree(dataset / "records" / "bioimageio", ignore_errors=True)
        mifakit.package(dataset, "bioimageio", tmp_path / "description")
    assert [(one.code, str(one.place)) for one in error.value.findings] == [("MIFA554", "records/bioimageio")]
    (dataset / "records" / "bioimageio").mkdir()
    (dataset / "records" / "bioimageio" / "bioimageio.yaml").write_text("type: dataset\n")
    write_checksums(dataset)
    packaged = mifakit.package(dataset, "bioimageio", tmp_path / "description")
    with zipfile.ZipFile(packaged.path / "my-data.zip") as archive:
        assert archive.namelist() == ["bioimageio.yaml"]
        assert archive.read("bioimageio.yaml") == b"type: dataset\n"


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
