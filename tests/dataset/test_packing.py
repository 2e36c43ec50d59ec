"""What is sent is called so that everybody finds it again."""

from __future__ import annotations

import pytest

from mifakit.dataset.packing import packed_path


@pytest.mark.parametrize(
    ("path", "packed"),
    [
        ("images/a.ome.zarr", "images/a.ome.zarr.zip"),
        ("images/a.ome.zarr/labels/nuclei", "annotations/nuclei/a.ome.zarr.zip"),
        ("images/p.ome.zarr/B/3/0/labels/nuclei", "annotations/nuclei/p_B_3_0.ome.zarr.zip"),
        ("annotations/cells/graphs/a.geff", "annotations/cells/graphs/a.geff.zip"),
        ("annotations/cells/points.parquet", "annotations/cells/points.parquet"),
        ("manifest.csv", "manifest.csv"),
    ],
)
def test_the_name_under_which_it_is_sent(path: str, packed: str) -> None:
    assert packed_path(path) == packed
