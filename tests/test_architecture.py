"""Imports go downwards only, as docs/architecture.md draws them."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "mifakit"
# What stands outside the layers: it names the package, or is for the tests of others.
OUTSIDE = {"__init__", "__main__", "_version", "testing"}


def _layers() -> dict[str, int]:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    block = re.search(r"```layers\n(.*?)```", text, re.DOTALL)
    assert block, "docs/architecture.md has no layers block"
    lines = block[1].strip().splitlines()
    return {room: len(lines) - number for number, line in enumerate(lines) for room in line.split()}


LAYERS = _layers()


def _room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def _imports(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: relative import"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        yield from ((node.lineno, name) for name in names if name.startswith("mifakit."))


def test_the_drawing_names_every_room() -> None:
    rooms = {_room(path) for path in PACKAGE.rglob("*.py")} - OUTSIDE
    assert rooms == set(LAYERS)


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_downwards(path: Path) -> None:
    here = _room(path)
    if here in OUTSIDE:
        return
    for line, name in _imports(path):
        there = name.split(".")[1]
        if there in (here, "_version"):
            continue
        assert there in LAYERS, f"{path}:{line} imports {name}, which is in no layer"
        assert LAYERS[there] < LAYERS[here], f"{path}:{line} {here} imports {there}, which is beside or above it"


@pytest.mark.parametrize(
    ("room", "above"),
    [
        ("inspection", {"formats", "reading"}),
        ("reading", {"formats", "inspection"}),
        ("raster", {"formats", "reading", "inspection"}),
        ("*", {"formats", "reading", "inspection", "raster"}),
    ],
)
def test_imports_within_annotations_go_downwards(room: str, above: set[str]) -> None:
    folder = PACKAGE / "annotations"
    paths = list(folder.glob("*.py") if room == "*" else (folder / room).rglob("*.py"))
    assert paths
    for path in paths:
        for line, name in _imports(path):
            there = name.removeprefix("mifakit.annotations.").partition(".")[0]
            assert there not in above, f"{path}:{line} imports {name}, which is above it"


def test_verbs_do_not_import_each_other_in_circles() -> None:
    paths = set((PACKAGE / "api").glob("*.py")) - {PACKAGE / "api" / "__init__.py"}
    modules = {f"mifakit.api.{path.stem}": path for path in paths}
    needs = {
        module: {name.rpartition(".")[0] for _, name in _imports(path)} & modules.keys()
        for module, path in modules.items()
    }
    assert any(needs.values())
    TopologicalSorter(needs).prepare()  # a CycleError names the circle


@pytest.mark.parametrize(
    "group",
    [
        "mifakit.readers",
        "mifakit.annotations",
        "mifakit.records",
        "mifakit.exports",
        "mifakit.packages",
        "mifakit.checks",
    ],
)
def test_plugins_are_leaves(group: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    modules = {value.partition(":")[0] for value in project["entry-points"][group].values()}
    assert modules
    for module in modules:
        path = ROOT / "src" / Path(*module.split(".")).with_suffix(".py")
        for line, name in _imports(path):
            imported = {name, name.rpartition(".")[0]} & modules
            assert not imported - {module}, f"{path}:{line} a plugin imports the plugin {imported}"
