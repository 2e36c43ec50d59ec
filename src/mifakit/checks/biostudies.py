"""Whether the record for BioStudies keeps the archive's form, and lists what is sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from mifakit.dataset.dataset import Dataset
from mifakit.errors import MifaError
from mifakit.findings import Finding, Place
from mifakit.records.pagetab import paths
from mifakit.records.pagetab.file_list_forms import as_json
from mifakit.records.pagetab.file_lists import FileList, make_lists
from mifakit.records.pagetab.form_rules import check_form
from mifakit.records.pagetab.forms import form_data, form_for
from mifakit.records.pagetab.remarks import Weight
from mifakit.records.pagetab.submitted import read_tsv
from mifakit.records.pagetab.tsv import tsv_bytes
from mifakit.sources.json_text import read_json


def check_biostudies(dataset: Dataset) -> Iterator[Finding]:
    """Yield what the archive would stumble on, and what its form asks for and nobody said yet."""
    if not (dataset.path / paths.JSON).is_file():  # check_records_present says so
        return
    try:
        pagetab = read_json(dataset.path / paths.JSON, dict[str, Any])
        expected = make_lists(dataset).lists
        lists = {name: read_tsv(_text(dataset, f"{name}.tsv")) for name in expected}
    except (MifaError, OSError, UnicodeDecodeError) as error:
        message = error.finding.message if isinstance(error, MifaError) else str(error)
        yield Finding.of("MIFA510", f"it cannot be read: {message}", Place(paths.FOLDER))
        return
    form = form_data(form_for(dataset.sheet))
    named = {f"{paths.FOLDER}/{name}.tsv": listed for name, listed in lists.items()}
    remarks = check_form(pagetab, form, datetime.now(UTC).date(), named)
    for weight, item, message in remarks:
        if weight is Weight.REQUIRED:
            yield Finding.of("MIFA511", message, Place(paths.JSON, item=item))
        elif weight is not Weight.DESIRABLE:  # what else MIFA recommends, check_fields says
            code, path = ("MIFA512", item) if item in named else ("MIFA510", paths.JSON)
            yield Finding.of(code, message, Place(path, item=None if item in named else item))
    if not any(weight is Weight.BROKEN for weight, _, _ in remarks):
        yield from _alike(dataset, pagetab, lists)
        yield from _complete(expected, lists)


def _text(dataset: Dataset, name: str) -> str:
    return (dataset.path / paths.FOLDER / name).read_text("utf-8")


def _alike(dataset: Dataset, pagetab: Mapping[str, Any], lists: Mapping[str, FileList]) -> Iterator[Finding]:
    """Yield files that do not say what their other form says."""
    expected = {paths.TSV: ("MIFA510", tsv_bytes(dict(pagetab)), "pagetab.json")}
    for name, listed in lists.items():
        expected[f"{paths.FOLDER}/{name}.json"] = ("MIFA512", as_json(listed), f"{name}.tsv")
    for path, (code, content, other) in expected.items():
        file = dataset.path / path
        if file.is_file() and file.read_bytes() != content:
            yield Finding.of(code, f"it does not say what {other} says", Place(path))


def _complete(made: Mapping[str, FileList], lists: Mapping[str, FileList]) -> Iterator[Finding]:
    """Yield files that are sent and not listed, or listed and not sent."""
    for name, expected in made.items():
        place = Place(f"{paths.FOLDER}/{name}.tsv")
        sent, listed = ({row[0] for row in found.rows} for found in (expected, lists[name]))
        for path in sorted(sent - listed):
            yield Finding.of("MIFA512", f"does not list {path}", place)
        for path in sorted(listed - sent):
            yield Finding.of("MIFA512", f"lists {path}, which is no file of this set", place)
