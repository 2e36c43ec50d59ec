"""The archive's live forms as data: which sections and fields they have, and what they ask of them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from mifakit.metadata.study_sheet import StudySheet


class FormName(StrEnum):
    """The forms that take images with annotations, and annotations of images that are archived already."""

    IMAGES = "BioImages.v5"
    ANNOTATIONS = "BioImages.MIFA.v1"


@dataclass(frozen=True)
class Field:
    """A field of a section, or a column of a table of sections.

    Attributes
    ----------
    name
        Its name, as attributes are called.
    display
        `required`, `desirable`, `optional` or `hidden`.
    control
        The kind of value: text, date, select, ontology, reference, filelist ...
    shortest
        The least number of characters.
    values
        The values that it takes, each with what must qualify it; empty when it takes any.
    refers_to
        The type of section whose Title it must be.
    past, future
        How far from today a date may lie, as ISO 8601 durations.
    """

    name: str
    display: str
    control: str
    shortest: int = 0
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    refers_to: str | None = None
    past: str | None = None
    future: str | None = None


@dataclass(frozen=True)
class FormSection:
    """A type of section, or a table whose rows are sections.

    Attributes
    ----------
    name
        Its type.
    display
        `required`, `desirable`, `optional` or `hidden`.
    fields
        By name.
    sections
        What it may hold, by type.
    closed
        Whether it takes no sections of other types.
    open_fields
        Whether it takes fields of other names.
    """

    name: str
    display: str
    fields: dict[str, Field]
    sections: dict[str, FormSection]
    closed: bool
    open_fields: bool


def form_for(sheet: StudySheet) -> FormName:
    """Return the form for what a sheet says: where its images are archived, annotations alone are sent."""
    return FormName.ANNOTATIONS if sheet.study.images_accession else FormName.IMAGES


@cache
def form_data(name: FormName) -> dict[str, Any]:
    """Return a form as the archive's submission tool holds it, without its help texts."""
    data: dict[str, Any] = json.loads(
        files("mifakit.records").joinpath(f"schemas/biostudies/{name}.json").read_text("utf-8")
    )
    return data


def read_section(data: dict[str, Any], open_fields: bool | None = None) -> FormSection:
    """Read a type of section from a form's data; whether new fields are welcome is inherited."""
    welcome = data.get("allowNewAttribute", data.get("allowCustomCols", open_fields))
    inner = [*data.get("tableTypes", ()), *data.get("sectionTypes", ())]
    fields = [*data.get("fieldTypes", ()), *data.get("columnTypes", ())]
    return FormSection(
        name=data["name"],
        display=data.get("display", "optional"),
        fields={one["name"]: _field(one) for one in fields},
        sections={one["name"]: read_section(one, welcome) for one in inner},
        closed=data.get("disableCustomSubsection", False),
        open_fields=bool(welcome),
    )


def _field(data: dict[str, Any]) -> Field:
    control = data.get("controlType", {})
    listed = control.get("values", ())
    if control.get("enableValueAdd") or control.get("createOption"):
        listed = ()  # the list only suggests
    return Field(
        name=data["name"],
        display=data.get("display", "optional"),
        control=control.get("name", "text"),
        shortest=control.get("minlength", 0),
        values=dict(map(_value, listed)),
        refers_to=control.get("section_type"),
        past=control.get("limitDatePast"),
        future=control.get("limitDateFuture"),
    )


def _value(listed: str | dict[str, Any]) -> tuple[str, dict[str, str]]:
    if isinstance(listed, str):
        return listed, {}
    return listed["value"], {one["name"]: one["value"] for one in listed.get("valqual", ())}
