"""Walking lab folders: order, what is left out, links that lead nowhere or in circles."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mifakit.errors import MifaError
from mifakit.inventory.walk import walk_files

NAMES = st.text("abAB01 ._-é", min_size=1, max_size=4).filter(lambda name: name not in {".", ".."})


def touch(folder: Path, *paths: str) -> None:
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).touch()


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(NAMES, min_size=1, max_size=3).map("/".join), max_size=12, unique=True))
def test_every_visible_file_once_in_a_stable_order(tmp_path_factory: pytest.TempPathFactory, paths: list[str]) -> None:
    folder = tmp_path_factory.mktemp("lab")
    files = [path for path in paths if not any(other != path and other.startswith(f"{path}/") for other in paths)]
    touch(folder, *files)
    found = list(walk_files(folder))
    assert sorted(found) == sorted(path for path in files if not any(part.startswith(".") for part in path.split("/")))
    assert found == list(walk_files(folder))
    # Files of a folder come before those of the folders in it, each in the order of their names.
    keys = [[(depth < path.count("/"), part) for depth, part in enumerate(path.split("/"))] for path in found]
    assert keys == sorted(keys)


def test_hidden_and_system_files_are_left_out(tmp_path: Path) -> None:
    touch(tmp_path, "a.tif", ".DS_Store", ".hidden/a.tif", "Thumbs.db", "x/DESKTOP.INI", "x/._a.tif", "x/b.tif")
    assert list(walk_files(tmp_path)) == ["a.tif", "x/b.tif"]


def test_a_link_to_a_file_is_followed_one_to_a_folder_is_not(tmp_path: Path) -> None:
    touch(tmp_path, "lab/a.tif", "lab/x/b.tif", "elsewhere/c.tif")
    lab = tmp_path / "lab"
    (lab / "c.tif").symlink_to(tmp_path / "elsewhere" / "c.tif")
    (lab / "out").symlink_to(tmp_path / "elsewhere")
    (lab / "x" / "up").symlink_to(lab)
    (lab / "gone.tif").symlink_to(tmp_path / "nothing.tif")
    # A link that leads nowhere is passed on: whoever opens it says what is wrong.
    assert list(walk_files(lab)) == ["a.tif", "c.tif", "gone.tif", "x/b.tif"]


def test_links_in_a_circle_are_passed_on_and_end(tmp_path: Path) -> None:
    touch(tmp_path, "a.tif")
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to("one")
    assert list(walk_files(tmp_path)) == ["a.tif", "one", "two"]


def test_a_folder_that_cannot_be_listed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    touch(tmp_path, "x/a.tif")
    scandir = os.scandir

    def refuse(folder: Path) -> object:
        if Path(folder).name == "x":
            raise PermissionError(13, "Permission denied")
        return scandir(folder)

    monkeypatch.setattr("mifakit.inventory.walk.os.scandir", refuse)
    with pytest.raises(MifaError, match="Permission denied") as error:
        list(walk_files(tmp_path))
    assert error.value.code == "MIFA202"
    assert str(error.value.finding.place) == str(tmp_path / "x")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_other_things_than_files_are_left_out(tmp_path: Path) -> None:
    touch(tmp_path, "a.tif")
    os.mkfifo(tmp_path / "pipe.tif")
    assert list(walk_files(tmp_path)) == ["a.tif"]
