"""What the BioImage Archive is sent: every pixel and every word of the dataset, in files that others open."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
import yaml
import yaozarrs
import zarr
from ome_zarr_models import open_ome_zarr
from tests.conversion.samples import tree
from typer.testing import CliRunner
from zarr.storage import ZipStore

import mifakit
from mifakit.api import NothingBuiltError
from mifakit.checks.biostudies import check_biostudies
from mifakit.checks.consistency import check_consistency
from mifakit.checks.file_list import check_file_list
from mifakit.checks.mifa_documents import check_mifa_documents
from mifakit.checks.ro_crate import check_ro_crate
from mifakit.cli.app import app
from mifakit.dataset.checksums import write_checksums
from mifakit.dataset.manifest import read_manifest, write_manifest
from mifakit.errors import MifaError
from mifakit.packaging.bia import FTP_TOTAL, WEB_FILE, WEB_TOTAL, upload

CHECKS = (check_ro_crate, check_file_list, check_mifa_documents, check_biostudies, check_consistency)


Sent = Callable[[Path], Path]


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Sent:
    """Return a function that packages a dataset, once."""

    @cache
    def package(dataset: Path) -> Path:
        return mifakit.package(dataset, "bia", tmp_path_factory.mktemp("sent") / "submission").path

    return package


def contents(group: Any) -> dict[str, Any]:
    """Return all that zarr-python sees below a group: attributes of groups, pixels and attributes of arrays."""
    found: dict[str, Any] = {"": dict(group.attrs)}
    for name, member in group.members(max_depth=None):
        pixels = member[...] if isinstance(member, zarr.Array) else None
        found[name] = (dict(member.attrs), pixels)
    return found


def assert_same(packed: dict[str, Any], loose: dict[str, Any]) -> None:
    assert packed.keys() == loose.keys()
    for name in packed.keys() - {""}:
        assert packed[name][0] == loose[name][0]
        np.testing.assert_array_equal(packed[name][1], loose[name][1])


def assert_valid(path: Path) -> Any:
    """Return the model by which ome-zarr-models reads a zip; yaozarrs, which reads folders, finds no fault in it."""
    with TemporaryDirectory() as folder, zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
        yaozarrs.validate_zarr_store(folder)
    with ZipStore(path, mode="r") as store:
        return open_ome_zarr(zarr.open_group(store, mode="r"))


def test_each_image_is_a_zip_of_the_same_pixels_without_labels(stacks: Path, sent: Sent) -> None:
    submission = sent(stacks)
    for name in ("stack", "plane"):
        path = submission / "images" / f"{name}.ome.zarr.zip"
        loose = contents(zarr.open_group(stacks / "images" / f"{name}.ome.zarr", mode="r"))
        with ZipStore(path, mode="r") as store:
            packed = contents(zarr.open_group(store, mode="r"))
        assert any(key.startswith("labels") for key in loose)
        without = {key: value for key, value in loose.items() if not key.startswith("labels")}
        assert packed[""] == loose[""]
        assert_same(packed, without)
        assert type(assert_valid(path)).__name__ == "Image"
        assert subprocess.run(["unzip", "-tq", path], check=False, capture_output=True).returncode == 0


def test_each_label_image_is_a_zip_of_the_same_bytes(stacks: Path, sent: Sent) -> None:
    submission = sent(stacks)
    for name in ("stack", "plane"):
        path = submission / "annotations" / "nuclei" / f"{name}.ome.zarr.zip"
        label = stacks / "images" / f"{name}.ome.zarr" / "labels" / "nuclei"
        model = assert_valid(path)
        assert type(model).__name__ == "ImageLabel"
        with ZipStore(path, mode="r") as store:
            packed = contents(zarr.open_group(store, mode="r"))
        loose = contents(zarr.open_group(label, mode="r"))
        assert_same(packed, loose)
        assert packed[""].pop("mifakit") == {"source_image": f"images/{name}.ome.zarr.zip"}
        assert loose[""].get("ome", loose[""])["image-label"].pop("source") == {"image": "../../"}
        assert packed[""] == loose[""]
        with zipfile.ZipFile(path) as archive:
            changed = [one for one in archive.namelist() if archive.read(one) != (label / one).read_bytes()]
            files = {one.relative_to(label).as_posix() for one in label.rglob("*") if one.is_file()}
            assert set(archive.namelist()) == files
        assert changed in (["zarr.json"], [".zattrs"])


def test_a_submission_opens_as_a_dataset(stacks: Path, sent: Sent) -> None:
    loose, packed = mifakit.open(stacks), mifakit.open(sent(stacks))
    for before, after in zip(loose, packed, strict=True):
        np.testing.assert_array_equal(np.asarray(after.image), np.asarray(before.image))
        np.testing.assert_array_equal(np.asarray(after.labels["nuclei"]), np.asarray(before.labels["nuclei"]))
        assert after.table("nuclei", "objects").equals(before.table("nuclei", "objects"))
        assert (packed.path / after.row.store).is_file()
    np.testing.assert_array_equal(np.asarray(packed["stack"].level(1)), np.asarray(loose["stack"].level(1)))


@pytest.mark.parametrize("kind", ["plain", "plate", "tracks"])
def test_the_records_name_the_files_as_they_are_sent(kind: str, request: pytest.FixtureRequest, sent: Sent) -> None:
    submission = sent(request.getfixturevalue(kind))
    dataset = mifakit.open(submission)
    assert [finding for check in CHECKS for finding in check(dataset)] == []
    with (submission / "file_list.tsv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream, dialect="excel-tab"))
    assert all((submission / row["file_path"]).stat().st_size == int(row["size_in_bytes"]) for row in rows)
    listed = {row["file_path"] for row in rows}
    files = {path.relative_to(submission).as_posix() for path in submission.rglob("*") if path.is_file()}
    unlisted = {path for path in files - listed if not path.startswith("records/biostudies/")}
    assert unlisted == {"SUBMIT.md", "checksums.txt", "file_list.tsv", "ro-crate-metadata.json"}
    for path in (submission / "records" / "biostudies").glob("file_list*.tsv"):
        named = [line.split("\t")[0] for line in path.read_text("utf-8").splitlines()[1:]]
        assert named
        assert all((submission / name).is_file() for name in named)
    for path in (submission / "records" / "mifa").glob("annotations-*.yaml"):
        for row in yaml.safe_load(path.read_text("utf-8"))["file_metadata"]:
            assert (submission / row["annotation_id"]).is_file()
            store = row["source_image_id"].split(".zip")[0] + ".zip"
            assert (submission / store).is_file()


def test_a_plate_is_one_zip_and_each_label_image_of_its_fields_another(plate: Path, sent: Sent) -> None:
    submission = sent(plate)
    (packed,) = (submission / "images").iterdir()
    assert type(assert_valid(packed)).__name__ == "HCS"
    with zipfile.ZipFile(packed) as archive:
        names = archive.namelist()
    assert names[0] == "zarr.json"
    assert not any("labels" in name for name in names)
    labels = sorted(path.name for path in (submission / "annotations" / "nuclei").glob("*.zip"))
    stem = packed.name.removesuffix(".ome.zarr.zip")
    assert labels == [f"{stem}_A_1_0.ome.zarr.zip", f"{stem}_B_12_0.ome.zarr.zip"]
    for before, after in zip(mifakit.open(plate), mifakit.open(submission), strict=True):
        np.testing.assert_array_equal(np.asarray(after.image), np.asarray(before.image))
        np.testing.assert_array_equal(np.asarray(after.labels["nuclei"]), np.asarray(before.labels["nuclei"]))


def test_a_graph_is_a_zip_that_leads_to_its_label_image(tracks: Path, sent: Sent) -> None:
    submission = sent(tracks)
    path = submission / "annotations" / "labels" / "graphs" / "movie.geff.zip"
    with ZipStore(path, mode="r") as store:
        packed = contents(zarr.open_group(store, mode="r"))
    loose = contents(zarr.open_group(tracks / "annotations" / "labels" / "graphs" / "movie.geff", mode="r"))
    assert_same(packed, loose)
    (before,), (after,) = (said[""]["geff"]["related_objects"] for said in (loose, packed))
    assert after | {"path": before["path"]} == before
    assert os.path.normpath(path / after["path"]) == str(submission / "annotations" / "labels" / "movie.ome.zarr.zip")


def test_members_are_stored_in_an_order_that_streams(stacks: Path, sent: Sent) -> None:
    """As RFC-9 of NGFF asks: metadata first and by depth, the root's first of all; its comment only where it may be."""
    with zipfile.ZipFile(sent(stacks) / "images" / "stack.ome.zarr.zip") as archive:
        members, comment = archive.infolist(), archive.comment
    names = [member.filename for member in members]
    assert all(member.compress_type == zipfile.ZIP_STORED and not member.extra for member in members)
    assert [member.header_offset for member in members] == sorted(member.header_offset for member in members)
    assert members[0].header_offset == 0
    metadata = [name for name in names if name.rpartition("/")[2].startswith(("zarr.json", ".z"))]
    assert names[: len(metadata)] == metadata
    assert [name.count("/") for name in metadata] == sorted(name.count("/") for name in metadata)
    levels = [int(name.split("/")[0]) for name in names[len(metadata) :]]
    assert len(set(levels)) > 1
    assert levels == sorted(levels, reverse=True)
    if names[0] == "zarr.json":
        assert json.loads(comment) == {"ome": {"version": "0.5", "zipFile": {"centralDirectory": {"jsonFirst": True}}}}
    else:
        assert (names[0], comment) == (".zgroup", b"")


def test_what_is_larger_than_zip_can_hold_is_zip64(
    plain: Path, sent: Sent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four gigabytes are much for a test: the bound is lowered, and others read what comes of it."""
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 1000)
    path = mifakit.package(plain, "bia", tmp_path / "submission").path / "images" / "plane.ome.zarr.zip"
    monkeypatch.undo()
    assert b"PK\x06\x06" in path.read_bytes()
    assert subprocess.run(["unzip", "-tq", path], check=False, capture_output=True).returncode == 0
    assert_valid(path)


def test_the_checksums_are_right(plain: Path, sent: Sent) -> None:
    submission = sent(plain)
    done = subprocess.run(
        ["sha256sum", "--strict", "-c", "checksums.txt"], cwd=submission, capture_output=True, text=True, check=True
    )
    files = {path.relative_to(submission).as_posix() for path in submission.rglob("*") if path.is_file()}
    assert {line.removesuffix(": OK") for line in done.stdout.splitlines()} == files - {"checksums.txt"}


def test_the_same_dataset_gives_the_same_bytes_and_stays_as_it_is(stacks: Path, sent: Sent, tmp_path: Path) -> None:
    before = tree(stacks)
    first = tree(sent(stacks))
    copy = shutil.copytree(stacks, tmp_path / "elsewhere" / stacks.name)
    (copy / "images" / "plane.ome.zarr" / ".DS_Store").write_text("what a system hides there")
    for path in copy.rglob("*"):
        os.utime(path, (1e9, 1e9))
    assert tree(mifakit.package(copy, "bia", tmp_path / "second").path) == first
    assert tree(stacks) == before


def test_a_killed_process_leaves_no_submission_and_the_next_one_is_whole(
    plain: Path, sent: Sent, tmp_path: Path
) -> None:
    command = [str(Path(sys.executable).parent / "mifa"), "package", str(plain), "--for", "bia", "-o", "submission"]
    staged = tmp_path / "submission.partial" / "submission" / "images"
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not staged.is_dir() and process.poll() is None:
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert not (tmp_path / "submission").exists()
    (staged / "stray.zip").write_bytes(b"half a zip")
    whole = mifakit.package(plain, "bia", tmp_path / "submission").path
    assert tree(whole) == tree(sent(plain))
    assert [path.name for path in tmp_path.iterdir()] == ["submission"]


def test_a_damaged_file_is_not_sent(plain: Path, tmp_path: Path) -> None:
    dataset = shutil.copytree(plain, tmp_path / "my-data")
    chunk = next(path for path in sorted((dataset / "images").rglob("0")) if path.is_file())
    data = bytearray(chunk.read_bytes())
    data[len(data) // 2] ^= 1
    chunk.write_bytes(data)
    with pytest.raises(MifaError) as error:
        mifakit.package(dataset, "bia", tmp_path / "submission")
    assert (error.value.code, str(error.value.finding.place)) == ("MIFA406", chunk.relative_to(dataset).as_posix())
    assert [path.name for path in tmp_path.iterdir()] == ["my-data"]


def refused(dataset: Path, tmp_path: Path, **options: Any) -> list[tuple[str, str]]:
    with pytest.raises(NothingBuiltError) as error:
        mifakit.package(dataset, "bia", tmp_path / "submission", **options)
    assert not (tmp_path / "submission").exists()
    return [(finding.code, str(finding.place)) for finding in error.value.findings]


def test_a_missing_record_is_named(plain: Path, tmp_path: Path) -> None:
    dataset = shutil.copytree(plain, tmp_path / "my-data")
    (dataset / "ro-crate-metadata.json").unlink()
    assert refused(dataset, tmp_path) == [
        ("MIFA405", "ro-crate-metadata.json"),
        ("MIFA554", "ro-crate-metadata.json"),
    ]


def test_a_missing_chunk_is_named(plain: Path, tmp_path: Path) -> None:
    dataset = shutil.copytree(plain, tmp_path / "my-data")
    chunk = next(path for path in sorted((dataset / "images").rglob("0")) if path.is_file())
    chunk.unlink()
    assert refused(dataset, tmp_path) == [("MIFA405", chunk.relative_to(dataset).as_posix())]


def test_a_submission_is_not_taken_for_a_dataset(plain: Path, sent: Sent, tmp_path: Path) -> None:
    submission = sent(plain)
    for verb in (mifakit.validate, mifakit.describe, lambda path: mifakit.package(path, "bia", tmp_path / "again")):
        with pytest.raises(MifaError, match="MIFA556"):
            verb(submission)


def test_two_things_of_one_name_are_not_sent(plain: Path, tmp_path: Path) -> None:
    dataset = shutil.copytree(plain, tmp_path / "my-data")
    rows, sets = read_manifest(dataset)
    other = replace(rows[0], sample="other", image="images/PLANE.ome.zarr", annotations={})
    write_manifest(dataset, [*rows, other], sets)
    with pytest.raises(MifaError, match="MIFA551: both would be sent as"):
        mifakit.package(dataset, "bia", tmp_path / "submission")


def test_records_that_break_the_rules_are_not_sent(plain: Path, tmp_path: Path) -> None:
    """A sheet that lost the method of its annotations: no annotation may be without."""
    dataset = shutil.copytree(plain, tmp_path / "my-data")
    sheet = (dataset / "mifa.yaml").read_text("utf-8")
    (dataset / "mifa.yaml").write_text(re.sub(r"^    method: .*$", "    method:", sheet, flags=re.MULTILINE), "utf-8")
    write_checksums(dataset)
    with pytest.raises(MifaError, match="MIFA552"):
        mifakit.package(dataset, "bia", tmp_path / "submission")
    assert [path.name for path in tmp_path.iterdir()] == ["my-data"]


def test_no_licence_no_submission(plain: Path, tmp_path: Path) -> None:
    dataset = shutil.copytree(plain, tmp_path / "my-data")
    sheet = (dataset / "mifa.yaml").read_text("utf-8")
    lines = ["  license:" if line.startswith("  license:") else line for line in sheet.splitlines()]
    (dataset / "mifa.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert refused(dataset, tmp_path) == [("MIFA555", "mifa.yaml (study.license)")]
    with pytest.raises(MifaError, match="MIFA406") as error:  # the records do not say yet what the sheet says now
        mifakit.package(dataset, "huggingface", tmp_path / "hub")
    assert "mifa describe" in (error.value.finding.hint or "")


def test_files_that_nobody_knows_are_neither_sent_nor_left_behind_silently(plain: Path, tmp_path: Path) -> None:
    dataset = shutil.copytree(plain, tmp_path / "my-data")
    inside = next((dataset / "images").glob("*.ome.zarr")) / "notes.txt"  # would go into the zip, unseen
    for notes in (dataset / "images" / "notes.txt", inside):
        notes.write_text("which day?")
        assert refused(dataset, tmp_path) == [("MIFA407", notes.relative_to(dataset).as_posix())]
        notes.unlink()
    (dataset / "images" / "link").symlink_to(dataset / "README.md")
    assert refused(dataset, tmp_path) == [("MIFA405", "images/link")]


@pytest.mark.parametrize(
    ("total", "largest", "way"),
    [
        (WEB_TOTAL - 1, WEB_FILE, "in the browser"),
        (WEB_TOTAL, 1, "by FTP"),
        (WEB_TOTAL - 1, WEB_FILE + 1, "by FTP"),
        (FTP_TOTAL, 1, "by FTP"),
        (FTP_TOTAL + 1, 1, "by Aspera"),
    ],
)
def test_the_route_fits_the_size(total: int, largest: int, way: str) -> None:
    assert f"folder {way}" in upload(total, largest)


def test_the_guide_says_what_is_missing_until_it_is_there(plain: Path, tmp_path: Path) -> None:
    dataset = shutil.copytree(plain, tmp_path / "my-data")
    said = (dataset / "mifa.yaml").read_text("utf-8")
    (dataset / "mifa.yaml").write_text(re.sub("release_date: .*", "release_date:", said), "utf-8")
    mifakit.describe(dataset)
    run = CliRunner().invoke(app, ["package", str(dataset), "--for", "bia", "-o", str(tmp_path / "one")])
    assert run.exit_code == 0
    assert "SUBMIT.md" in run.stderr
    guide = (tmp_path / "one" / "SUBMIT.md").read_text("utf-8")
    missing = guide.partition("## Still missing")[2].partition("##")[0]
    assert "study.release_date is empty" in missing
    assert "S-BIAD" not in missing, "the archive gives it"
    sent = [path for path in (tmp_path / "one").rglob("*") if path.is_file()]
    assert f"Files: {len(sent) - 2:,}, " in guide
    assert "beside this guide and `checksums.txt`" in guide
    assert "at the top of your files" in guide
    assert "`mifa describe --accession S-BIAD1234 my-data`" in guide
    assert re.findall(r"^(\d)\. ", guide, re.MULTILINE) == ["1", "2", "3", "4", "5", "6"]
    (dataset / "mifa.yaml").write_text(said, "utf-8")
    run = CliRunner().invoke(app, ["describe", "--accession", "S-BIAD7", str(dataset)])
    assert run.exit_code == 0, run.output
    crate = json.loads((dataset / "ro-crate-metadata.json").read_text("utf-8"))
    assert {entity["accessionId"] for entity in crate["@graph"] if "accessionId" in entity} == {"S-BIAD7"}
    guide = (mifakit.package(dataset, "bia", tmp_path / "two").path / "SUBMIT.md").read_text("utf-8")
    assert "Still missing" not in guide
    assert "S-BIAD7" in guide
    run = CliRunner().invoke(app, ["describe", "--accession", "soon", str(dataset)])
    assert run.exit_code == 1
