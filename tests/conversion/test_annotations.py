"""From annotation files to the dataset: pairing, tables, label images, graphs, and what is wrong with some of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pytest
import tifffile
from PIL import Image
from tests.conversion.samples import noise, tree

import mifakit
from mifakit.conversion.resources import Resources
from mifakit.dataset.graphs import read_graph
from mifakit.example_lab.example import filled_sheet
from mifakit.metadata.annotation_sets import AnnotationSet
from mifakit.metadata.image_sets import PixelSize
from mifakit.sheet.template import render_sheet

SQUARE = [2, 2, 6, 2, 6, 6, 2, 6]
WITHIN = [3, 3, 5, 3, 5, 5, 3, 5]


def coco(images: dict[str, list[list[float]]], **more: Any) -> dict[str, Any]:
    numbers = {name: number for number, name in enumerate(images, start=1)}
    outlines = [(numbers[name], outline) for name, found in images.items() for outline in found]
    return {
        "images": [{"id": number, "file_name": name, "width": 50, "height": 40} for name, number in numbers.items()],
        "annotations": [
            {"id": 10 + number, "image_id": image, "category_id": 1, "segmentation": [outline]}
            for number, (image, outline) in enumerate(outlines)
        ],
        "categories": [{"id": 1, "name": "cell"}],
        **more,
    }


class Lab:
    """A lab folder of small images, and its study sheet with one annotation set."""

    def __init__(self, home: Path) -> None:
        self.home, self.folder = home, home / "lab"
        (self.folder / "images").mkdir(parents=True)

    def images(self, *names: str, shape: tuple[int, ...] = (40, 50)) -> Lab:
        axes = {"axes": "TYX"} if len(shape) == 3 else {}
        for name in names:
            tifffile.imwrite(self.folder / "images" / f"{name}.tif", noise(*shape), imagej=True, metadata=axes)
        return self

    def write(self, name: str, content: Any) -> Lab:
        text = content if isinstance(content, str) else json.dumps(content)
        (self.folder / name).write_text(text, encoding="utf-8")
        return self

    def build(self, *files: str, **said: Any) -> mifakit.api.Built:
        sheet = filled_sheet()
        sheet.study.description = "Images of cells and of what was drawn on them, to train and test segmentation."
        sheet.acquisitions[0].parameters, sheet.annotations[0].coverage = "20x/0.75 air", "As far as files go."
        images = sheet.images[0]
        images.files, images.pixel_size = ["images/{name}.tif"], PixelSize(x=0.5, y=0.25)
        images.channels = []
        annotations = AnnotationSet(**{**dict(sheet.annotations[0]), "files": list(files), "name": "cells", **said})
        sheet.annotations = [annotations]
        (self.home / "mifa.yaml").write_text(render_sheet(sheet), encoding="utf-8")
        return mifakit.build(self.home / "mifa.yaml", self.home / "dataset", resources=Resources(workers=1))


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    return Lab(tmp_path)


def codes(findings: Any) -> list[str]:
    return [finding.code for finding in findings]


def errors(folder: Path) -> list[str]:
    return [str(finding) for finding in mifakit.validate(folder) if finding.is_error]


def test_one_file_about_all_images(lab: Lab) -> None:
    lab.images("a", "b", "c").write("all.json", coco({"a.tif": [SQUARE, WITHIN], "data\\b.jpg": [SQUARE], "c.tif": []}))
    before = tree(lab.folder)
    built = lab.build("all.json", types=["geometrical_annotations"])
    assert tree(lab.folder) == before
    assert built.complete
    dataset = mifakit.open(built.path)
    rows = {sample.id: sample.row.annotations["cells"] for sample in dataset}
    assert {name: row.shapes for name, row in rows.items()} == {"a": 2, "b": 1, "c": None}
    assert rows["b"].sources == ("all.json [data\\b.jpg]",)
    assert {row.label for row in rows.values()} == {None}
    shapes = geopandas.read_parquet(built.path / "annotations" / "cells" / "shapes.parquet")
    assert shapes.crs is None
    assert shapes["sample"].tolist() == ["a", "a", "b"]
    assert shapes["source_id"].tolist() == ["10", "11", "12"]
    assert shapes["class"].unique().tolist() == ["cell"]
    assert shapes.area.tolist() == [16, 4, 16]
    assert errors(built.path) == []


@pytest.mark.parametrize(
    ("rule", "first", "second"),
    [
        ("order", {1: 12, 2: 4}, None),
        ("area", {1: 12, 2: 4}, None),
        ("layers", {1: 16}, {2: 4}),
    ],
)
def test_outlines_become_label_images_by_a_rule(
    lab: Lab, rule: str, first: dict[int, int], second: dict[int, int] | None
) -> None:
    lab.images("a").write("all.json", coco({"a.tif": [SQUARE, WITHIN]}))
    built = lab.build("all.json", rasterise=rule)
    assert codes(built.findings) == ["MIFA307"]
    sample = mifakit.open(built.path)["a"]
    row = sample.row.annotations["cells"]
    assert (row.objects, row.shapes) == (2, 2)
    labels = [np.asarray(mifakit.dataset.dataset.lazy_array(built.path / path / "0")) for path in row.label_images]
    counts = [
        dict(zip(*(column.tolist() for column in np.unique(one[one > 0], return_counts=True)), strict=True))
        for one in labels
    ]
    assert counts == [first] + ([second] if second else [])
    table = sample.table("cells", "objects")
    assert table["id"].tolist() == [1, 2]
    assert table["source_id"].tolist() == ["10", "11"]
    assert table["class"].tolist() == ["cell", "cell"]
    assert table["label_image"].nunique() == len(labels)
    assert errors(built.path) == []


def test_the_smaller_outline_is_on_top_by_area(lab: Lab) -> None:
    lab.images("a").write("all.json", coco({"a.tif": [WITHIN, SQUARE]}))
    sample = mifakit.open(lab.build("all.json", rasterise="area").path)["a"]
    assert np.unique(np.asarray(sample.labels["cells"]), return_counts=True)[1].tolist() == [1984, 4, 12]


def test_what_was_measured_of_objects(lab: Lab) -> None:
    lab.images("a").write("all.json", coco({"a.tif": [SQUARE]}))
    (row,) = mifakit.open(lab.build("all.json", rasterise="order").path).table("cells", "objects").to_dict("records")
    assert (row["area"], row["area_um"]) == (16, 2.0)
    assert [row[name] for name in ("x_min", "x_max", "y_min", "y_max", "z_min", "z_max")] == [2, 6, 2, 6, 0, 1]
    assert [row[name] for name in ("centroid_x", "centroid_y", "centroid_x_um", "centroid_y_um")] == [4, 4, 2, 1]
    assert row["pieces"] == 1


def test_points_classes_and_counts_of_tables(lab: Lab) -> None:
    lab.images("a", "b").write("p.csv", "img,X,Y,kind\na.tif,1.5,2,spot\nb.tif,0.5,1,spot\na.tif,3,4,blob\n")
    columns = {"image": "img", "x": "X", "y": "Y", "class": "kind"}
    built = lab.build("p.csv", format="table", columns=columns, unit="micrometer", types=["point_annotations"])
    assert built.complete, built.findings
    points = mifakit.open(built.path).table("cells", "points")
    assert points[["sample", "id", "x", "y", "class"]].to_numpy().tolist() == [
        ["a", 1, 3.0, 8.0, "spot"],
        ["a", 2, 6.0, 16.0, "blob"],
        ["b", 1, 1.0, 4.0, "spot"],
    ]
    assert errors(built.path) == []


def test_counts(lab: Lab) -> None:
    lab.images("a", "b").write("n.csv", "image,cells\na.tif,12\nb.tif,0\n")
    built = lab.build("n.csv", format="table", columns={"image": "image", "count": "cells"}, types=["counts"])
    assert built.complete, built.findings
    counts = mifakit.open(built.path).table("cells", "counts")
    assert counts[["sample", "count"]].to_numpy().tolist() == [["a", 12], ["b", 0]]
    assert [codes([finding]) for finding in mifakit.validate(built.path) if finding.code == "MIFA358"] == []


def test_a_masks_table_says_more_of_its_objects(lab: Lab) -> None:
    labels = np.zeros((40, 50), np.uint8)
    labels[:4, :4], labels[10:14, :4], labels[20:24, :4] = 3, 5, 7
    lab.images("a").write("a.csv", "nucleus,stage,score\n5,late,0.5\n3,early,0.25\n9,late,1\n")
    tifffile.imwrite(lab.folder / "a_mask.tif", labels)
    columns = {"label": "nucleus", "class": "stage"}
    built = lab.build("{name}_mask.tif", "{name}.csv", columns=columns, types=["segmentation_mask"])
    assert built.complete, built.findings
    assert sorted(codes(built.findings)) == ["MIFA355", "MIFA356"]
    table = mifakit.open(built.path).table("cells", "objects")
    assert table["id"].tolist() == [3, 5, 7]
    assert table["class"].dropna().tolist() == ["early", "late"]
    np.testing.assert_array_equal(table["property:score"], [0.25, 0.5, np.nan])
    assert errors(built.path) == []


def test_images_that_are_not_here_are_counted(lab: Lab) -> None:
    lab.images("a").write("all.json", coco({"a.tif": [SQUARE], "x.tif": [SQUARE], "y.tif": [SQUARE]}))
    built = lab.build("all.json")
    (finding,) = [one for one in built.findings if one.code == "MIFA228"]
    assert finding.message == "2 of 3 images: x.tif, y.tif"
    assert built.samples == 1


def test_what_is_about_a_whole_file_is_said_once(lab: Lab) -> None:
    content = coco({"a.tif": [SQUARE], "b.tif": [SQUARE]})
    content["annotations"].append({"id": 99, "image_id": 7, "bbox": [1, 2, 3, 4]})
    built = lab.images("a", "b").write("all.json", content).build("all.json")
    assert built.complete
    (finding,) = [one for one in built.findings if one.code == "MIFA359"]
    assert (finding.place and finding.place.path, finding.message) == (
        "all.json",
        "1 annotation whose image_id is not that of one image in the file: 99",
    )


@pytest.mark.parametrize("form", ["YOLO", None])
@pytest.mark.parametrize(("file", "pattern"), [("a.txt", "{name}.txt"), ("labels/a.txt", "**/{name}.txt")])
def test_a_list_of_classes_is_no_annotation(lab: Lab, form: str | None, file: str, pattern: str) -> None:
    (lab.folder / file).parent.mkdir(exist_ok=True)
    lab.images("a").write(file, "1 0.5 0.5 0.2 0.2\n").write("classes.txt", "cell\ndebris\n")
    built = lab.build(pattern, format=form, types=["geometrical_annotations"])
    assert built.complete, built.findings
    assert built.findings == ()
    shapes = geopandas.read_parquet(built.path / "annotations" / "cells" / "shapes.parquet")
    assert shapes["class"].tolist() == ["debris"]


def test_a_file_that_names_another_image_than_its_own_name_does(lab: Lab) -> None:
    lab.images("a", "b").write("a.json", coco({"b.tif": [SQUARE]})).write("b.json", coco({"b.tif": [SQUARE]}))
    with pytest.raises(mifakit.MifaError) as error:
        lab.build("{name}.json")
    assert "MIFA229" in codes(error.value.findings)  # type: ignore[attr-defined]


def test_a_name_that_nothing_has_gives_way_to_the_pattern(lab: Lab) -> None:
    lab.images("a").write("a.json", coco({"old name.tif": [SQUARE]}))
    assert lab.build("{name}.json").complete


def test_a_file_that_cannot_be_read_leaves_its_image_out(lab: Lab) -> None:
    lab.images("a", "b").write("a.json", coco({"a.tif": [SQUARE]})).write("b.json", '{"images": [')
    built = lab.build("{name}.json", format="COCO")
    assert (built.samples, built.left_out) == (1, ("images/b.tif",))
    assert codes(one for one in built.findings if one.is_error) == ["MIFA202"]


def test_a_file_that_does_not_show_what_it_is(lab: Lab) -> None:
    lab.images("a").write("a.json", {"something": "else"})
    built = lab.build("a.json")
    (finding,) = [one for one in built.findings if one.is_error]
    assert (finding.code, finding.place and finding.place.path) == ("MIFA227", "a.json")
    assert "format" in str(finding.hint)


def test_the_same_bytes_by_one_worker_or_two_and_again(lab: Lab, tmp_path: Path) -> None:
    lab.images("a", "b").write("all.json", coco({"a.tif": [SQUARE, WITHIN], "b.tif": [SQUARE]}))
    first = tree(lab.build("all.json", rasterise="layers").path)
    again = mifakit.build(lab.home / "mifa.yaml", tmp_path / "again", resources=Resources(workers=2))
    assert tree(again.path) == first
    assert not list(tmp_path.glob("*.partial"))


def test_the_same_annotation_on_two_images(lab: Lab) -> None:
    many = [[x, y, x + 3, y, x, y + 3] for x in (0, 10, 20) for y in (0, 10)]
    lab.images("a", "b", "c").write("all.json", coco({"a.tif": many, "b.tif": many, "c.tif": many[1:]}))
    (finding,) = lab.build("all.json").findings
    assert (finding.code, finding.message) == ("MIFA348", "set cells: the same as images/b.tif")
    assert str(finding.place) == "images/a.tif"


def test_what_is_nowhere_is_left_out_and_told(lab: Lab) -> None:
    lab.images("a").write("all.json", coco({"a.tif": [SQUARE, [900, 900, 910, 900, 910, 910], [2, 2, 6, 6, 4, 4]]}))
    built = lab.build("all.json")
    assert sorted(codes(built.findings)) == ["MIFA340", "MIFA341"]
    assert built.complete


def test_names_of_classes_that_are_nearly_one(lab: Lab) -> None:
    said = coco({"a.tif": [SQUARE, WITHIN]}, categories=[{"id": 1, "name": "Cell"}, {"id": 2, "name": "cells "}])
    said["annotations"][1]["category_id"] = 2
    lab.images("a").write("all.json", said)
    found = mifakit.validate(lab.build("all.json", types=["geometrical_annotations"]).path)
    assert [one.code for one in found if one.code in ("MIFA349", "MIFA358")] == ["MIFA349"]


def test_another_type_than_the_files_hold(lab: Lab) -> None:
    lab.images("a").write("all.json", coco({"a.tif": [SQUARE]}))
    found = mifakit.validate(lab.build("all.json", types=["tracks", "point_annotations"]).path)
    assert [one.message.partition("set cells ")[2] for one in found if one.code == "MIFA358"] == [
        "holds geometrical_annotations, which is not stated",
        "is stated to hold tracks, and holds none",
        "is stated to hold point_annotations, and holds none",
    ]


def test_colours_become_classes(lab: Lab) -> None:
    colours = np.zeros((40, 50, 3), np.uint8)
    colours[:4, :5], colours[10:, 20:] = (255, 0, 0), (0, 0, 255)
    lab.images("a")
    Image.fromarray(colours).save(lab.folder / "a_classes.png")
    legend = {"#0000ff": "stroma", "#ff0000": "tumour", "#000000": "background"}
    built = lab.build("{name}_classes.png", format="colour mask", legend=legend)
    assert built.complete, built.findings
    (sample,) = mifakit.open(built.path)
    labels = np.asarray(sample.labels["cells"])
    assert labels[[0, 10, 0], [0, 20, 49]].tolist() == [2, 1, 0]
    table = sample.table("cells", "objects")
    assert table[["id", "class", "area"]].to_numpy().tolist() == [[1, "stroma", 900], [2, "tumour", 20]]


@pytest.mark.parametrize(("classes", "noticed"), [({}, ["MIFA354", "MIFA357"]), ({1: "cell", 2: "glass"}, [])])
def test_values_that_are_classes_lie_here_and_there(lab: Lab, classes: dict[int, str], noticed: list[str]) -> None:
    mask = np.full((40, 50), 2, np.uint8)
    mask[2:6, 2:6] = mask[20:30, 20:30] = 1
    (lab.folder / "masks").mkdir()
    tifffile.imwrite(lab.folder / "masks" / "a.tif", mask)
    built = lab.images("a").build("masks/{name}.tif", classes=classes)
    assert codes(built.findings) == noticed


def test_a_movie_of_masks_and_its_table_of_tracks(lab: Lab) -> None:
    lab.images("a", shape=(3, 40, 50))
    for t, labels in enumerate(([1], [2, 3], [3])):
        frame = np.zeros((40, 50), np.uint16)
        for label in labels:
            frame[:4, 10 * label : 10 * label + 4] = label
        tifffile.imwrite(lab.folder / f"a_mask{t}.tif", frame)
    lab.write("man_track.txt", "1 0 0 0\n2 1 2 1\n3 1 2 1\n")
    built = lab.build("a_mask{t}.tif", "man_track.txt", series="t", types=["segmentation_mask", "tracks"])
    assert built.complete, built.findings
    (gap,) = built.findings
    assert (gap.code, gap.message) == ("MIFA350", "1 of 3 tracks have frames without their label: 2")
    row = mifakit.open(built.path)["a"].row.annotations["cells"]
    assert row.objects == 3
    graph = read_graph(built.path / str(row.graph))
    assert (graph.nodes, graph.edges, graph.lost_edges, graph.over_time) == (4, 3, 0, True)
    assert errors(built.path) == []
