"""A model's training data: what its description says of them, and the same text with others."""

from __future__ import annotations

import json
from typing import Any

from pydantic_core import PydanticCustomError

from mifakit.bioimageio.descriptions import parse_description
from mifakit.bioimageio.packages import ModelPackage
from mifakit.errors import MifaError
from mifakit.metadata.identifiers import parse_url
from mifakit.records.addresses import bioimageio_address
from mifakit.records.serialisation import yaml_text
from mifakit.sources.yaml_edits import set_entry

FIELD = "training_data"


def model_address(package: ModelPackage, stated: str | None) -> str:
    """Return where people find a model: as stated, or by its id on bioimage.io.

    Raises
    ------
    MifaError
        MIFA536 when neither is there, MIFA117 when what is stated is no web address.
    """
    if stated:
        try:
            return str(parse_url(stated))
        except PydanticCustomError as error:
            raise MifaError("MIFA117", str(error), "--url") from None
    identifier = package.description.get("id")
    if isinstance(identifier, str) and identifier:
        return bioimageio_address(identifier)
    raise MifaError("MIFA536", "its description has no id", str(package.path))


def names_other_data(package: ModelPackage, data: dict[str, Any]) -> str | None:
    """Return what a model names as its training data, in short; None when it is nothing, or these data."""
    named = package.description.get(FIELD)
    if named in (None, data):
        return None
    shown = (named.get("id") or named.get("name")) if isinstance(named, dict) else None
    return str(shown or named)


def with_training_data(package: ModelPackage, data: dict[str, Any]) -> str:
    """Return a model's description with other training data; comments and the order of fields stay.

    Raises
    ------
    MifaError
        MIFA534 when its text is written in a way that no entry can be added to.
    """
    if package.description.get(FIELD) == data:
        return package.text
    text = set_entry(package.text, FIELD, yaml_text({FIELD: data}).rstrip("\n"), json.dumps(data, ensure_ascii=False))
    if parse_description(text, str(package.path), "MIFA534") != {**package.description, FIELD: data}:
        raise MifaError("MIFA534", "nothing can be added to its description as it is written", str(package.path))
    return text
