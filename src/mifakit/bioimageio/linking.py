"""A model linked with the dataset that trained it: what each has to say of the other. Nothing is written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mifakit.bioimageio.descriptions import can_validate, format_errors, parse_description
from mifakit.bioimageio.packages import ModelPackage, read_package
from mifakit.bioimageio.training_data import model_address, names_other_data, with_training_data
from mifakit.dataset.dataset import Dataset
from mifakit.errors import MifaError
from mifakit.findings import Finding
from mifakit.records.addresses import bioimageio_id
from mifakit.records.bioimageio_content import linked
from mifakit.sheet.reading import Sheet
from mifakit.sources.yaml_edits import append_item


@dataclass(frozen=True)
class Link:
    """What a model and a dataset say of each other.

    Attributes
    ----------
    text
        The model's description, with the dataset as its training data.
    training_data
        What it says of the dataset: its id, or its description.
    address
        Where people find the model.
    findings
        What could not be validated.
    """

    text: str
    training_data: dict[str, Any]
    address: str
    findings: tuple[Finding, ...]


def make_link(package: ModelPackage, dataset: Dataset, output: Path, *, url: str | None, replace: bool) -> Link:
    """Settle what a model and a dataset say of each other.

    Parameters
    ----------
    package, dataset
        The two.
    output
        Where the copy of the model will be; for messages.
    url
        Where people find the model; its page on bioimage.io when left out.
    replace
        Take the place of other training data that the model names.

    Raises
    ------
    MifaError
        MIFA535 it names other data, MIFA536 no address, MIFA117 no web address; MIFA534, MIFA537 bioimage.io would
        refuse it.
    """
    address, data = model_address(package, url), linked(dataset)
    other = names_other_data(package, data)
    if other and not replace:
        raise MifaError("MIFA535", f"training_data is {other}", str(package.path))
    text = with_training_data(package, data)
    return Link(text, data, address, _validate(package, text, output))


def _validate(package: ModelPackage, text: str, output: Path) -> tuple[Finding, ...]:
    """Refuse a description that bioimage.io would; return that nobody could tell."""
    description = parse_description(text, str(package.path), "MIFA534")
    if not can_validate():
        return (Finding.of("MIFA533", "bioimageio.spec is not installed", str(output)),)
    if errors := format_errors(description, package.folder):
        raise MifaError("MIFA537", "; ".join(errors), str(package.path))
    return ()


def is_written(output: Path, text: str) -> bool:
    """Whether the copy of the model is there, from the same call before."""
    try:
        return read_package(output).text == text
    except MifaError:
        return False


def naming_model(sheet: Sheet, address: str) -> str:
    """Return the sheet's text with a model among those that were trained with the data."""
    named = [url for url in sheet.model.study.ai_models_trained if url]
    if address in named or bioimageio_id(address) in {bioimageio_id(url) for url in named} - {None}:
        return sheet.text
    return append_item(sheet.text, ("study", "ai_models_trained"), address)
