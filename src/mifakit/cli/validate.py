"""`mifa validate`."""

from mifakit.cli.output import AsGitHub, AsJson, AsJsonLines, DatasetArgument, ProfileOption, conclude, print_findings


def run(
    dataset: DatasetArgument,
    profile: ProfileOption = "mifa",
    as_json: AsJson = False,
    as_jsonl: AsJsonLines = False,
    as_github: AsGitHub = False,
) -> None:
    """Check a finished dataset: OME-Zarr, pixels, MIFA, manifest, checksums, records."""
    from mifakit.api import validate

    findings = validate(dataset, profile)
    print_findings(findings, as_json=as_json, as_jsonl=as_jsonl, as_github=as_github)
    conclude(findings, dataset, None)
