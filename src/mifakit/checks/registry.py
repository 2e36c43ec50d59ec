"""The checks that are installed. Ours and strangers' alike come through entry points."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache

from mifakit.checks.prose.organisms import check_organisms_told
from mifakit.checks.sheet_dates import check_future_dates, check_release_date
from mifakit.checks.sheet_fields import check_fields
from mifakit.checks.sheet_lists import check_split_sentences
from mifakit.checks.sheet_people import check_emails, check_people
from mifakit.checks.sheet_references import (
    check_file_values,
    check_formats,
    check_pairs,
    check_patterns,
    check_plate_fields,
    check_references,
    check_series_fields,
    check_split_fields,
    check_unique_titles,
    check_unnamed,
)
from mifakit.checks.sheet_texts import check_description, check_placeholders, check_title
from mifakit.checks.sheet_vocabularies import check_imaging_methods, check_organisms
from mifakit.dataset.checksums import irregular_files
from mifakit.dataset.dataset import Dataset
from mifakit.errors import MifaError
from mifakit.findings import Finding, Place
from mifakit.plugins import load_plugins
from mifakit.sheet.reading import Sheet

GROUP = "mifakit.checks"

DatasetCheck = Callable[[Dataset], Iterator[Finding]]

_SHEET_CHECKS: tuple[Callable[[Sheet], Iterator[Finding]], ...] = (
    check_fields,
    check_references,
    check_unnamed,
    check_unique_titles,
    check_patterns,
    check_formats,
    check_pairs,
    check_file_values,
    check_plate_fields,
    check_split_fields,
    check_series_fields,
    check_organisms,
    check_imaging_methods,
    check_title,
    check_description,
    check_placeholders,
    check_emails,
    check_people,
    check_split_sentences,
    check_release_date,
    check_future_dates,
    check_organisms_told,
)


def check_sheet(sheet: Sheet) -> list[Finding]:
    """Return what is wrong with a study sheet, in the order of its lines."""
    findings = [*sheet.findings, *(finding for check in _SHEET_CHECKS for finding in check(sheet))]
    return sorted(findings, key=lambda finding: (finding.place and finding.place.line) or 0)


@cache
def load_dataset_checks() -> tuple[tuple[tuple[str, DatasetCheck], ...], tuple[Finding, ...]]:
    """Load every registered check of datasets; one that fails to load becomes a finding."""
    checks, findings = load_plugins(GROUP)
    return tuple(checks.items()), findings


def check_dataset(dataset: Dataset) -> list[Finding]:
    """Return what is wrong with a finished dataset. A check that crashes becomes a finding.

    Links and devices are told first and alone: a check that read them could leave the dataset, or
    never end.
    """
    irregular = [
        Finding.of("MIFA405", "is a link or a device, not a file", Place(name), "replace it by the file itself")
        for name in irregular_files(dataset.path)
    ]
    if irregular:
        return irregular
    checks, findings = load_dataset_checks()
    found = list(findings)
    for name, check in checks:
        try:
            found += check(dataset)
        except MifaError as error:  # what the check rests on cannot be read
            found.append(error.finding)
        except Exception as error:
            found.append(Finding.of("MIFA005", f"check {name!r}: {type(error).__name__}: {error}"))
    return list(dict.fromkeys(inside(finding, dataset) for finding in found))


def inside(finding: Finding, dataset: Dataset) -> Finding:
    """Place a finding relative to the dataset."""
    place = finding.place
    folder = f"{dataset.path}/"
    if place is None or not place.path.startswith(folder):
        return finding
    return replace(finding, place=replace(place, path=place.path.removeprefix(folder)))
