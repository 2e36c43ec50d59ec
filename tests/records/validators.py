"""The validator of each record: the destination's own, or its schema, read by a library that is none of ours.

A validator takes a dataset whose records are written, and returns what is wrong with one of them. What nobody said
is no fault of a record, where its destination lets one submit it without.
"""

from __future__ import annotations

import gc
import inspect
import json
import warnings
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any

import yaml
from jsonschema import Draft7Validator

from mifakit.checks.biostudies import check_biostudies
from mifakit.checks.file_list import check_file_list
from mifakit.checks.mifa_documents import check_mifa_documents
from mifakit.checks.ro_crate import check_ro_crate
from mifakit.dataset.dataset import Dataset
from mifakit.findings import Finding
from mifakit.records.bundled import bundled_schema
from mifakit.records.croissant import semantic_version
from mifakit.records.json_ld import PROFILE, REQUIRED

Validator = Callable[[Dataset], list[str]]
_VOID = ("br", "img", "meta")


def faults(dataset: Dataset) -> dict[str, list[str]]:
    """Return what is wrong with the records of a dataset, by record; nothing when all are green."""
    found = {name: validator(dataset) for name, validator in VALIDATORS.items()}
    return {name: wrong for name, wrong in found.items() if wrong}


def schema_faults(document: Any, schema: dict[str, Any]) -> list[str]:
    """Return where a document breaks a JSON schema; formats, as those of dates, are looked at too."""
    validator = Draft7Validator(schema, format_checker=Draft7Validator.FORMAT_CHECKER)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)]


def _bioimageio(dataset: Dataset) -> list[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # bioimageio.spec leaves the files open that it looks into
        from bioimageio.spec import ValidationContext, load_description

        with ValidationContext(perform_io_checks=False, log_warnings=False):
            summary = load_description(dataset.path / "records" / "bioimageio" / "bioimageio.yaml").validation_summary
        gc.collect()
    errors = [f"{one.loc}: {one.msg}" for detail in summary.details for one in detail.errors]
    return [] if summary.status == "valid-format" else [summary.status, *errors]


def _biostudies(dataset: Dataset) -> list[str]:
    return _errors(check_biostudies(dataset))


def _citation(dataset: Dataset) -> list[str]:
    from bibtexparser import loads
    from bibtexparser.bparser import BibTexParser

    # PyYAML reads YAML 1.1, as cffconvert does.
    found = schema_faults(
        yaml.safe_load((dataset.path / "CITATION.cff").read_bytes()), bundled_schema("citation-file-format-1.2.0")
    )
    text = (dataset.path / "records" / "citation.bib").read_text("utf-8")
    entries = loads(text, parser=BibTexParser(ignore_nonstandard_types=False, common_strings=False)).entries
    if [one["ENTRYTYPE"] for one in entries].count("dataset") != 1 or len(entries) != text.count("\n@") + 1:
        found.append(f"of BibTeX is read: {entries}")
    return found


def _croissant(dataset: Dataset) -> list[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what mlcroissant rests on
        import mlcroissant

        try:
            issues = mlcroissant.Dataset(jsonld=str(dataset.path / "croissant.json")).metadata.ctx.issues
        except mlcroissant.ValidationError as error:
            return [str(error)]
    study, version = dataset.sheet.study, dataset.sheet.version.version
    said = {"datePublished": study.release_date, "license": study.license, "version": semantic_version(version)}
    unsaid = [f'Property "https://schema.org/{name}" is recommended' for name, value in said.items() if not value]
    return [*issues.errors, *(text for text in issues.warnings if not any(name in text for name in unsaid))]


def _datacite(dataset: Dataset) -> list[str]:
    from datacite import schema45

    document = json.loads((dataset.path / "records" / "datacite.json").read_bytes())
    return [f"{error.json_path}: {error.message}" for error in schema45.validator.iter_errors(document)]


def _dataset_card(dataset: Dataset) -> list[str]:
    from huggingface_hub import DatasetCard, DatasetCardData

    data = DatasetCard((dataset.path / "README.md").read_text("utf-8")).data.to_dict()
    known = {*inspect.signature(DatasetCardData.__init__).parameters, "tags", "configs"}  # those it takes as they are
    return [f"no key of a card: {name}" for name in data if name not in known] or ([] if data else ["says nothing"])


def _gallery(dataset: Dataset) -> list[str]:
    page = _Page()
    page.feed((dataset.path / "records" / "gallery.html").read_text("utf-8"))
    page.close()
    return page.wrong + [f"<{tag}> is never closed" for tag in page.open]


def _invenio_rdm(dataset: Dataset) -> list[str]:
    document = json.loads((dataset.path / "records" / "invenio-rdm.json").read_bytes())
    return schema_faults(document["metadata"], bundled_schema("invenio-rdm"))


def _mifa_documents(dataset: Dataset) -> list[str]:
    definitions = bundled_schema("bia_mifa_models")["$defs"]
    found = _errors(check_mifa_documents(dataset))
    for path in sorted((dataset.path / "records" / "mifa").iterdir()):
        strict = {"$defs": definitions, "$ref": f"#/$defs/{path.stem.partition('-')[0].capitalize()}"}
        found += [f"{path.name} {fault}" for fault in schema_faults(yaml.safe_load(path.read_bytes()), strict)]
    return found


def _ro_crate(dataset: Dataset) -> list[str]:
    from rocrate.rocrate import ROCrate

    found = _errors(check_ro_crate(dataset), check_file_list(dataset))
    crate = ROCrate(dataset.path)
    named = {str(entity.id) for entity in crate.data_entities}
    return found + [f"no data of the crate: {path}" for path in ("file_list.tsv",) if path not in named]


def _schema_org(dataset: Dataset) -> list[str]:
    from rdflib import RDF, Graph, Namespace, URIRef

    schema = Namespace("https://schema.org/")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # rdflib's own
        graph = Graph().parse(dataset.path / "records" / "dataset.jsonld", format="json-ld")
    (subject,) = graph.subjects(RDF.type, schema.Dataset)
    # Where a dataset is not published yet it has no address.
    asked = [name for name in REQUIRED if dataset.sheet.study.accession or name not in ("identifier", "url")]
    found = [f"it lacks {name}" for name in asked if not [*graph.objects(subject, schema[name])]]
    conforms = (subject, URIRef("http://purl.org/dc/terms/conformsTo"), URIRef(PROFILE)) in graph
    return found if conforms else [*found, "it is not of the profile"]


def _zenodo(dataset: Dataset) -> list[str]:
    document = json.loads((dataset.path / "records" / "zenodo.json").read_bytes())
    return schema_faults(document["metadata"], bundled_schema("zenodo-deposit"))


def _errors(*findings: Iterator[Finding]) -> list[str]:
    return [f"{one.code} {one.message} ({one.place})" for some in findings for one in some if one.is_error]


class _Page(HTMLParser):
    """A page whose elements are counted as a browser would: what is opened is closed, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> closes what is not open, line {self.getpos()[0]}")


VALIDATORS: dict[str, Validator] = {
    "bioimageio": _bioimageio,
    "biostudies": _biostudies,
    "citation": _citation,
    "croissant": _croissant,
    "datacite": _datacite,
    "dataset_card": _dataset_card,
    "gallery": _gallery,
    "invenio_rdm": _invenio_rdm,
    "mifa_documents": _mifa_documents,
    "ro_crate": _ro_crate,
    "schema_org": _schema_org,
    "zenodo": _zenodo,
}
"""By the record's name."""
