"""Small sheets and facts: what was said, and what there is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from mifakit.checks.facts import Facts, Picture, SetContents
from mifakit.findings import Finding
from mifakit.metadata.study_sheet import StudySheet
from mifakit.sheet.reading import Sheet

Rule = Callable[[Sheet, Facts], Iterator[Finding]]


def sheet_of(said: Mapping[str, Any]) -> Sheet:
    """Return a sheet that says this, with one image set and one annotation set if it names none."""
    model = StudySheet.model_validate({"images": [{"name": "set"}], "annotations": [{"name": "nuclei"}], **said})
    return Sheet(Path("mifa.yaml"), "", model, {})


def pictures(count: int, annotated: int = 0, component: int = 0, **facts: Any) -> tuple[Picture, ...]:
    """Return images of which the first ones are annotated; c, z and t are lengths."""
    lengths = {axis: facts.pop(axis, 1) for axis in "tcz"} | {"y": 64, "x": 64}
    return tuple(
        Picture(
            f"{component}_{index}.tif",
            component,
            lengths,
            annotated_by=frozenset(["nuclei"] if index < annotated else []),
            **facts,
        )
        for index in range(count)
    )


def found(rule: Rule, said: Mapping[str, Any], there: tuple[Picture, ...], **facts: Any) -> list[tuple[str, str]]:
    """Return code and field of everything that a rule finds."""
    findings = list(rule(sheet_of(said), Facts(there, **facts)))
    return [(one.code, (one.place.item or "") if one.place else "") for one in findings]


def contents(*types: str, **facts: Any) -> dict[str, SetContents]:
    """Return facts of the one annotation set."""
    from mifakit.metadata.vocabularies import AnnotationType

    return {"nuclei": SetContents(tuple(AnnotationType(name) for name in types), **facts)}
