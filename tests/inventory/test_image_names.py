"""Which image an annotation file means: by what it writes, however the image was called since."""

from __future__ import annotations

import pytest

from mifakit.inventory.image_names import ImageNames

IMAGES = ["images/a.tif", "images/b.ome.tif", "plate1/A01.tif", "plate2/A01.tif", "x y.png", "deep/er/c.png"]


@pytest.fixture
def names() -> ImageNames:
    return ImageNames([(path, path) for path in IMAGES])


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("images/a.tif", "images/a.tif"),
        ("a.tif", "images/a.tif"),
        ("A.TIF", "images/a.tif"),
        ("a.jpg", "images/a.tif"),
        ("b.png", "images/b.ome.tif"),
        (r"C:\Users\me\data\a.tif", "images/a.tif"),
        ("/home/me/old/plate2/A01.tif", "plate2/A01.tif"),
        ("../plate1/A01.tif", "plate1/A01.tif"),
        ("https://example.org/upload/x%20y.png?token=1", "x y.png"),
        ("/data/upload/3/0a1b2c3d-a.tif", "images/a.tif"),
        ("er/c.png", "deep/er/c.png"),
    ],
)
def test_a_name_means_one_image(names: ImageNames, said: str, meant: str) -> None:
    assert names.find(said, "annotations/all.json") == [meant]


def test_what_several_images_are_called_alike_is_none_of_them(names: ImageNames) -> None:
    assert names.find("A01.tif", "annotations/all.json") == ["plate1/A01.tif", "plate2/A01.tif"]


def test_a_name_is_looked_for_beside_the_annotation_first(names: ImageNames) -> None:
    assert names.find("A01.tif", "plate2/all.json") == ["plate2/A01.tif"]


@pytest.mark.parametrize("said", ["d.tif", "", "a.tif/more", "ab.tif"])
def test_other_names_mean_none(names: ImageNames, said: str) -> None:
    assert names.find(said, "annotations/all.json") == []
