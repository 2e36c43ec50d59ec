"""`mifa check`."""

from mifakit.cli.output import AsGitHub, AsJson, AsJsonLines, ProfileOption, SheetArgument, conclude, print_findings


def run(
    sheet: SheetArgument = "mifa.yaml",
    profile: ProfileOption = "mifa",
    as_json: AsJson = False,
    as_jsonl: AsJsonLines = False,
    as_github: AsGitHub = False,
) -> None:
    """Say what is missing or wrong in a study sheet, line by line, and how to mend it."""
    from mifakit.api import check

    findings = check(sheet, profile)
    print_findings(findings, as_json=as_json, as_jsonl=as_jsonl, as_github=as_github)
    conclude(findings, sheet, f"mifa build {sheet} -o DATASET")
