"""STAR: particles in micrographs; the same that starfile reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import starfile
from tests.annotations.layers import read_with_findings

from mifakit.annotations.base import Annotation, Grid, NamedImage, Options
from mifakit.annotations.formats.star import Star
from mifakit.annotations.model import Points
from mifakit.errors import MifaError
from mifakit.sources.star_text import read_star
from mifakit.testing.annotations import AnnotationContract, check_annotation

# As RELION 3.1 and later write particles.star
PARTICLES = """
# version 30001

data_optics

loop_
_rlnOpticsGroupName #1
_rlnOpticsGroup #2
_rlnMicrographOriginalPixelSize #3
_rlnVoltage #4
_rlnImagePixelSize #5
opticsGroup1            1     0.885000   300.000000     3.540000
opticsGroup2            2     1.100000   300.000000     1.100000


# version 30001

data_particles

loop_
_rlnCoordinateX #1
_rlnCoordinateY #2
_rlnClassNumber #3
_rlnAnglePsi #4
_rlnImageName #5
_rlnMicrographName #6
_rlnOpticsGroup #7
 1614.217657  2582.691468            1   -999.00000 000001@Extract/job012/a.mrcs MotionCorr/job002/a.mrc            1
    0.000000     1.500000            2     12.50000 000002@Extract/job012/a.mrcs MotionCorr/job002/a.mrc            2
  100.000000   200.000000            1      0.00000 000001@Extract/job012/b.mrcs MotionCorr/job002/b.mrc            1

"""
# As pickers write a file a micrograph, of before RELION 3.1: one block without a name.
PICKED = "\ndata_\n\nloop_\n_rlnCoordinateX #1\n_rlnCoordinateY #2\n_rlnCoordinateZ #3\n10 20 5\n11.5 21.25 6\n"
PLANE = Grid({"y": 4000, "x": 4000})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.star"


def read(path: Path, text: str, index: int = 0, **said: Any) -> tuple[Points, Annotation]:
    path.write_text(text)
    annotation = read_with_findings(Star().open(path, Options(**said)), index, PLANE)
    check_annotation(annotation)
    (points,) = annotation.layers
    assert isinstance(points, Points)
    return points, annotation


class TestContract(AnnotationContract):
    @pytest.fixture
    def annotation_format(self) -> Star:
        return Star()

    @pytest.fixture
    def annotation_file(self, path: Path) -> Path:
        path.write_text(PARTICLES)
        return path


def test_particles_of_several_micrographs(path: Path) -> None:
    path.write_text(PARTICLES)
    file = Star().open(path, Options())
    assert file.images == (NamedImage("MotionCorr/job002/a.mrc"), NamedImage("MotionCorr/job002/b.mrc"))
    points, annotation = read(path, PARTICLES)
    assert annotation.findings == ()
    np.testing.assert_allclose(points.xy, [[1614.717657, 2583.191468], [0.5, 2]])
    assert points.objects.name == ["1", "2"]
    properties = points.objects.properties
    assert list(properties["rlnAnglePsi"]) == [-999, 12.5]
    assert list(properties["rlnImagePixelSize"]) == [3.54, 1.1]
    assert list(properties["rlnMicrographOriginalPixelSize"]) == [0.885, 1.1]
    assert "rlnVoltage" not in properties
    points, _ = read(path, PARTICLES, 1)
    assert points.xy.tolist() == [[100.5, 200.5]]


def test_one_block_of_one_tomogram(path: Path) -> None:
    points, _ = read(path, PICKED)
    assert points.xy.tolist() == [[10.5, 20.5], [12, 21.75]]
    assert points.objects.z is not None
    assert points.objects.z.tolist() == [5, 6]
    assert Star().open(path, Options()).images == (NamedImage(),)


@pytest.mark.parametrize(("first", "expected"), [(None, [10.5, 20.5]), (0, [10.5, 20.5]), (1, [9.5, 19.5])])
def test_the_sheet_may_know_better(path: Path, first: int | None, expected: list[float]) -> None:
    points, _ = read(path, PICKED, first_pixel=first, columns={"class": "rlnCoordinateZ"}, classes={5: "ribosome"})
    assert points.xy[0].tolist() == expected
    assert points.objects.name == ["ribosome", "6"]


def test_tomograms_have_names_of_their_own(path: Path) -> None:
    text = "data_particles\nloop_\n_rlnTomoName\n_rlnCoordinateX\n_rlnCoordinateY\nTS_01 1 2\nTS_02 3 4\n"
    path.write_text(text)
    assert [image.name for image in Star().open(path, Options()).images] == ["TS_01", "TS_02"]


def test_quotes_comments_and_tabs(path: Path) -> None:
    text = (
        "data_particles # the only one\n\nloop_\n_rlnCoordinateX\n_rlnCoordinateY #2\n_rlnMicrographName\n"
        "1\t2\t'my first.mrc' # good\n#9 9 gone.mrc\n\n3 4 \"it's #2.mrc\"\n5 6 a#1.mrc\n"
    )
    path.write_text(text)
    file = Star().open(path, Options())
    assert [image.name for image in file.images] == ["my first.mrc", "it's #2.mrc", "a#1.mrc"]
    assert file.read(0, PLANE).findings == ()


def test_rows_of_another_length_and_bad_numbers(path: Path) -> None:
    points, annotation = read(path, PICKED + "1 2\n1 2 3 4\nx 1 1\n<NA> 1 1\n")
    assert len(points) == 2
    assert [finding.code for finding in annotation.findings] == ["MIFA359", "MIFA361"]


def test_several_blocks_of_coordinates(path: Path) -> None:
    points, annotation = read(path, PICKED + PARTICLES)
    assert len(points) == 2
    assert "of its 2 blocks with coordinates only the first is read" in annotation.findings[0].message


@pytest.mark.parametrize(
    "text", ["", "x y\n", "data_\n", "data_optics\nloop_\n_rlnOpticsGroup\n1\n", "data_a\n_rlnCoordinateX 5\n"]
)
def test_no_coordinates(path: Path, text: str) -> None:
    path.write_text(text)
    with pytest.raises(MifaError) as caught:
        Star().open(path, Options())
    assert caught.value.code == "MIFA204"


def test_blocks_of_pairs_are_one_row(path: Path) -> None:
    path.write_text("data_general\n\n_rlnTomoSubTomosAre2DStacks   1\n_rlnFinalResolution 3.2\n" + PARTICLES)
    blocks, findings = read_star(path)
    assert [(block.name, len(block.names), len(block.rows)) for block in blocks] == [
        ("general", 2, 1), ("optics", 5, 2), ("particles", 7, 3),
    ]  # fmt: skip
    assert findings == []


def test_the_same_as_starfile(path: Path, tmp_path: Path) -> None:
    path.write_text(PARTICLES)
    written = tmp_path / "again.star"
    oracle = starfile.read(path, always_dict=True)
    starfile.write(oracle, written)
    for file in (path, written):
        for block in read_star(file)[0]:
            table = oracle[block.name]
            columns = block.columns(file, [])
            assert list(columns.names) == list(table.columns)
            for name in columns.names:
                assert list(columns.plain(name)) == table[name].tolist()
