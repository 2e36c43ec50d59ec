"""For each annotation format, the files that prove that it is read: `test_proofs.py` opens them, the docs name them.

A new format gets a line here, of real files below `shared/real-data` where there are any: a file, or a folder of them.
Together they have all kinds that the format claims.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from tests.proofs import Elsewhere, Proof, Real, Written

from mifakit.annotations.base import Options
from mifakit.dataset.graphs import GraphArrays, write_graph
from mifakit.metadata.image_formats import COLOUR_MASK, FILE_PER_OBJECT, LABEL_IMAGE

BY_NAPARI = "the test, word for word as napari does"
BY_HAND = "the test"


def _text(text: str) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.write_text(text, encoding="utf-8")

    return write


def _graph(**places: Sequence[float]) -> Callable[[Path], None]:
    """Return what writes a graph of three nodes."""

    def write(path: Path) -> None:
        ids, edges = np.arange(3, dtype=np.uint64), np.array([[0, 1], [0, 2]], np.uint64)
        columns = {
            axis: np.array(values, float) for axis, values in (places | {"y": [1, 2, 3], "x": [4, 5, 6]}).items()
        }
        write_graph(path, GraphArrays(ids, edges, columns, {}, {}), {}, None)

    return write


def _contract(name: str, by: str = BY_HAND) -> Elsewhere:
    """Return a format's contract, which holds a file that has all of its kinds to them."""
    return Elsewhere(f"tests/annotations/formats/test_{name}.py::TestContract", by)


PROOFS: dict[str, tuple[Proof, ...]] = {
    "Aperio ImageScope": (_contract("aperio"),),
    "CVAT": (_contract("cvat"),),
    "Cell Tracking Challenge": (Real("ctc_dreem/test_1_GT/TRA/man_track.txt"),),
    "Cellpose": (Real("cellpose_seg"),),
    "COCO": (
        Real("coco_embryo/test/_annotations.coco.json"),
        Real("coco_embryo/valid/_annotations.coco.json"),
        _contract("coco", "pycocotools"),
    ),
    "GEFF": (
        Elsewhere("tests/annotations/formats/test_geff.py::test_what_the_geff_library_writes", "geff"),
        Written("lineage.geff", "mifakit", _graph(t=[0, 1, 1])),
        Written("neuron.geff", "mifakit", _graph()),
    ),
    "ImageJ ROIs": (Real("roi_zip"), Real("roi_zip/RoiSet.zip")),
    "Label Studio": (_contract("label_studio"),),
    "LabelMe": (Real("coco_embryo/labelme_from_coco"), _contract("labelme")),
    "OME-XML": (Real("ome_xml/ROI.ome.xml"), Real("ome_xml/shape-union.ome.xml")),
    "Pascal VOC": (Real("voc_bccd/BCCD/Annotations"), _contract("pascal_voc")),
    "QuPath GeoJSON": (Real("qupath/TD_01_verysmall_mIF.geojson"),),
    "STAR": (_contract("star", "starfile"),),
    "SWC": (_contract("swc"),),
    "TrackMate": (Real("laptrack_trackmate/data"), _contract("trackmate")),
    "VIA": (_contract("via"),),
    "YOLO": (Real("coco_embryo/yolo_seg_from_coco"), _contract("yolo")),
    "napari": (
        Written("points.csv", BY_NAPARI, _text("index,axis-0,axis-1,kind\n0.0,1.0,2.0,a\n1.0,3.5,4.0,b\n")),
        Written(
            "shapes.csv",
            BY_NAPARI,
            _text(
                "index,shape-type,vertex-index,axis-0,axis-1\n"
                "0,rectangle,0,2,3\n0,rectangle,1,2,7\n0,rectangle,2,6,7\n0,rectangle,3,6,3\n"
                "1,path,0,0,0\n1,path,1,1,2\n"
            ),
        ),
        Written("tracks.csv", BY_NAPARI, _text("ID,t,y,x\n1,0,2,3\n1,1,2,4\n")),
    ),
    "table": (
        Real("voc_bccd/test.csv"),
        Real("laptrack_trackmate/data/trackmate_tracks_with_splitting_spots.csv"),
        Written("classes.csv", BY_HAND, _text("image,phase\na.tif,mitosis\n")),
        Written("counts.csv", BY_HAND, _text("image,nuclei\na.tif,12\n")),
        Written("graph.csv", BY_HAND, _text("node,from,X,Y\n1,,2,3\n2,1,4,5\n")),
        Written("objects.csv", BY_HAND, _text("label,phase\n1,mitosis\n")),
        Written("tracks.tsv", BY_HAND, _text("track\tframe\tX\tY\n1\t0\t2\t3\n1\t1\t2\t4\n")),
    ),
    LABEL_IMAGE: (
        Real("kromp_nuclear/dataset_singlecellgroundtruth/normal/masks/normal_26singlemask.tif"),
        Real("omnipose_bacteria/masks"),
    ),
    FILE_PER_OBJECT: (Real("dsb2018_per_object/stage1_train"),),
    COLOUR_MASK: (Elsewhere("tests/conversion/test_annotations.py::test_colours_become_classes", "Pillow"),),
}

SAID: dict[str, Options] = {
    "classes.csv": Options(columns={"image": "image", "class": "phase"}),
    "counts.csv": Options(columns={"image": "image", "count": "nuclei"}),
    "graph.csv": Options(columns={"id": "node", "parent": "from", "x": "X", "y": "Y"}),
    "objects.csv": Options(columns={"label": "label", "class": "phase"}),
    "test.csv": Options(
        columns={
            "image": "filename",
            "class": "cell_type",
            "left": "xmin",
            "top": "ymin",
            "right": "xmax",
            "bottom": "ymax",
        }
    ),
    "trackmate_tracks_with_splitting_spots.csv": Options(
        columns={"id": "id", "t": "frame", "x": "position_x", "y": "position_y"}, unit="micrometer"
    ),
    "tracks.tsv": Options(columns={"track": "track", "t": "frame", "x": "X", "y": "Y"}),
}
"""By file name, what the study sheet must say of those that do not speak for themselves: tables."""
