"""`mifa check`."""

from mifakit.cli.output import AsJson, AsJsonLines, SheetArgument, conclude, print_findings


def run(sheet: SheetArgument = "mifa.yaml", as_json: AsJson = False, as_jsonl: AsJsonLines = False) -> None:
    """Say what is missing or wrong in a study sheet, line by line, and how to mend it."""
    from mifakit.api import check

    findings = check(sheet)
    print_findings(findings, as_json=as_json, as_jsonl=as_jsonl)
    conclude(findings, sheet, f"mifa build {sheet} -o DATASET")
