"""Whether a dataset may be sent at all, and what its destination will still ask for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mifakit.catalogue import Level, Severity
from mifakit.checks.registry import inside
from mifakit.checks.ro_crate import check_archive_gaps
from mifakit.checks.study_sheet import check_study_sheet
from mifakit.dataset import layout
from mifakit.dataset.checksums import irregular_files
from mifakit.dataset.dataset import Dataset
from mifakit.findings import Finding, Place
from mifakit.packaging.base import Package

_ASKED = (Level.MIFA_REQUIRED, Level.ARCHIVE)


def check_sendable(dataset: Dataset, package: Package) -> Iterator[Finding]:
    """Yield what keeps a dataset from being sent: no files, records that are missing, a licence not taken there."""
    for path in irregular_files(dataset.path):
        yield Finding.of("MIFA405", "is a link or a device, not a file", Place(path), "replace it by the file itself")
    for path in package.needs:
        if not (dataset.path / path).exists():
            yield Finding.of("MIFA554", f"{package.summary} needs it", Place(path))
    stated = dataset.sheet.study.license
    if package.licenses and (stated is None or stated.spdx not in package.licenses):
        taken = " or ".join(sorted(package.licenses))
        said = f"the licence is {stated.spdx}" if stated else "no licence is stated"
        place = Place(layout.SHEET, item="study.license")
        yield Finding.of("MIFA555", f"{said}; {package.summary} takes {taken}", place)


def gaps(dataset: Dataset) -> list[Finding]:
    """Return what MIFA and the archive ask for and nobody said yet."""
    found = (*check_archive_gaps(dataset), *check_study_sheet(dataset))
    return list(dict.fromkeys(inside(finding, dataset) for finding in found if finding.level in _ASKED))


def as_error(finding: Finding) -> Finding:
    """Return a finding that is tolerable as long as nothing is sent as one that is not."""
    return replace(finding, severity=Severity.ERROR)
