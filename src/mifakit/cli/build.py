"""`mifa build`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mifakit.cli.output import AsJson, SheetArgument, print_findings, print_json, say
from mifakit.cli.progress import BuildProgress, say_plan
from mifakit.errors import ExitCode

if TYPE_CHECKING:
    from mifakit.conversion.plan import Plan


def run(
    sheet: SheetArgument = "mifa.yaml",
    output: Annotated[str, typer.Option("--output", "-o", metavar="DATASET", help="A new folder.")] = "dataset",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the plan and write nothing.")] = False,
    workers: Annotated[int | None, typer.Option(min=1, help="Samples made at the same time.")] = None,
    as_json: AsJson = False,
) -> None:
    """Turn the lab folder into a dataset: convert, verify every pixel, write manifest and records."""
    from mifakit.api import build, plan

    if dry_run:
        _show(plan(sheet), as_json)
        return
    with BuildProgress() as progress:
        built = build(sheet, output, workers=workers, observer=progress)
    print_findings(built.findings, as_json=as_json)
    say(f"{built.path}: {built.samples} samples built and verified; {len(built.left_out)} left out.")
    say(f"next: mifa validate {built.path}")
    if not built.complete:
        raise typer.Exit(ExitCode.PARTIAL)


def _show(plan: Plan, as_json: bool) -> None:
    if as_json:
        print_json(plan.to_record())
    else:
        for job in plan.jobs:
            size = "×".join(map(str, job.facts.shape))
            labels = ", ".join(label.annotation_set for label in job.labels) or "not annotated"
            typer.echo(f"{job.source}  ->  {job.sample}  {job.facts.axes} {size} {job.facts.dtype}  {labels}")
        typer.echo()
        print_findings(plan.findings)
    say_plan(plan)
