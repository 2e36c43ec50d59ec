"""Records read back, and held to the schemas of their destinations: what the checks of records share."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from mifakit.dataset.dataset import Dataset
from mifakit.findings import Finding, Place
from mifakit.sources.bounded import read_bounded


class Destination(NamedTuple):
    """Who a record is for, and what they ask.

    Attributes
    ----------
    name
        Theirs.
    path
        The record, in the dataset.
    schema
        The JSON Schema of the record, or of the part of it at `part`.
    asked
        The keys that are demanded and only the sheet can give, each with its field of the sheet.
    """

    name: str
    path: str
    schema: Mapping[str, Any]
    asked: Mapping[str, str]
    part: str | None = None


def check_record(dataset: Dataset, destination: Destination) -> Iterator[Finding]:
    """Yield where a record breaks its schema, and what its destination asks for that nobody said."""
    path = destination.path
    if not (dataset.path / path).is_file():
        return  # that it is not there, another check says
    try:
        document = read_yaml(dataset, path) if path.endswith(".cff") else read_json(dataset, path)
    except ValueError as error:
        yield Finding.of("MIFA540", f"it cannot be read: {error}", Place(path))
        return
    if destination.part:
        document = document.get(destination.part) if isinstance(document, dict) else None
    for item, message in schema_errors(document, destination.schema, but=destination.asked):
        yield Finding.of("MIFA540", message, Place(path, item=item))
    if isinstance(document, dict):
        for key, field in destination.asked.items():
            if not document.get(key):
                message = f"{destination.name} asks for {key}: {field} is empty in the sheet"
                yield Finding.of("MIFA541", message, Place(path, item=key))


def schema_errors(
    document: Any, schema: Mapping[str, Any], but: Mapping[str, str] | None = None
) -> Iterator[tuple[str, str]]:
    """Yield the JSON path and the fault of every place that breaks a schema, but keys in `but` that are missing."""
    from jsonschema import validators

    kind = validators.validator_for(schema)
    validator = kind(schema, format_checker=kind.FORMAT_CHECKER)
    missing = {f"{key!r} is a required property" for key in but or {}}
    for error in sorted(validator.iter_errors(document), key=lambda error: error.json_path):
        if error.absolute_path or error.message not in missing:
            yield error.json_path, _short(error.message)


def read_json(dataset: Dataset, path: str) -> Any:
    """Read a record.

    Raises
    ------
    ValueError
        When it is no JSON.
    MifaError
        MIFA226 when it is over budget.
    """
    try:
        return json.loads(read_bounded(dataset.path / path))
    except RecursionError as error:
        raise ValueError("it is nested too deep") from error


def read_yaml(dataset: Dataset, path: str) -> Any:
    """Read a record with the types of its values. Aliases are refused: a few grow to billions.

    Raises
    ------
    ValueError
        When it is no YAML, or holds an alias.
    MifaError
        MIFA226 when it is over budget.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.composer import Composer
    from ruamel.yaml.error import YAMLError
    from ruamel.yaml.events import AliasEvent

    class NoAliases(Composer):
        def compose_node(self, parent: Any, index: Any) -> Any:
            if self.parser.check_event(AliasEvent):
                raise ValueError("it holds an alias")
            return super().compose_node(parent, index)

    yaml = YAML(typ="safe", pure=True)
    yaml.Composer = NoAliases
    try:
        return yaml.load(read_bounded(dataset.path / path).decode())
    except (YAMLError, RecursionError) as error:
        raise ValueError(" ".join(str(error).split())) from error


def _short(message: str) -> str:
    return message if len(message) <= 300 else f"{message[:300]}..."
