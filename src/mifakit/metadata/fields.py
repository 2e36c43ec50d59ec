"""How a field of the study sheet is declared: its meaning, example, source and who requires it.

Everything people read about a field - comments in the template, hints of findings, tables in the
docs - is made from these declarations, in the order of the models.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo


class Need(StrEnum):
    """Who asks for a field."""

    MIFA_REQUIRED = "MIFA-required"
    MIFA_RECOMMENDED = "MIFA-recommended"
    ARCHIVE = "archive"
    AI_READY = "AI-ready"
    OPTIONAL = "optional"


class SheetModel(BaseModel):
    """Base of everything in the sheet: unknown keys are refused, empty values are allowed.

    A blank sheet must load, so no field is required by the model itself; `Need` says who
    requires it, and the checks report what is empty.
    """

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, validate_default=False)


def declare(need: Need, meaning: str, example: Any = None, *, source: str | None = None, default: Any = None) -> Any:
    """Declare a field of the study sheet.

    Parameters
    ----------
    need
        Who asks for it.
    meaning
        One or two sentences, in words a biologist uses.
    example
        A value that could stand there.
    source
        Where the rule comes from: a slot of MIFA's LinkML schema (`Study.title`), a section of
        BioStudies' form (`Biosample.Organism`) or of REMBI.
    default
        The value when the sheet says nothing; a callable makes a fresh one.
    """
    extra: dict[str, Any] = {"need": need.value}
    if source:
        extra["source"] = source
    examples = [] if example is None else [example]
    if callable(default):
        return Field(default_factory=default, description=meaning, examples=examples, json_schema_extra=extra)
    return Field(default=default, description=meaning, examples=examples, json_schema_extra=extra)


def _extra(info: FieldInfo) -> dict[str, Any]:
    return info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}


def need_of(info: FieldInfo) -> Need:
    """Return who asks for the field."""
    return Need(_extra(info).get("need", Need.OPTIONAL))


def source_of(info: FieldInfo) -> str | None:
    """Return the rule's source, if one was declared."""
    return _extra(info).get("source")


def example_of(info: FieldInfo) -> Any:
    """Return the field's example, or None."""
    return info.examples[0] if info.examples else None


def is_empty(value: object) -> bool:
    """Whether a value says nothing: None, blank text, an empty list or mapping, or a model nobody filled in."""
    if value is None:
        return True
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, (list, tuple)):
        return all(is_empty(item) for item in value)
    if isinstance(value, SheetModel):
        return all(is_empty(getattr(value, name)) for name in value.model_fields_set)
    return isinstance(value, dict) and not value


def as_list(value: Any) -> Any:
    """Read a scalar where a list is declared, and drop blank items: BIA's own documents do both."""
    if value is None:
        return []
    items = list(value) if isinstance(value, (list, tuple)) else [value]
    return [item for item in items if item is not None and str(item).strip() != ""]
