"""What every destination is sent of a dataset: whole, green, and the same pixels, tables and graphs."""

from __future__ import annotations

import gc
import shutil
import subprocess
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import zarr
from pandas.testing import assert_frame_equal
from tests.conversion.samples import tree
from tests.records.validators import VALIDATORS

import mifakit
from mifakit.dataset.dataset import Dataset

SENT_TO_BIA = ("biostudies", "dataset_card", "mifa_documents", "ro_crate")
GUIDES = {"SUBMIT.md", "checksums.txt"}


def assert_sent(dataset: Dataset, home: Path) -> None:
    """Assert that what each destination is sent is the dataset, and green where it goes."""
    sent = {name: _packaged(dataset, name, home) for name in ("bia", "bioimageio", "huggingface", "zenodo")}
    _assert_archive_takes(sent["bia"], dataset)
    _assert_hub_takes(sent["huggingface"], dataset)
    assert tree(_unpacked(sent["zenodo"], home / "unpacked") / dataset.path.name) == tree(dataset.path)
    _assert_described(sent["bioimageio"], dataset, home / "description")


def _packaged(dataset: Dataset, destination: str, home: Path) -> Path:
    """Return a package whose checksums sha256sum finds right, and whose guide has steps."""
    packaged = mifakit.package(dataset.path, destination, home / destination)
    assert packaged.findings == ()
    subprocess.run(["sha256sum", "--strict", "--quiet", "-c", "checksums.txt"], cwd=packaged.path, check=True)
    assert "\n1. " in (packaged.path / "SUBMIT.md").read_text("utf-8")
    return packaged.path


def _assert_archive_takes(folder: Path, dataset: Dataset) -> None:
    sent = mifakit.open(folder)
    assert {name: found for name in SENT_TO_BIA if (found := VALIDATORS[name](sent))} == {}
    assert not [path for path in folder.rglob("*.zarr") if path.is_dir()], "a folder, where files are sent"
    _assert_same(sent, dataset)


def _assert_hub_takes(folder: Path, dataset: Dataset) -> None:
    sent = mifakit.open(folder)
    assert {name: found for name, validator in VALIDATORS.items() if (found := validator(sent))} == {}
    before, after = tree(dataset.path), tree(folder)
    assert {path: after.get(path) for path in before if path not in GUIDES} == {
        path: digest for path, digest in before.items() if path not in GUIDES
    }


def _assert_described(folder: Path, dataset: Dataset, unpacked: Path) -> None:
    """bioimage.io's own library loads the zip, which is the record and nothing else."""
    assert tree(_unpacked(folder, unpacked)) == tree(dataset.path / "records" / "bioimageio")
    (path,) = folder.glob("*.zip")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # bioimageio.spec leaves the files open that it looks into
        from bioimageio.spec import ValidationContext, load_description

        with ValidationContext(perform_io_checks=False, log_warnings=False):
            assert load_description(path).validation_summary.status == "valid-format"
        gc.collect()


def _unpacked(folder: Path, target: Path) -> Path:
    (path,) = folder.glob("*.zip")
    shutil.unpack_archive(path, target)
    return target


def _assert_same(sent: Dataset, dataset: Dataset) -> None:
    assert [sample.id for sample in sent] == [sample.id for sample in dataset]
    for after, before in zip(sent, dataset, strict=True):
        np.testing.assert_array_equal(np.asarray(after.image), np.asarray(before.image), err_msg=before.id)
        assert after.labels.keys() == before.labels.keys()
        for name, pixels in before.labels.items():
            np.testing.assert_array_equal(np.asarray(after.labels[name]), np.asarray(pixels), err_msg=before.id)
        for name, row in before.row.annotations.items():
            for kind in row.tables:
                assert_frame_equal(after.table(name, kind), before.table(name, kind))
            if row.graph:
                _assert_same_graph(sent.path / str(after.row.annotations[name].graph), dataset.path / row.graph)


def _assert_same_graph(sent: Path, graph: Path) -> None:
    loose = _arrays(zarr.open_group(graph, mode="r"))
    with zarr.storage.ZipStore(sent, mode="r") as store:
        packed = _arrays(zarr.open_group(store, mode="r"))
    assert packed.keys() == loose.keys() != set()
    for name, values in loose.items():
        np.testing.assert_array_equal(packed[name], values, err_msg=name)


def _arrays(group: Any) -> dict[str, Any]:
    return {name: one[...] for name, one in group.members(max_depth=None) if isinstance(one, zarr.Array)}
