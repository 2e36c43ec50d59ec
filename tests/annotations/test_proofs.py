"""Every annotation format opens, and gives all kinds that it claims: shown on the files of `proofs.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.annotations.proofs import PROOFS, SAID
from tests.conftest import REPOSITORY
from tests.proofs import Elsewhere, Real, provide

from mifakit.annotations.base import AnnotationFormat, Grid, Options
from mifakit.annotations.formats.table import Table as TableFormat
from mifakit.annotations.model import Graph, Kind, Labels, Layer, kinds_of
from mifakit.annotations.raster.label_file import read_label_file
from mifakit.annotations.raster.object_files import read_object_files
from mifakit.annotations.registry import GROUP, recognise
from mifakit.findings import Place
from mifakit.metadata.image_formats import FILE_PER_OBJECT, IMAGE_FORMATS, LABEL_IMAGE
from mifakit.plugins import find_plugins
from mifakit.readers.base import Spacing
from mifakit.readers.registry import open_image
from mifakit.testing import check_annotation

FORMATS: dict[str, AnnotationFormat] = {
    plugin.loaded.name: plugin.loaded
    for plugin in find_plugins(GROUP, protocol=AnnotationFormat)
    if plugin.distribution == "mifakit"
}
MICROMETRE = Spacing(1, "micrometer")
GRID = Grid({"t": 300, "y": 2048, "x": 2048}, {"x": MICROMETRE, "y": MICROMETRE})
"""Large enough for all."""


def files_of(form: AnnotationFormat, path: Path) -> list[Path]:
    """Return the annotation files at a path: those in a folder that look like the format's, unless folders are."""
    if not path.is_dir() or form.reads_folders:
        return [path]
    return sorted(file for file in path.iterdir() if file.name.lower().endswith(form.suffixes) and is_no_image(file))


def is_no_image(path: Path) -> bool:
    return path.suffix not in (".tif", ".tiff") and path.name != "SOURCE.txt"


def read(form: AnnotationFormat, path: Path) -> Iterator[Layer]:
    """Yield all layers of a file."""
    file = form.open(path, SAID.get(path.name, Options()))
    for index in range(len(file.images)):
        annotation = file.read(index, GRID)
        check_annotation(annotation)
        yield from annotation.layers


def count(layer: Layer) -> int:
    match layer:
        case Graph():
            return len(layer.nodes)
        case Labels():
            return len(np.unique(layer.values[layer.values > 0]))
        case _:
            return layer.objects.count  # type: ignore[union-attr]


def test_every_format_has_a_proof() -> None:
    assert set(PROOFS) == {*FORMATS, *IMAGE_FORMATS}, "give the format a line in tests/annotations/proofs.py"


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_gives_all_kinds_that_it_claims(name: str, tmp_path: Path, real_file: Callable[[str], Path]) -> None:
    form = FORMATS[name]
    found: set[Kind] = set()
    for proof in PROOFS[name]:
        if isinstance(proof, Elsewhere) and proof.test.endswith("::TestContract"):
            text = (REPOSITORY / proof.test.partition("::")[0]).read_text(encoding="utf-8")
            assert "def kinds(" not in text, "its contract is about files of some kinds only: write them"
            found |= form.kinds
        path = provide(proof, tmp_path, real_file)
        for file in files_of(form, path) if path else ():
            shown = recognise(file)
            assert (shown and shown.name) == (None if isinstance(form, TableFormat) else name), file
            for layer in read(form, file):
                found |= kinds_of(layer)
    assert found == form.kinds


COUNTS = [
    ("COCO", "coco_embryo/test/_annotations.coco.json", 180),
    ("COCO", "coco_embryo/valid/_annotations.coco.json", 145),
    ("Cellpose", "cellpose_seg", 27 + 23 + 23 + 11),
    ("ImageJ ROIs", "roi_zip/RoiSet.zip", 1747),
    ("LabelMe", "coco_embryo/labelme_from_coco", 180),
    ("OME-XML", "ome_xml/ROI.ome.xml", 7),
    ("Pascal VOC", "voc_bccd/BCCD/Annotations", 1059),
    ("QuPath GeoJSON", "qupath/TD_01_verysmall_mIF.geojson", 6 + 3),
    ("TrackMate", "laptrack_trackmate/data", 4 * 134 + 183),
    ("YOLO", "coco_embryo/yolo_seg_from_coco", 180),
    ("table", "laptrack_trackmate/data/trackmate_tracks_with_splitting_spots.csv", 134),
    ("table", "voc_bccd/test.csv", 361 + 4155 + 372),
]
"""Read by hand: shapes, lines, elements, files in the archive."""


@pytest.mark.parametrize(("name", "path", "expected"), COUNTS, ids=[path for _, path, _ in COUNTS])
def test_real_files_have_as_many_objects_as_one_counts(
    name: str, path: str, expected: int, real_file: Callable[[str], Path]
) -> None:
    form = FORMATS[name]
    layers = (layer for file in files_of(form, real_file(path)) for layer in read(form, file))
    assert sum(map(count, layers)) == expected


@pytest.mark.parametrize("proof", PROOFS[LABEL_IMAGE], ids=str)
def test_label_images_are_read(proof: Real, real_file: Callable[[str], Path]) -> None:
    path = real_file(proof.path)
    for file in sorted(path.iterdir()) if path.is_dir() else [path]:
        with open_image(file) as image:
            assert read_label_file(image, image.facts, Place(file.name)).ids.size > 1


def test_one_file_an_object(real_file: Callable[[str], Path]) -> None:
    """`tests/real` builds all of them, and finds as many objects as there are files."""
    (proof,) = PROOFS[FILE_PER_OBJECT]
    folder = real_file(str(proof).strip("`"))
    assert len(list(folder.glob("*/masks/*.png"))) == 1105
    files = [(file.name, file) for file in sorted(folder.glob("00071198d059*/masks/*.png"))]
    with open_image(files[0][1]) as first:
        assert read_object_files(files, first.facts, open_image).ids.tolist() == list(range(1, 28))


def test_colour_masks_are_built(tmp_path: Path, real_file: Callable[[str], Path]) -> None:
    for proof in PROOFS["colour mask"]:
        assert provide(proof, tmp_path, real_file) is None
