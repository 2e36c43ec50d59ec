"""Study sheets as hypothesis makes them: every field, with texts that YAML takes amiss."""

from __future__ import annotations

import types
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

import pytest
from hypothesis import strategies as st

from mifakit.metadata.fields import SheetModel, is_empty
from mifakit.metadata.study_sheet import StudySheet
from mifakit.sheet.reading import Sheet, read_sheet

AWKWARD = [
    "null", "Null", "NULL", "~", "no", "No", "yes", "on", "true", "False", "1.10", "007", "0x1F", "1e3", ".5", "-1",
    "+1", "12:30", "1_000", "2026-03-31", "2026-03-31T12:00:00Z", "a: b", "a:b", "a :b", "key:", ": x", "a #b", "a#b",
    "# x", "#", "- x", "-", "--- x", "...", "[x]", "{x}", "a, b]", "x}", "'x'", "x'", '"x"', 'x"', "`x", "@x", "%x",
    "&x", "*x", "!x", "! x", "|", ">", "?", "? x", "=", "<<", "a\\b", "C:\\new", "a\nb", "a\n\n  b", "x:\ty",
    "a\r\nb", "é µ – 日本 😀", "\u00a0x\u00a0y", "x,", "x.", "x!", "a  b", "{name}_mask.tif", "**/x", "None", "nan",
    "a: [b", "x: 'y", 'he said: "no"', "\\", "\\n", "%YAML 1.2", "a" * 200, "word " * 60 + "end",
]  # fmt: skip
"""Texts that a careless writer of YAML loses."""

SAFE = st.characters(
    codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters="\ufeff\ufffe\uffff"
)
TEXT = st.one_of(
    st.sampled_from(AWKWARD),
    st.text(SAFE, min_size=1, max_size=12),
    st.text("ab:#-'\"\\,[]{}&*!|>%@` \n", min_size=1, max_size=8),
).filter(lambda text: text.strip() != "" and text == text.strip())

VALUES: dict[str, st.SearchStrategy[Any]] = {
    "email": st.just("jcarberry@example.com"),
    "orcid": st.just("0000-0002-1825-0097"),
    "ror": st.just("02catss52"),
    "doi": st.sampled_from(["10.1242/jcs.033340", "10.1002/(SICI)1097:1<#1"[:20]]),
    "pubmed_id": st.just("18492790"),
    "ncbi_taxon": st.just("9606"),
    "fbbi_id": st.just("FBbi:00000251"),
    "grant_id": st.sampled_from(["ALTF 1234-567", "840767", "No 407/7-1"]),
    "accession": st.sampled_from(["S-BIAD634", "EMPIAR-10311", "10.5281/zenodo.6028097"]),
    "images_accession": st.just("S-BIAD634"),
    "url": st.sampled_from(["https://github.com/a#b", "http://x.org/?q=a: b".replace(" ", "")]),
    "ai_models_trained": st.lists(st.just("https://bioimage.io/#/?id=affable-shark"), max_size=2),
    "rrids": st.lists(st.just("RRID:AB_2313773"), max_size=2),
    "release_date": st.just("2026-12-01"),
    "timestamp": st.sampled_from(["2026-03-31T12:00:00+00:00", "2026-03-31T12:00:00.250000+05:30"]),
    "created": st.just("2026-02-11T11:00:15+01:00"),
    "axes": st.sampled_from(["zyx", "yx", "tczyx"]),
    "series": st.sampled_from(["t", "cz", "tczyx"]),
    "classes": st.dictionaries(st.integers(-5, 10**6), TEXT, max_size=3),
    "seed": st.integers(-(10**6), 10**12),
    "well_count": st.sampled_from([6, 96, 384]),
    "format": st.just("mifakit study sheet 1"),
    "legend": st.dictionaries(st.from_regex(r"[0-9A-F]{6}", fullmatch=True), TEXT, max_size=3),
    "columns": st.dictionaries(st.sampled_from(["x", "y", "class", "image"]), TEXT, max_size=3),
    "first_pixel": st.sampled_from([0, 1]),
    "storage": st.sampled_from([None, {"ngff": "0.4", "codec": "lz4"}, {"level": 5, "chunk": {"y": 256, "x": 64}}]),
    "splits": st.sampled_from([None, {"train": 0.5, "val": 0.25, "test": 0.25}, {"seed": 3, "group_by": "no"}]),
}


def values(name: str, kind: Any) -> st.SearchStrategy[Any]:
    """Return values for a field of that name and type."""
    origin, inner = get_origin(kind), get_args(kind)
    if name in VALUES and not (name == "name" and origin is list):
        chosen = VALUES[name]
        return (
            chosen
            if origin is Literal
            or name in {"classes", "legend", "columns", "seed", "splits", "storage", "ai_models_trained", "rrids"}
            else st.none() | chosen
        )
    if isinstance(kind, type) and issubclass(kind, SheetModel):
        return models(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return st.sampled_from(list(kind))
    if origin is list:
        return st.lists(values("", inner[0]).filter(lambda item: item is not None and not is_empty(item)), max_size=2)
    if origin is Literal:
        return st.sampled_from(inner)
    if origin in {Union, types.UnionType}:
        return st.none() | values(name, inner[0]).filter(lambda value: not is_empty(value))
    if kind is float:
        return st.floats(1e-9, 999_999, allow_subnormal=False)
    if kind is str or origin is None:
        return TEXT
    return values(name, inner[0])  # Annotated


def models(model: type[SheetModel]) -> st.SearchStrategy[SheetModel]:
    fields = {name: values(name, info.annotation) for name, info in model.model_fields.items()}
    if "transformation_matrix" not in fields and {"name", "rasterise"} <= set(fields):
        fields["name"] = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}", fullmatch=True)
    return st.fixed_dictionaries({}, optional=fields).map(lambda chosen: model(**chosen))


@pytest.fixture(scope="session")
def sheets() -> st.SearchStrategy[StudySheet]:
    """Every field of the study sheet, filled or not; no blank entries, which are not written as such."""
    return models(StudySheet)


@pytest.fixture(scope="session")
def texts() -> st.SearchStrategy[str]:
    return TEXT


@pytest.fixture(scope="session")
def awkward() -> list[str]:
    return AWKWARD


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str | bytes], Sheet]:
    """Return the function that reads text as a study sheet."""

    def from_text(text: str | bytes) -> Sheet:
        path = tmp_path / "mifa.yaml"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return read_sheet(path)

    return from_text
