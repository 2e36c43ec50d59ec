"""Real files of microscopes, from lab folder to dataset: every image in them a sample, pixels as others read them.

Values were read by hand: of the LIF from its XML, of the HDF5 with h5dump.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import tifffile

import mifakit
from mifakit.example_lab.example import filled_sheet
from mifakit.metadata.annotation_sets import AnnotationSet
from mifakit.metadata.image_sets import ImageSet
from mifakit.sheet.template import render_sheet


def write_sheet(folder: Path, lab: Path, images: ImageSet, annotations: AnnotationSet | None = None) -> Path:
    about = filled_sheet()
    first = about.images[0].model_copy(update={"files": images.files, "scenes": images.scenes, "axes": images.axes})
    about.lab_folder, about.images, about.splits = str(lab), [first], None
    if annotations:
        update = {"name": annotations.name, "files": annotations.files, "scenes": annotations.scenes}
        about.annotations = [about.annotations[0].model_copy(update=update)]
    else:
        about.annotations = []
    (folder / "mifa.yaml").write_text(render_sheet(about), encoding="utf-8")
    return folder / "mifa.yaml"


def errors(findings: object) -> list[object]:
    return [finding for finding in findings if finding.is_error]  # type: ignore[attr-defined]


def test_an_ovule_and_its_cells_from_one_hdf5_file(real_data: Callable[[str], Path], tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    lab = real_data("plantseg_ovule")
    sheet = write_sheet(
        tmp_path,
        lab,
        ImageSet(files=["sample_{name}.h5"], scenes=["raw"]),
        AnnotationSet(name="cells", files=["sample_{name}.h5"], scenes=["label"]),
    )
    built = mifakit.build(sheet, tmp_path / "dataset")
    assert not errors(built.findings)
    (sample,) = mifakit.open(built.path)
    with h5py.File(lab / "sample_ovule.h5") as file:
        np.testing.assert_array_equal(np.asarray(sample.image)[0], file["raw"][()])
        np.testing.assert_array_equal(np.asarray(sample.labels["cells"]), file["label"][()])
        z, y, x = (float(size) for size in file["raw"].attrs["element_size_um"])
    assert sample.id == "sample_ovule__raw"
    assert (sample.row.pixel_size_z, sample.row.pixel_size_y, sample.row.pixel_size_x) == pytest.approx((z, y, x))
    assert (sample.row.source, sample.row.scene) == ("sample_ovule.h5", "raw")
    assert not errors(mifakit.validate(built.path))


@pytest.mark.parametrize(
    ("folder", "file", "library"),
    [("lif", "xz-example.lif", "liffile"), ("nd2", "cluster.nd2", "nd2"), ("czi", "*.czi", "pylibCZIrw")],
)
def test_files_of_vendors_are_scanned_built_and_valid(
    real_data: Callable[[str], Path], tmp_path: Path, folder: str, file: str, library: str
) -> None:
    lab = real_data(folder)
    pytest.importorskip(library)
    sheet = write_sheet(tmp_path, lab, ImageSet(files=[file.replace("*", "{name}")]))
    built = mifakit.build(sheet, tmp_path / "dataset")
    assert not errors(built.findings)
    assert built.samples >= 1
    assert not built.left_out
    assert not errors(mifakit.validate(built.path))


def test_a_leica_file_agrees_with_what_leica_exported(real_data: Callable[[str], Path], tmp_path: Path) -> None:
    lab = real_data("lif")
    pytest.importorskip("liffile")
    built = mifakit.build(write_sheet(tmp_path, lab, ImageSet(files=["xz-example.lif"])), tmp_path / "dataset")
    first = mifakit.open(built.path)["xz-example__xzt"]
    assert first.row.axes == "tczyx"
    for name, time, channel in (("c0t0", 0, 0), ("c1t8", 8, 1)):
        exported = tifffile.imread(lab / "expected-outputs" / f"{name}.tif")
        np.testing.assert_array_equal(np.asarray(first.image)[time, channel, :, 0], exported, err_msg=name)
