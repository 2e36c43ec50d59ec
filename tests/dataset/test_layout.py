"""Where things lie: no two of them in one place."""

from __future__ import annotations

from mifakit.dataset import layout


def test_places() -> None:
    assert layout.image_path("a.1") == "images/a.1.ome.zarr"
    assert layout.field_path("plate 1", "AB", 3, 2) == "images/plate_1.ome.zarr/AB/3/2"
    assert layout.label_path("images/a.ome.zarr", "nuclei") == "images/a.ome.zarr/labels/nuclei"
    for image in ("images/a.ome.zarr", "images/a.ome.zarr/AB/3/2"):
        assert layout.store_path(image) == "images/a.ome.zarr"
    assert layout.preview_path("a") == "previews/a.jpg"
    assert layout.preview_path("a", "nuclei") == "previews/nuclei/a.jpg"


def test_previews_of_two_samples_are_never_one() -> None:
    samples, sets = ["a", "a--nuclei", "nuclei", "nuclei-a", "a-nuclei"], [None, "nuclei", "a", "a--nuclei"]
    places = {layout.preview_path(sample, name) for sample in samples for name in sets}
    assert len(places) == len(samples) * len(sets)
