"""All records say the same: what the study sheet says, of files that are there.

The sheet is what they are held to, since they are made of it: a record that differs was changed by hand, or the
sheet was and `mifa describe` has not been run since.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from pydantic_core import PydanticCustomError

from mifakit.checks.statements import STATEMENTS, Person, Stated
from mifakit.dataset import layout
from mifakit.dataset.checksums import read_checksums
from mifakit.dataset.dataset import Dataset
from mifakit.errors import MifaError
from mifakit.findings import Finding, Place
from mifakit.metadata.study_sheet import StudySheet
from mifakit.metadata.vocabularies import parse_license
from mifakit.records import mifa_model

Remark = tuple[str, str]
"""What a record states, and how it differs."""

_READ_ELSEWHERE = (layout.CRATE, mifa_model.STUDY, mifa_model.VERSION)
"""Records that have a check of their own, which says it when they cannot be read."""


def check_consistency(dataset: Dataset) -> Iterator[Finding]:
    """Yield every statement of a record that is not the sheet's, and every path that leads nowhere."""
    checksums = _checksums(dataset.path)
    for path, read in STATEMENTS.items():
        if not (dataset.path / path).is_file():
            continue
        try:
            stated = read(dataset.path / path)
        except MifaError as error:
            if path not in _READ_ELSEWHERE:
                yield Finding.of("MIFA570", f"cannot be read: {error.finding.message}", Place(path))
            continue
        for item, message in (*differences(stated, dataset.sheet), *counts(stated, len(dataset))):
            yield Finding.of("MIFA570", message, Place(path, item=item))
        for named, digest in stated.digests.items():
            if named in checksums and checksums[named] != digest:
                message = f"the sha256 of {named} is {digest[:12]}…, in {layout.CHECKSUMS} {checksums[named][:12]}…"
                yield Finding.of("MIFA570", message, Place(path, item="sha256"))
        for named in stated.paths:
            if not (dataset.path / named).exists():
                yield Finding.of("MIFA571", f"there is no {named}", Place(path))


def differences(stated: Stated, sheet: StudySheet) -> Iterator[Remark]:
    """Yield what a record states otherwise than the sheet; where one of them says nothing, they agree."""
    study = sheet.study
    pairs = {
        "title": (stated.title and _flat(stated.title), study.title and _flat(study.title)),
        "license": (stated.license and _spdx(stated.license), study.license and study.license.spdx),
        "version": (stated.version, sheet.version.version),
    }
    for item, (found, expected) in pairs.items():
        if found and expected and found != expected:
            yield item, f"{item} is {found!r}, in {layout.SHEET} {expected!r}"
    authors = tuple(Person(one.full_name, one.orcid) for one in sheet.authors if one.full_name)
    if stated.authors is not None and _known_by(stated.authors[: len(authors)]) != _known_by(authors):
        yield "authors", f"authors are {_names(stated.authors)}, in {layout.SHEET} {_names(authors)}"
    known = {_flat(keyword) for keyword in stated.keywords or ()}
    missing = [keyword for keyword in study.keywords if _flat(keyword) not in known]
    if stated.keywords is not None and missing:
        yield "keywords", f"keywords lack {', '.join(map(repr, missing))}"


def counts(stated: Stated, samples: int) -> Iterator[Remark]:
    """Yield a number of images that is not the manifest's."""
    if stated.samples not in (None, samples):
        yield "samples", f"there are {stated.samples:,} images, in {layout.MANIFEST} {samples:,}"


def _known_by(people: tuple[Person, ...]) -> list[tuple[list[str], str | None]]:
    """Return people by the words of their names: some records write the family name first, some have no slashes."""
    return [(sorted(re.findall(r"[^\s,/\\]+", one.name)), one.orcid) for one in people]


def _names(people: tuple[Person, ...]) -> str:
    return ", ".join(f"{one.name} ({one.orcid})" if one.orcid else one.name for one in people) or "none"


def _flat(text: str) -> str:
    return " ".join(text.split())


def _spdx(text: str) -> str:
    """Return a licence by its SPDX name, however it is written; one that is not known as it is."""
    try:
        known = parse_license(text)
    except PydanticCustomError:
        return text
    return known.spdx if known else text


def _checksums(folder: Path) -> dict[str, str]:
    try:
        return read_checksums(folder)
    except (OSError, UnicodeDecodeError):  # check_checksums says so
        return {}
