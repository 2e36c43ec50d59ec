"""Opening finished datasets from code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr

from mifakit.dataset.dataset import Dataset, open_dataset
from mifakit.dataset.manifest import write_manifest
from mifakit.dataset.rows import AnnotationRow
from mifakit.errors import MifaError
from mifakit.metadata.mifa import Study
from mifakit.metadata.study_sheet import StudySheet
from mifakit.sheet.template import render_sheet

PIXELS = np.arange(2 * 8 * 6, dtype=np.uint16).reshape(2, 8, 6)
LABELS = (PIXELS[0] % 4).astype(np.uint8)


@pytest.fixture
def dataset(tmp_path: Path, plain_row: Any) -> Dataset:
    for name, array in {"0": PIXELS, "1": PIXELS[:, ::2, ::2], "labels/nuclei/0": LABELS}.items():
        for sample in ("a", "b"):
            path = tmp_path / "images" / f"{sample}.ome.zarr" / name
            zarr.create_array(path, data=np.ascontiguousarray(array), chunks=(1,) * (array.ndim - 2) + (4, 4))
    label = AnnotationRow(("m/a.tif",), "images/a.ome.zarr/labels/nuclei", 3, "uint8", "2" * 64)
    rows = [plain_row("b", split="test"), plain_row("a", split="train", annotations={"nuclei": label})]
    write_manifest(tmp_path, rows, ["nuclei"])
    (tmp_path / "mifa.yaml").write_text(render_sheet(StudySheet(study=Study(title="Nuclei: a test"))), encoding="utf-8")
    return open_dataset(tmp_path)


def test_a_dataset_is_a_sequence_of_samples(dataset: Dataset) -> None:
    assert len(dataset) == 2
    assert [sample.id for sample in dataset] == ["a", "b"]
    assert dataset[0] is dataset["a"]
    assert dataset[-1] is dataset["b"]
    assert dataset.annotation_sets == ("nuclei",)
    with pytest.raises(KeyError):
        dataset["c"]
    with pytest.raises(IndexError):
        dataset[2]


def test_splits(dataset: Dataset) -> None:
    assert [sample.id for sample in dataset.split("train")] == ["a"]
    assert [sample.id for sample in dataset.split("test")] == ["b"]
    assert dataset.split("val") == ()


def test_arrays_are_lazy_and_right(dataset: Dataset) -> None:
    sample = dataset["a"]
    assert sample.image.chunksize == (1, 4, 4)
    np.testing.assert_array_equal(sample.image.compute(), PIXELS)
    np.testing.assert_array_equal(sample.level(1).compute(), PIXELS[:, ::2, ::2])
    assert list(sample.labels) == ["nuclei"]
    np.testing.assert_array_equal(sample.labels["nuclei"].compute(), LABELS)
    assert dataset["b"].labels == {}


def test_the_sheet_and_the_manifest_come_along(dataset: Dataset) -> None:
    assert dataset.sheet.study.title == "Nuclei: a test"
    assert list(dataset.manifest["sample"]) == ["a", "b"]


def test_a_dataset_that_was_moved_still_opens(dataset: Dataset, tmp_path_factory: pytest.TempPathFactory) -> None:
    moved = tmp_path_factory.mktemp("else") / "where"
    dataset.path.rename(moved)
    np.testing.assert_array_equal(open_dataset(str(moved))["a"].image.compute(), PIXELS)


def test_what_is_no_dataset(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path, code in [(tmp_path / "none", "MIFA001"), (tmp_path / "file", "MIFA008"), (tmp_path, "MIFA400")]:
        with pytest.raises(MifaError) as error:
            open_dataset(path)
        assert error.value.code == code
