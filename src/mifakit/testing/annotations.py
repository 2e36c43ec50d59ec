"""What a format of annotation files promises of every file, as tests to inherit."""

# ruff: noqa: D102, S101 - these are tests: their names say what they hold, and assert is how

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mifakit.annotations.base import Annotation, AnnotationFormat, Grid, Options
from mifakit.annotations.model import (
    Classes,
    Counts,
    Graph,
    Kind,
    Labels,
    Layer,
    Lineage,
    Masks,
    Objects,
    Points,
    Shapes,
    Table,
    kinds_of,
)
from mifakit.errors import MifaError

_CUTS = 60
_FLIPS = 60
_HEAD = 64 * 1024
_OTHER_CONTENT = {
    "html": b"<!DOCTYPE html><html><body>404 Not Found</body></html>",
    "nothing": b"",
    "zeros": bytes(4096),
    "pdf": b"%PDF-1.7\n" + bytes(range(256)) * 4,
    "noise": np.random.default_rng(0).bytes(4096),
    "deep": b"[" * 200_000,
    "other json": b'{"name": "something else", "values": [1, 2, 3]}',
    "other xml": b'<?xml version="1.0"?><other><x y="1"/></other>',
}


class AnnotationContract:
    """What a format of annotation files promises. Override `annotation_format`, `annotation_file`, and what differs."""

    @pytest.fixture
    def annotation_format(self) -> AnnotationFormat:
        """Return the format."""
        raise NotImplementedError("override the fixture `annotation_format`")

    @pytest.fixture
    def annotation_file(self, tmp_path: Path) -> Path:
        """Return a small valid file that has something of all the format's kinds."""
        raise NotImplementedError("override the fixture `annotation_file`")

    @pytest.fixture
    def telling_file(self, annotation_file: Path) -> Path:
        """Return the file that is damaged; of an annotation that is a folder, the one that tells its format."""
        return annotation_file

    @pytest.fixture
    def options(self) -> Options:
        """Return what the study sheet must say for such a file."""
        return Options()

    @pytest.fixture
    def grid(self) -> Grid:
        """Return the image that it lies on."""
        return Grid({"y": 512, "x": 512})

    @pytest.fixture
    def kinds(self, annotation_format: AnnotationFormat) -> frozenset[Kind]:
        """Return what is in such a file; all that the format may have, where one file can have all of it."""
        return annotation_format.kinds

    @pytest.fixture
    def recognisable(self) -> bool:
        """Return whether files show what they are; else the sheet must name the format."""
        return True

    def test_is_a_format(self, annotation_format: AnnotationFormat, annotation_file: Path) -> None:
        assert isinstance(annotation_format, AnnotationFormat)
        assert annotation_format.name and annotation_format.keeps and annotation_format.loses
        assert annotation_format.kinds and all(isinstance(kind, Kind) for kind in annotation_format.kinds)
        assert all("." in suffix and suffix == suffix.lower() for suffix in annotation_format.suffixes)
        assert annotation_file.name.lower().endswith(annotation_format.suffixes)

    def test_it_is_recognised(
        self, annotation_format: AnnotationFormat, annotation_file: Path, recognisable: bool
    ) -> None:
        head = annotation_file.read_bytes()[:_HEAD] if annotation_file.is_file() else b""
        assert annotation_format.recognises(annotation_file, head) == recognisable

    @pytest.mark.parametrize("content", list(_OTHER_CONTENT))
    def test_other_files_are_not(
        self,
        annotation_format: AnnotationFormat,
        annotation_file: Path,
        telling_file: Path,
        options: Options,
        grid: Grid,
        content: str,
    ) -> None:
        telling_file.write_bytes(_OTHER_CONTENT[content])
        head = _OTHER_CONTENT[content][:_HEAD] if annotation_file.is_file() else b""
        assert not annotation_format.recognises(annotation_file, head)
        read_or_refuse(annotation_format, annotation_file, options, grid)

    def test_it_says_what_it_should(
        self,
        annotation_format: AnnotationFormat,
        annotation_file: Path,
        options: Options,
        grid: Grid,
        kinds: frozenset[Kind],
    ) -> None:
        file = annotation_format.open(annotation_file, options)
        assert file.images
        names = [image.name for image in file.images]
        assert len(names) == 1 or all(names)
        assert len(set(names)) == len(names)
        found: set[Kind] = set()
        for index in range(len(file.images)):
            annotation = file.read(index, grid)
            check_annotation(annotation)
            found |= {kind for layer in annotation.layers for kind in kinds_of(layer)}
            assert not set(annotation.findings) & set(file.findings), "what is about the whole file is said once"
        assert found == kinds <= annotation_format.kinds

    def test_twice_is_the_same(
        self,
        annotation_format: AnnotationFormat,
        annotation_file: Path,
        telling_file: Path,
        options: Options,
        grid: Grid,
    ) -> None:
        before = telling_file.read_bytes()
        first, second = (annotation_format.open(annotation_file, options) for _ in range(2))
        assert first.images == second.images
        assert first.findings == second.findings
        for index in range(len(first.images)):
            one, other = first.read(index, grid), second.read(index, grid)
            assert [_plain(layer) for layer in one.layers] == [_plain(layer) for layer in other.layers]
            assert one.findings == other.findings
        assert telling_file.read_bytes() == before, "sources are only read"

    def test_no_image_of_that_number(
        self, annotation_format: AnnotationFormat, annotation_file: Path, options: Options, grid: Grid
    ) -> None:
        file = annotation_format.open(annotation_file, options)
        with pytest.raises(IndexError):
            file.read(len(file.images), grid)

    def test_cut_off(
        self,
        annotation_format: AnnotationFormat,
        annotation_file: Path,
        telling_file: Path,
        options: Options,
        grid: Grid,
    ) -> None:
        """A file that ends early is refused, or is whole in all that it says."""
        whole = telling_file.read_bytes()
        for cut in range(_CUTS):
            telling_file.write_bytes(whole[: len(whole) * cut // _CUTS])
            read_or_refuse(annotation_format, annotation_file, options, grid)

    def test_damaged(
        self,
        annotation_format: AnnotationFormat,
        annotation_file: Path,
        telling_file: Path,
        options: Options,
        grid: Grid,
    ) -> None:
        whole = telling_file.read_bytes()
        dice = random.Random(0)  # noqa: S311
        for _ in range(_FLIPS):
            damaged = bytearray(whole)
            for _ in range(dice.randint(1, 4)):
                damaged[dice.randrange(len(damaged))] = dice.randrange(256)
            telling_file.write_bytes(damaged)
            read_or_refuse(annotation_format, annotation_file, options, grid)


def read_or_refuse(form: AnnotationFormat, path: Path, options: Options, grid: Grid) -> list[Annotation]:
    """Read all of a file, or find that it is refused as a format should: with a `MifaError` that names it."""
    try:
        file = form.open(path, options)
        annotations = [file.read(index, grid) for index in range(len(file.images))]
    except MifaError as error:
        assert error.finding.code.startswith("MIFA2")
        assert error.finding.place is not None
        assert len(error.finding.message) < 1000
        return []
    for annotation in annotations:
        check_annotation(annotation)
    return annotations


def check_annotation(annotation: Annotation) -> None:
    """Assert that what a format gives can be what it says: columns of equal length, offsets in order."""
    for layer in annotation.layers:
        match layer:
            case Shapes():
                _check_starts(layer.offsets, len(layer), len(layer.parts) - 1)
                _check_starts(layer.parts, len(layer.parts) - 1, len(layer.rings) - 1)
                _check_starts(layer.rings, len(layer.rings) - 1, len(layer.vertices))
                assert layer.vertices.dtype == np.float64
                assert layer.vertices.shape == (len(layer.vertices), 2)
                _check_objects(layer.objects, len(layer))
            case Points():
                assert layer.xy.dtype == np.float64
                assert layer.xy.shape == (len(layer), 2)
                _check_objects(layer.objects, len(layer))
            case Masks():
                assert len(layer.owners) == len(layer.rows) == len(layer.starts) == len(layer.stops)
                assert (layer.starts < layer.stops).all()
                assert (np.diff(layer.owners) >= 0).all()
                assert not len(layer.owners) or 0 <= layer.owners[0] <= layer.owners[-1] < layer.objects.count
                _check_objects(layer.objects, layer.objects.count)
            case Labels():
                assert layer.values.dtype.kind in "iu"
                assert layer.values.ndim == len(layer.axes)
                _check_objects(layer.objects, layer.objects.count)
            case Graph():
                assert layer.edges.shape == (len(layer.edges), 2)
                assert not layer.edges.size or 0 <= layer.edges.min() <= layer.edges.max() < len(layer.nodes)
                assert all(len(column) == len(layer.edges) for column in layer.edge_properties.values())
                _check_objects(layer.nodes.objects, len(layer.nodes))
            case Lineage():
                assert len(layer.labels) == len(layer.begins) == len(layer.ends) == len(layer.parents)
            case Counts():
                _check_objects(layer.objects, len(layer.values))
            case Classes() | Table():
                _check_objects(layer.objects, layer.objects.count)


def _check_starts(starts: Any, count: int, total: int) -> None:
    assert len(starts) == count + 1
    assert starts[0] == 0
    assert starts[-1] == total
    assert (np.diff(starts) >= 0).all()


def _check_objects(objects: Objects, count: int) -> None:
    assert objects.count == count
    columns = {name: value for name, value in vars(objects).items() if name not in ("count", "properties")}
    for name, column in {**columns, **objects.properties}.items():
        assert column is None or len(column) == count, name


def _plain(layer: Layer) -> Any:
    """Return a layer in a form that can be compared."""

    def plain(value: Any) -> Any:
        if isinstance(value, np.ndarray):
            return value.dtype.str, value.shape, value.tobytes()
        if hasattr(value, "__dataclass_fields__"):
            return {name: plain(inner) for name, inner in vars(value).items()}
        if isinstance(value, dict):
            return {name: plain(inner) for name, inner in value.items()}
        return repr(value)

    return type(layer).__name__, plain(layer)
