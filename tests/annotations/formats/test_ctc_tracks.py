"""Tables of the Cell Tracking Challenge: by hand, against the masks beside a real one, and damaged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import tifffile

from mifakit.annotations.base import Annotation, AnnotationFormat, Grid, NamedImage, Options
from mifakit.annotations.formats import ctc_tracks
from mifakit.annotations.formats.ctc_tracks import CtcTracks
from mifakit.annotations.model import Lineage
from mifakit.annotations.registry import recognise
from mifakit.errors import MifaError
from mifakit.testing.annotations import AnnotationContract

GRID = Grid({"t": 11, "y": 64, "x": 64})
TABLE = ["1 0 4 0", "2 5 9 1", "3 5 7 1"]


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def file(*lines: str, name: str = "man_track.txt") -> Path:
        path = tmp_path / name
        path.write_text("".join(f"{line}\n" for line in lines))
        return path

    return file


def read(path: Path) -> Annotation:
    return CtcTracks().open(path, Options()).read(0, GRID)


def lineage_of(annotation: Annotation) -> Lineage:
    (lineage,) = annotation.layers
    assert isinstance(lineage, Lineage)
    return lineage


class TestContract(AnnotationContract):
    @pytest.fixture
    def annotation_format(self) -> AnnotationFormat:
        return CtcTracks()

    @pytest.fixture
    def annotation_file(self, write: Callable[..., Path]) -> Path:
        return write(*TABLE)


def test_tracks(write: Callable[..., Path]) -> None:
    path = write(*TABLE)
    assert CtcTracks().open(path, Options()).images == (NamedImage(),)
    annotation = read(path)
    lineage = lineage_of(annotation)
    assert not annotation.findings
    assert lineage.labels.tolist() == [1, 2, 3]
    assert lineage.begins.tolist() == [0, 5, 5]
    assert lineage.ends.tolist() == [4, 9, 7]
    assert lineage.parents.tolist() == [0, 1, 1]


@pytest.mark.parametrize(
    ("name", "text", "recognised"),
    [
        ("man_track.txt", "1 0 4 0\n", True),
        ("res_track.txt", "1 0 4 0\r\n\r\n2 5 9 1", True),
        ("Man_Track.TXT", "1 0 4 0\n", True),
        ("man_track.txt", "1 0 4 0\n" * 10_000, True),
        ("a.txt", "1 0 4 0\n", False),
        ("man_track.txt", "", False),
        ("man_track.txt", "L B E P\n1 0 4 0\n", False),
        ("man_track.txt", "1 0 4\n", False),
        ("man_track.txt", "1 0.5 0.5 0.1 0.1\n", False),
    ],
)
def test_recognition(write: Callable[..., Path], name: str, text: str, recognised: bool) -> None:
    path = write(name=name)
    path.write_text(text)
    assert isinstance(recognise(path), CtcTracks) is recognised


def test_a_track_with_gaps_keeps_all_its_lines(write: Callable[..., Path]) -> None:
    annotation = read(write("1 6 6 0", "1 0 0 0", "1 2 3 0", "2 0 3 0", "2 4 9 0"))
    assert lineage_of(annotation).labels.tolist() == [1, 1, 1, 2, 2]
    (finding,) = annotation.findings
    assert (finding.code, finding.message) == (
        "MIFA350",
        "1 track of several lines with frames between that are in none: 1",
    )


def test_a_track_that_is_twice_in_a_frame(write: Callable[..., Path]) -> None:
    annotation = read(write("1 0 4 0", "1 4 6 0"))
    assert len(lineage_of(annotation).labels) == 2
    (finding,) = annotation.findings
    assert (finding.code, finding.message) == ("MIFA347", "1 track of which two lines have the same frames: 1")


def test_parents_that_are_not_there(write: Callable[..., Path]) -> None:
    annotation = read(write("1 0 4 0", "2 5 9 17", "3 5 9 3", "4 5 9 1"))
    assert lineage_of(annotation).parents.tolist() == [0, 0, 0, 1]
    assert [(one.code, one.message) for one in annotation.findings] == [
        ("MIFA359", "1 track whose parent is not there, and is left out: 2"),
        ("MIFA359", "1 track whose parent is itself, and is left out: 3"),
    ]


@pytest.mark.parametrize(
    ("broken", "code", "reason"),
    [
        ("2 9 5 1", "MIFA359", "whose last frame is before its first"),
        ("0 5 9 1", "MIFA359", "whose label is not positive"),
        ("2 -1 9 1", "MIFA359", "with a negative number"),
        ("2 5 9 -1", "MIFA359", "with a negative number"),
        ("2 5 9", "MIFA359", "of more or fewer than 4 numbers"),
        ("2 5 9 1 1", "MIFA359", "of more or fewer than 4 numbers"),
        ("2 5 9.5 1", "MIFA359", "whose last frame is not a whole number"),
        ("2 5 nan 1", "MIFA361", "whose last frame is not a number"),
        ("L B E P", "MIFA361", "whose label is not a number"),
        (f"{10**30} 0 1 0", "MIFA361", "whose label is not a number"),
    ],
)
def test_a_bad_line_is_left_out_and_named(write: Callable[..., Path], broken: str, code: str, reason: str) -> None:
    path = write("1 0 4 0", broken, broken)
    annotation = read(path)
    assert lineage_of(annotation).labels.tolist() == [1]
    (finding,) = annotation.findings
    assert (finding.code, finding.message, str(finding.place)) == (code, f"2 lines {reason}: 2 and 3", str(path))
    with pytest.raises(MifaError, match="MIFA204: is no table of tracks"):
        read(write(broken))


def test_a_table_without_tracks(write: Callable[..., Path]) -> None:
    assert read(write()) == Annotation(())


def test_lines_are_bounded(write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctc_tracks, "MAX_OBJECTS", 2)
    with pytest.raises(MifaError, match="MIFA226"):
        read(write(*TABLE))


def test_a_real_table_against_the_masks_beside_it(real_data: Callable[[str], Path]) -> None:
    """Each label is in just the frames that its lines give; four of them have several lines."""
    folder = real_data("ctc_dreem") / "test_1_GT" / "TRA"
    assert isinstance(recognise(folder / "man_track.txt"), CtcTracks)
    annotation = read(folder / "man_track.txt")
    lineage = lineage_of(annotation)
    assert len(lineage.labels) == 29
    said = {
        (int(label), frame)
        for label, begin, end in zip(lineage.labels, lineage.begins, lineage.ends, strict=True)
        for frame in range(begin, end + 1)
    }
    frames = sorted(folder.glob("*.tif"))
    shown = {(int(one), frame) for frame, path in enumerate(frames) for one in np.unique(tifffile.imread(path)) if one}
    assert said == shown
    assert not lineage.parents.any()
    (finding,) = annotation.findings
    assert finding.message == "4 tracks of several lines with frames between that are in none: 1, 17, 16 and 1 more"
