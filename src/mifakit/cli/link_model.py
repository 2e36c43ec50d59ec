"""`mifa link-model`."""

from pathlib import Path
from typing import Annotated

import typer

from mifakit.cli.output import AsJson, DatasetArgument, print_findings, say


def run(
    model: Annotated[Path, typer.Argument(help="A bioimage.io model: its folder, its .zip, or its rdf.yaml.")],
    dataset: DatasetArgument = "dataset",
    *,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The copy of the model that names the dataset; must not exist.")
    ],
    url: Annotated[
        str | None, typer.Option("--url", help="Where people find the model; by its id on bioimage.io if left out.")
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Write over other training data that the model names.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say in a bioimage.io model that the dataset trained it, and in the dataset that it trained the model."""
    from mifakit.api import link_model

    linked = link_model(model, dataset, output, url=url, replace=replace)
    print_findings(linked.findings, as_json=as_json)
    named = linked.training_data.get("id") or f"the description of {linked.training_data['name']!r}"
    say(f"{linked.model}: training_data is {named}.")
    say(f"{dataset}/mifa.yaml: ai_models_trained has {linked.address}.")
    say(f"next: mifa validate {dataset}")
