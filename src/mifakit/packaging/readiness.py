"""Whether a dataset may be sent at all, and what its destination will still ask for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePosixPath

from mifakit.catalogue import Severity
from mifakit.checks.registry import inside
from mifakit.checks.ro_crate import check_archive_gaps
from mifakit.checks.study_sheet import check_study_sheet
from mifakit.dataset import layout
from mifakit.dataset.checksums import dataset_files, irregular_files
from mifakit.dataset.dataset import Dataset
from mifakit.findings import Finding, Place
from mifakit.packaging.base import Package
from mifakit.packaging.sending import Source
from mifakit.records import bia_profile

_SENT_WHOLE = (f"{layout.IMAGES}/", f"{layout.ANNOTATIONS}/")


def check_sendable(dataset: Dataset, package: Package) -> Iterator[Finding]:
    """Yield what keeps a dataset from being sent: files and records that are missing, a licence not taken there."""
    for path in irregular_files(dataset.path):
        yield Finding.of("MIFA405", "is a link or a device, not a file", Place(path), "replace it by the file itself")
    stated, there = Source.of(dataset).checksums.keys(), set(dataset_files(dataset.path))
    for path in sorted(stated - there):
        yield Finding.of("MIFA405", f"{layout.CHECKSUMS} names it, the disk lacks it", Place(path))
    for path in sorted(there - stated):
        if path.startswith(_SENT_WHOLE) and not PurePosixPath(path).name.startswith("."):
            # A folder goes into its zip with all that is in it, but for what file browsers hide there.
            yield as_error(Finding.of("MIFA407", f"{layout.CHECKSUMS} does not name it", Place(path)))
    for path in package.needs:
        if not (dataset.path / path).exists():
            yield Finding.of("MIFA554", f"{package.summary} needs it", Place(path))
    terms = dataset.sheet.study.license
    if package.licenses and (terms is None or terms.spdx not in package.licenses):
        taken = " or ".join(sorted(package.licenses))
        said = f"the licence is {terms.spdx}" if terms else "no licence is stated"
        place = Place(layout.SHEET, item="study.license")
        yield Finding.of("MIFA555", f"{said}; {package.summary} takes {taken}", place)


def gaps(dataset: Dataset, package: Package) -> list[Finding]:
    """Return what the destination asks for and nobody said yet; the accession number it gives itself."""
    found = (*check_archive_gaps(dataset), *check_study_sheet(dataset))
    asked = (one for one in found if one.level in package.asks and bia_profile.NO_ACCESSION not in one.message)
    return list(dict.fromkeys(inside(finding, dataset) for finding in asked))


def as_error(finding: Finding) -> Finding:
    """Return a finding that is tolerable as long as nothing is sent as one that is not."""
    return replace(finding, severity=Severity.ERROR)
