"""`mifa check`."""

from typing import Annotated

import typer

from mifakit.cli.output import AsGitHub, AsJson, AsJsonLines, ProfileOption, SheetArgument, conclude, print_findings

Online = Annotated[
    bool, typer.Option("--online", help="Also ask orcid.org, ror.org and doi.org whether identifiers are registered.")
]


def run(
    sheet: SheetArgument = "mifa.yaml",
    profile: ProfileOption = "mifa",
    online: Online = False,
    as_json: AsJson = False,
    as_jsonl: AsJsonLines = False,
    as_github: AsGitHub = False,
) -> None:
    """Say what is missing or wrong in a study sheet, line by line, and how to mend it."""
    from mifakit.api import check, look_up

    findings = [*check(sheet, profile), *(look_up(sheet) if online else ())]
    print_findings(findings, as_json=as_json, as_jsonl=as_jsonl, as_github=as_github)
    conclude(findings, sheet, f"mifa build {sheet} -o DATASET")
