"""What is remembered of a folder is true, or forgotten."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from mifakit.readers.folder_memory import FolderMemory

NAMES = ("0", "1")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with one member that has a document, none of which changed lately."""
    (tmp_path / "member").mkdir()
    (tmp_path / "member" / "names.json").write_text("{}")
    for path in (tmp_path / "member" / "names.json", tmp_path / "member", tmp_path):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    return tmp_path


@pytest.fixture
def memory(folder: Path) -> FolderMemory:
    memory = FolderMemory(("names.json",))
    memory.keep(folder, NAMES, [folder, folder / "member", folder / "absent"])
    return memory


def test_what_did_not_change_is_remembered(memory: FolderMemory, folder: Path) -> None:
    assert memory.recall(folder) == NAMES
    assert memory.recall(folder / "member") is None


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "member" / "names.json").write_text("[]"),
        lambda folder: (folder / "member" / "names.json").unlink(),
        lambda folder: (folder / "names.json").write_text("{}"),
        lambda folder: (folder / "member" / "another").mkdir(),
        lambda folder: (folder / "member").rename(folder / "other"),
        lambda folder: (folder / "absent").mkdir(),
    ],
    ids=["edited", "gone", "new", "member", "renamed", "absent"],
)
def test_what_changed_is_forgotten(memory: FolderMemory, folder: Path, change: Callable[[Path], object]) -> None:
    change(folder)
    assert memory.recall(folder) is None


def test_what_changed_lately_is_not_remembered(folder: Path) -> None:
    """It could change again without a new time."""
    memory = FolderMemory(("names.json",))
    (folder / "member" / "names.json").write_text("[]")
    memory.keep(folder, NAMES, [folder, folder / "member"])
    assert memory.recall(folder) is None
