"""Each choice under `storage:` gives a whole dataset: one that `validate` passes, with the pixels of the lab."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile
import zarr
from tests.conversion.samples import noise, write_lab

import mifakit
from mifakit.conversion.resources import Resources
from mifakit.metadata.conversion_choices import ChunkSize, StorageChoice

CHOICES = {
    "0.4": StorageChoice(ngff="0.4"),
    "0.4, small chunks": StorageChoice(ngff="0.4", codec="none", chunk=ChunkSize(z=2, y=64, x=128)),
    "0.5, stride": StorageChoice(codec="lz4", level=9, labels="stride", chunk=ChunkSize(y=2048, x=32)),
    "none": StorageChoice(codec="none"),
}


@pytest.mark.parametrize("choice", CHOICES.values(), ids=CHOICES)
def test_a_dataset_of_each_storage(tmp_path: Path, choice: StorageChoice) -> None:
    sheet = write_lab(tmp_path, choice, stack=noise(3, 300, 520), plane=noise(300, 40))
    built = mifakit.build(sheet, tmp_path / "out", resources=Resources(workers=1))
    assert built.complete
    assert [one for one in mifakit.validate(built.path) if one.is_error] == []
    for sample in mifakit.open(built.path):
        source, mask = (tifffile.imread(tmp_path / "lab" / kind / f"{sample.id}.tif") for kind in ("images", "masks"))
        np.testing.assert_array_equal(np.asarray(sample.image).reshape(source.shape), source)
        image = built.path / "images" / f"{sample.id}.ome.zarr"
        fine, coarse = (zarr.open_array(image / "labels" / "nuclei" / level, mode="r") for level in "01")
        np.testing.assert_array_equal(fine[...], mask)
        assert fine.metadata.zarr_format == (2 if choice.ngff == "0.4" else 3)
        if choice.labels == "stride":
            np.testing.assert_array_equal(coarse[...], mask[..., ::2, ::2])
        if choice.chunk and choice.chunk.z and sample.id == "stack":
            assert fine.chunks == (2, 64, 128)
