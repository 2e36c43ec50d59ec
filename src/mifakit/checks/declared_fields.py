"""Every field of the study sheet with its value, place and declaration."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from pydantic.fields import FieldInfo

from mifakit.metadata.fields import SheetModel
from mifakit.sources.yaml_text import Location


class DeclaredField(NamedTuple):
    """A field that is no block of fields itself.

    Attributes
    ----------
    location
        Where it stands in the sheet.
    info
        Its declaration: meaning, example, who needs it.
    value
        What the sheet says.
    owner
        The block that it belongs to.
    """

    location: Location
    info: FieldInfo
    value: Any
    owner: SheetModel


def declared_fields(model: SheetModel, here: Location = ()) -> Iterator[DeclaredField]:
    """Yield the fields of a block and of all blocks in it, in the order of the models."""
    for name, info in type(model).model_fields.items():
        value: Any = getattr(model, name)
        location = (*here, name)
        if isinstance(value, SheetModel):
            yield from declared_fields(value, location)
        elif isinstance(value, list) and value and isinstance(value[0], SheetModel):
            for index, item in enumerate(value):
                yield from declared_fields(item, (*location, index))
        else:
            yield DeclaredField(location, info, value, model)
