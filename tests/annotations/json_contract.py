"""What formats in JSON promise besides: whatever value stands where, a file is read or refused."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mifakit.annotations.base import AnnotationFormat, Grid, Options
from mifakit.testing.annotations import AnnotationContract, read_or_refuse

_VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 3, 2.5, 1e300, 10**25, float("nan"), "", "x", "NaN", "1", "/home/jo/x", "jo@example.org",
    [], {}, [None], [[]], [1, 2], [[1, 2], [3, 4], [5, 6]], ["a", 1, None], {"a": {"b": [1]}}, {"name": [1]},
    [{"name": "a", "value": 1}, 3], {"names": 3}, "[" * 50,
)  # fmt: skip


class JsonContract(AnnotationContract):
    """The contract of formats in JSON."""

    def test_values_of_any_shape(
        self, annotation_format: AnnotationFormat, annotation_file: Path, options: Options, grid: Grid
    ) -> None:
        content = json.loads(annotation_file.read_text(encoding="utf-8"))
        dice = random.Random(0)
        for container, key in list(_places(content)):
            for value in dice.sample(_VALUES, 3):
                before = container[key]
                container[key] = copy.deepcopy(value)
                annotation_file.write_text(json.dumps(content), encoding="utf-8")
                read_or_refuse(annotation_format, annotation_file, options, grid)
                container[key] = before

    def test_missing_values(
        self, annotation_format: AnnotationFormat, annotation_file: Path, options: Options, grid: Grid
    ) -> None:
        content = json.loads(annotation_file.read_text(encoding="utf-8"))
        for container, key in list(_places(content)):
            before = copy.deepcopy(container)
            del container[key]
            annotation_file.write_text(json.dumps(content), encoding="utf-8")
            read_or_refuse(annotation_format, annotation_file, options, grid)
            container.clear()
            (container.extend if isinstance(container, list) else container.update)(before)


def _places(content: Any) -> Iterator[tuple[Any, Any]]:
    """Yield containers and keys in them, of everything that stands in a document; of long lists the beginning."""
    if isinstance(content, dict | list):
        keys = list(content) if isinstance(content, dict) else range(min(len(content), 4))
        for key in keys:
            yield content, key
            yield from _places(content[key])
