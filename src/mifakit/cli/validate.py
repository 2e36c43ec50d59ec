"""`mifa validate`."""

from mifakit.cli.output import AsJson, AsJsonLines, DatasetArgument, conclude, print_findings


def run(dataset: DatasetArgument, as_json: AsJson = False, as_jsonl: AsJsonLines = False) -> None:
    """Check a finished dataset: OME-Zarr, pixels, MIFA, manifest, checksums, records."""
    from mifakit.api import validate

    findings = validate(dataset)
    print_findings(findings, as_json=as_json, as_jsonl=as_jsonl)
    conclude(findings, dataset, None)
