"""Nothing private leaves unless it is replaced first, and then only in what is sent."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from tests.conversion.samples import tree
from typer.testing import CliRunner

import mifakit
from mifakit.api import NothingBuiltError
from mifakit.checks.checksums import check_checksums
from mifakit.checks.privacy import check_privacy
from mifakit.cli.app import app
from mifakit.dataset.checksums import write_checksums
from mifakit.dataset.manifest import read_manifest, write_manifest

SECRETS = ("ada@uni.edu", "/home/ada", "C:\\\\Users", "SN-12")


@pytest.fixture
def leaky(plain: Path, tmp_path: Path) -> Path:
    """A dataset that says more than it should: in its sheet, its manifest, a table and a Zarr."""
    dataset = shutil.copytree(plain, tmp_path / "my-data")
    sheet = dataset / "mifa.yaml"
    text = sheet.read_text("utf-8")
    assert text.count("EXAMPLE DATA") == 1
    sheet.write_text(text.replace("EXAMPLE DATA", "See /home/ada/x. EXAMPLE DATA"), encoding="utf-8")
    rows, sets = read_manifest(dataset)
    object.__setattr__(rows[0], "instrument", "Scope of ada@uni.edu")
    write_manifest(dataset, rows, sets)
    group = dataset / "images" / "stack.ome.zarr" / "zarr.json"
    said = json.loads(group.read_text("utf-8"))
    said["attributes"]["source"] = {"SerialNumber": "SN-12"}
    group.write_text(json.dumps(said), encoding="utf-8")
    mifakit.describe(dataset)
    write_checksums(dataset)
    return dataset


def test_nothing_is_packaged_as_long_as_something_is_private(leaky: Path, tmp_path: Path) -> None:
    with pytest.raises(NothingBuiltError) as error:
        mifakit.package(leaky, "bia", tmp_path / "submission")
    codes = {finding.code for finding in error.value.findings}
    assert codes == {"MIFA560", "MIFA561", "MIFA562"}
    assert all(finding.is_error for finding in error.value.findings)
    assert not any(finding.is_error for finding in check_privacy(mifakit.open(leaky)))
    run = CliRunner().invoke(app, ["package", str(leaky), "--for", "bia", "-o", str(tmp_path / "submission")])
    assert isinstance(run.exception, NothingBuiltError)
    assert [path.name for path in tmp_path.iterdir()] == ["my-data"]


def test_what_is_private_is_replaced_in_the_copies_alone(leaky: Path, tmp_path: Path) -> None:
    before = tree(leaky)
    packaged = mifakit.package(leaky, "bia", tmp_path / "submission", scrub=True)
    assert tree(leaky) == before
    told = {str(finding.place): finding.message for finding in packaged.findings}
    assert told["manifest.parquet"] == "1 private things replaced"
    assert {"mifa.yaml", "manifest.csv", "images/stack.ome.zarr/zarr.json"} <= told.keys()
    words = [path.read_bytes() for path in packaged.path.rglob("*") if path.is_file() and path.suffix != ".zip"]
    for path in packaged.path.rglob("*.zip"):
        with zipfile.ZipFile(path) as archive:
            words += [archive.read(name) for name in archive.namelist()]
    assert not [secret for secret in SECRETS if any(secret.encode() in text for text in words)]
    clean = mifakit.open(packaged.path)
    assert list(check_privacy(clean)) == list(check_checksums(clean)) == []
    assert clean["plane"].row.instrument == "Scope of removed"
    assert "See /home/removed/x." in str(clean.sheet.study.description)
    assert pq.read_schema(packaged.path / "manifest.parquet") == pq.read_schema(leaky / "manifest.parquet")
    np.testing.assert_array_equal(np.asarray(clean["stack"].image), np.asarray(mifakit.open(leaky)["stack"].image))
    crate = json.loads((packaged.path / "ro-crate-metadata.json").read_text("utf-8"))
    assert "removed" in json.dumps(crate)


def test_a_whole_dataset_is_valid_after_it(leaky: Path, tmp_path: Path) -> None:
    hub = mifakit.package(leaky, "huggingface", tmp_path / "hub", scrub=True).path
    assert [finding for finding in mifakit.validate(hub) if finding.is_error] == []


def test_scrubbing_what_is_clean_changes_nothing(plain: Path, tmp_path: Path) -> None:
    one, other = (mifakit.package(plain, "bia", tmp_path / str(scrub), scrub=scrub).path for scrub in (True, False))
    assert tree(one) == tree(other)
