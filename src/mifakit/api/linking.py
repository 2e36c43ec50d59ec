"""A model and the dataset that trained it, which name each other: `link_model`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mifakit.api.describing import check_describable, describe_again
from mifakit.api.paths import PathLike, writing_to
from mifakit.bioimageio.linking import is_written, make_link, naming_model
from mifakit.bioimageio.packages import read_package
from mifakit.checks.bioimageio import check_bioimageio
from mifakit.conversion.staging import check_output
from mifakit.dataset import layout
from mifakit.dataset.dataset import open_dataset
from mifakit.findings import Finding
from mifakit.records.writing import write_whole
from mifakit.sheet.reading import read_sheet


@dataclass(frozen=True)
class Linked:
    """A model and the dataset that trained it, each of which names the other.

    Attributes
    ----------
    model
        The copy of the model that names the dataset.
    address
        Where the dataset says that the model is found.
    training_data
        What the model says of the dataset: its id, or its description.
    findings
        What could not be validated.
    """

    model: Path
    address: str
    training_data: dict[str, Any]
    findings: tuple[Finding, ...]


def link_model(
    model: PathLike, dataset: PathLike, output: PathLike, *, url: str | None = None, replace: bool = False
) -> Linked:
    """Write a copy of a bioimage.io model that names the dataset as its training data, and name it in the dataset.

    A link that is there already is left as it is.

    Parameters
    ----------
    model
        Its package: folder or .zip, or its rdf.yaml. Only read.
    dataset
        The dataset: its study sheet gets the model's address, and its records are written again.
    output
        The copy of the model.
    url
        Where people find the model; its page on bioimage.io when left out.
    replace
        Write over other training data that the model names.

    Raises
    ------
    MifaError
        MIFA534 not a model, MIFA535 it names other data, MIFA536 no address, MIFA537 bioimage.io would refuse it;
        MIFA002, MIFA003, MIFA004, MIFA006 the output.
    NothingBuiltError
        When the dataset's study sheet has errors.
    """
    opened, package, final = open_dataset(dataset), read_package(Path(model)), Path(output)
    check_describable(opened)
    link = make_link(package, opened, final, url=url, replace=replace)
    with writing_to(output):
        if not is_written(final, link.text):
            check_output(final, opened.path)
            check_output(final, package.path)
            package.write(final, link.text)
    sheet = opened.path / layout.SHEET
    with writing_to(sheet):
        write_whole(sheet, naming_model(read_sheet(sheet), link.address).encode())
    described = open_dataset(dataset)
    describe_again(described)
    return Linked(final, link.address, link.training_data, (*link.findings, *check_bioimageio(described)))
