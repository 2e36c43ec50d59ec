"""Files of a series, built: one sample, every pixel in its place, each source file vouched for."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
import tifffile

import mifakit
from mifakit.api import NothingBuiltError
from mifakit.example_lab.example import filled_sheet
from mifakit.sheet.template import render_sheet

PIXELS = np.random.default_rng(8).integers(0, 4000, (2, 3, 2, 40, 60), np.uint16)
"""Position, t, c, y, x."""


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    (tmp_path / "lab").mkdir()
    for p, t, c in np.ndindex(2, 3, 2):
        tifffile.imwrite(tmp_path / f"lab/pos{p}_t{t:03d}_{('DAPI', 'GFP')[c]}.tif", PIXELS[p, t, c], metadata=None)
        tifffile.imwrite(tmp_path / f"lab/pos{p}_t{t:03d}_mask.tif", (PIXELS[p, t, 0] > 2000).astype("u1") * (t + 1))
    about = filled_sheet()
    about.images[0].files, about.images[0].series = ["pos{p}_t{t:03d}_{c}.tif"], "tc"
    about.annotations[0].files, about.annotations[0].series = ["pos{p}_t{t:03d}_mask.tif"], "t"
    about.splits = None
    (tmp_path / "mifa.yaml").write_text(render_sheet(about), encoding="utf-8")
    return tmp_path / "mifa.yaml"


def test_a_series_is_one_sample_with_its_labels(sheet: Path) -> None:
    built = mifakit.build(sheet, sheet.parent / "dataset")
    assert not [finding for finding in built.findings if finding.is_error]
    dataset = mifakit.open(built.path)
    assert [sample.id for sample in dataset] == ["pos0", "pos1"]
    for p, sample in enumerate(dataset):
        np.testing.assert_array_equal(np.asarray(sample.image), PIXELS[p])
        (labels,) = sample.labels.values()
        expected = (PIXELS[p, :, 0] > 2000) * np.arange(1, 4).reshape(3, 1, 1)
        np.testing.assert_array_equal(np.asarray(labels), expected)
        row = sample.row
        assert (row.axes, row.channels) == ("tcyx", ("DAPI", "GFP"))
        files = [row.source, *row.source_files]
        assert files == [f"pos{p}_t{t:03d}_{c}.tif" for t in range(3) for c in ("DAPI", "GFP")]
        lines = [f"{hashlib.sha256((sheet.parent / 'lab' / f).read_bytes()).hexdigest()}  {f}\n" for f in sorted(files)]
        assert row.source_sha256 == hashlib.sha256("".join(lines).encode()).hexdigest()
    assert not [finding for finding in mifakit.validate(built.path) if finding.is_error]


def test_a_gap_leaves_its_series_out_and_says_so(sheet: Path) -> None:
    (sheet.parent / "lab" / "pos1_t001_GFP.tif").unlink()
    built = mifakit.build(sheet, sheet.parent / "dataset")
    assert built.samples == 1
    assert built.left_out == ("pos1_t000_DAPI.tif",)
    assert [(one.code, one.message) for one in built.findings if one.is_error] == [
        ("MIFA221", "its series has no file for t = 001, c = GFP")
    ]


def test_a_damaged_file_leaves_its_series_out(sheet: Path) -> None:
    for p in range(2):
        path = sheet.parent / "lab" / f"pos{p}_t002_GFP.tif"
        path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(NothingBuiltError) as error:
        mifakit.build(sheet, sheet.parent / "dataset")
    found = sorted((one.code, str(one.place)) for one in error.value.findings if one.is_error)
    assert set(found) == {("MIFA203", "pos0_t002_GFP.tif"), ("MIFA203", "pos1_t002_GFP.tif")}
