"""Whether the file list keeps the archive's rules and lists the dataset as it lies on disk."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator

from mifakit.dataset import layout
from mifakit.dataset.dataset import Dataset
from mifakit.findings import Finding, Place
from mifakit.records import bia_profile
from mifakit.records.crate_reading import (
    Crate,
    FileList,
    UnreadableError,
    as_list,
    classes,
    read_crate,
    read_file_list,
)
from mifakit.records.file_list import listed_sizes
from mifakit.records.path_rule import PATH_RULE, is_allowed_path

Remark = tuple[str, str]
"""The path of the row, or a header, and what is wrong with it."""

_READ_AS_NUMBER = re.compile(r"[-+]?(\d[\d_]*\.?\d*|\.\d+)(e[-+]?\d+)?|inf(inity)?|true|false", re.IGNORECASE)
_READ_AS_NOTHING = frozenset(("n/a", "na", "nan", "-nan", "none", "null", "<na>", "#n/a", "#na"))


def check_file_list(dataset: Dataset) -> Iterator[Finding]:
    """Yield every row that the archive would refuse or misread, and every file it says wrong."""
    if not (dataset.path / layout.FILE_LIST).is_file():
        yield Finding.of("MIFA504", f"there is no {layout.FILE_LIST}", Place(layout.FILE_LIST))
        return
    try:
        crate = read_crate(dataset.path)
    except UnreadableError:  # check_ro_crate says what is wrong
        return
    try:
        listed = read_file_list(dataset.path, crate)
    except UnreadableError as error:
        yield Finding.of("MIFA503", str(error), Place(layout.FILE_LIST))
        return
    remarks = [*columns(listed)]
    if not remarks:
        remarks = [remark for rule in RULES for remark in rule(listed, crate)]
        remarks += [*sizes(listed, dataset), *complete(listed, dataset)]
    for item, message in remarks:
        yield Finding.of("MIFA503", message, Place(listed.path, item=item))


def columns(listed: FileList) -> Iterator[Remark]:
    """Yield columns that are missing, not described, described in vain, or known by an old name."""
    for url in (bia_profile.FILE_PATH, bia_profile.IN_DATASET, bia_profile.SIZE):
        if listed.header(url) is None:
            yield url, "no column has this property"
    for header in sorted(set(listed.headers) ^ set(listed.columns)):
        missing = "the crate" if header in listed.headers else "the file list"
        yield header, f"{missing} does not have this column"
    for header, meaning in listed.columns.items():
        if meaning in bia_profile.LEGACY_SOURCES:
            yield header, f"{meaning} is no longer read: use {bia_profile.SOURCE_IMAGE}"


def paths(listed: FileList, crate: Crate) -> Iterator[Remark]:
    """Yield paths that stand twice, or that BioStudies does not take."""
    for path, count in Counter(_path(listed, row) for row in listed.rows).items():
        if count > 1:
            yield path, f"stands in {count} rows"
        if not is_allowed_path(path):
            yield path, f"BioStudies takes no such path: {PATH_RULE}"


def types(listed: FileList, crate: Crate) -> Iterator[Remark]:
    """Yield types other than image, annotation and none."""
    for row in listed.rows:
        kind = listed.cell(row, bia_profile.TYPE)
        if kind not in ("", bia_profile.IMAGE, bia_profile.ANNOTATION_DATA):
            yield _path(listed, row), f"its type is {kind!r}, not {bia_profile.IMAGE} or {bia_profile.ANNOTATION_DATA}"


def labels(listed: FileList, crate: Crate) -> Iterator[Remark]:
    """Yield labels that several rows share, or that would be split or lost when the list is read."""
    counts = Counter(listed.cell(row, bia_profile.LABEL) for row in listed.rows)
    for label, count in counts.items():
        if label and count > 1:
            yield label, f"{count} rows have this label: they would become one image"
        if "," in label:
            yield label, "a label with a comma is read as two"
        if _READ_AS_NUMBER.fullmatch(label) or label.lower() in _READ_AS_NOTHING:
            yield label, "is read as a number or as nothing: add a letter"


def source_images(listed: FileList, crate: Crate) -> Iterator[Remark]:
    """Yield annotations whose source image is missing, or not the label of an image."""
    key = bia_profile.LABEL if listed.header(bia_profile.LABEL) else bia_profile.FILE_PATH
    images = {listed.cell(row, key) for row in _typed(listed, bia_profile.IMAGE)}
    for row in listed.rows:
        named = listed.cells(row, bia_profile.SOURCE_IMAGE)
        if not named and listed.cell(row, bia_profile.TYPE) == bia_profile.ANNOTATION_DATA:
            yield _path(listed, row), "an annotation without source image"
        for source in named:
            if source not in images:
                yield _path(listed, row), f"its source {source!r} is not the label of an image"


def methods(listed: FileList, crate: Crate) -> Iterator[Remark]:
    """Yield annotations of which neither the row nor its Dataset names a method."""
    url = f"{bia_profile.BIA}associatedAnnotationMethod"
    for row in _typed(listed, bia_profile.ANNOTATION_DATA):
        said = _dataset(listed, row, crate).get("associatedAnnotationMethod")
        if not (listed.cells(row, url) if listed.header(url) else said):
            yield _path(listed, row), "an annotation without method"


def datasets(listed: FileList, crate: Crate) -> Iterator[Remark]:
    """Yield rows whose Dataset is not in the crate."""
    for row in listed.rows:
        if "bia:Dataset" not in classes(_dataset(listed, row, crate)):
            name = listed.cell(row, bia_profile.IN_DATASET)
            yield _path(listed, row), f"{name!r} is not a bia:Dataset of the crate"


def associations(listed: FileList, crate: Crate) -> Iterator[Remark]:
    """Yield cells that name no entity of the right class, and blank ones that hide what the Dataset says."""
    for url, (key, bia_class) in bia_profile.ASSOCIATIONS.items():
        if listed.header(url) is None:
            continue
        for row in listed.rows:
            named = listed.cells(row, url)
            typed = listed.cell(row, bia_profile.TYPE)
            if typed and not named and as_list(_dataset(listed, row, crate).get(key)):
                yield _path(listed, row), f"its blank {listed.header(url)} hides the Dataset's"
            for identifier in named:
                if bia_class not in classes(crate.by_id.get(identifier, {})):
                    yield _path(listed, row), f"{identifier} is not a {bia_class} of the crate"


RULES: tuple[Callable[[FileList, Crate], Iterator[Remark]], ...] = (
    paths,
    types,
    labels,
    source_images,
    methods,
    datasets,
    associations,
)


def sizes(listed: FileList, dataset: Dataset) -> Iterator[Remark]:
    """Yield rows whose file is not on disk or has another size."""
    found = listed_sizes(dataset)
    for row in listed.rows:
        path, stated = _path(listed, row), listed.cell(row, bia_profile.SIZE)
        if path not in found or not (dataset.path / path).exists():
            yield path, "is not a file of the dataset"
        elif stated != str(found[path]):
            yield path, f"has {found[path]} bytes, not {stated}"


def complete(listed: FileList, dataset: Dataset) -> Iterator[Remark]:
    """Yield images, plates and label images that have no row, or one of another type, and files without a row.

    What is left out on purpose, and why, says `file_list.LEFT_OUT`.
    """
    kinds = {_path(listed, row): listed.cell(row, bia_profile.TYPE) for row in listed.rows}
    for sample in dataset:
        expected = {sample.row.store: bia_profile.IMAGE}
        expected |= dict.fromkeys(sample.row.label_images, bia_profile.ANNOTATION_DATA)
        for path, kind in expected.items():
            if kinds.get(path) != kind:
                yield path, f"has no row of type {kind}"
    for path in listed_sizes(dataset):
        if path not in kinds and (dataset.path / path).is_file():
            yield path, "is a file of the dataset that no row lists"


def _path(listed: FileList, row: dict[str, str]) -> str:
    return listed.cell(row, bia_profile.FILE_PATH)


def _typed(listed: FileList, kind: str) -> list[dict[str, str]]:
    return [row for row in listed.rows if listed.cell(row, bia_profile.TYPE) == kind]


def _dataset(listed: FileList, row: dict[str, str], crate: Crate) -> dict[str, object]:
    return crate.by_id.get(listed.cell(row, bia_profile.IN_DATASET), {})
