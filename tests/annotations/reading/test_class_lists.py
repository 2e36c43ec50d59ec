"""Lists of classes beside annotations: the nearest counts, and a bad one is said."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mifakit.annotations.reading.class_lists import class_list
from mifakit.errors import MifaError


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    folder = tmp_path / "above" / "data" / "train" / "labels"
    folder.mkdir(parents=True)
    return folder / "a.txt"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("data.yaml", "train: ../images\nnc: 3\nnames: ['cell', \"dead cell\", no]\n"),
        ("data.yaml", "names:\n  0: cell\n  1: dead cell\n  2: no\n"),
        ("dataset.yaml", "names: [cell, dead cell, no]\n"),
        ("classes.txt", "cell\ndead cell\nno\n\n"),
        ("obj.names", "cell\r\ndead cell\r\nno"),
    ],
)
def test_lists(labels: Path, name: str, text: str) -> None:
    (labels.parent / name).write_bytes(text.encode())
    assert class_list(labels) == ({0: "cell", 1: "dead cell", 2: "no"}, name)


def test_the_nearest_counts_up_to_two_folders_above(labels: Path) -> None:
    assert class_list(labels) == ({}, "")
    for level, folder in reversed(list(enumerate((labels.parent, *labels.parents[1:4])))):
        (folder / "classes.txt").write_text(f"class {level}")
        expected = ({}, "") if level == 3 else ({0: f"class {level}"}, "../" * level + "classes.txt")
        assert class_list(labels) == expected


def test_a_list_that_changes_is_read_again(labels: Path) -> None:
    file = labels.parent / "classes.txt"
    file.write_text("a")
    os.utime(file, (1, 1))
    assert class_list(labels)[0] == {0: "a"}
    file.write_text("b")
    assert class_list(labels)[0] == {0: "b"}


def test_a_blank_line_keeps_its_number(labels: Path) -> None:
    (labels.parent / "classes.txt").write_text("a\n\nc\n")
    assert class_list(labels)[0] == {0: "a", 2: "c"}


def test_files_without_names_are_passed_over(labels: Path) -> None:
    (labels.parent / "data.yaml").write_text("train: images\n")
    (labels.parent / "dataset.yaml").write_text("- a\n- b\n")
    (labels.parents[1] / "obj.names").write_text("a")
    assert class_list(labels) == ({0: "a"}, "../obj.names")


@pytest.mark.parametrize(
    "text",
    [
        b"names: [a, '', c]\nnc: 3\n",
        b"names: [a\n",
        b"names: !!python/object/apply:os.system [ls]\n",
        b"a: &a [x, x]\nb: &b [*a, *a]\nnames: *c\n",
        b"\xff\xfe\xff",
        b"names: [\0]",
    ],
)
def test_a_bad_list_is_said(labels: Path, text: bytes) -> None:
    file = labels.parent / "data.yaml"
    file.write_bytes(text)
    with pytest.raises(MifaError, match="MIFA202") as caught:
        class_list(labels)
    assert str(caught.value.finding.place) == str(file)
