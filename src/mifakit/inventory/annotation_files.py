"""Annotation files -> the images that they speak of. What is wrong with one becomes a finding."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from posixpath import normpath
from typing import TYPE_CHECKING

from mifakit.annotations.base import AnnotationFormat, NamedImage, Options
from mifakit.annotations.opening import open_annotations
from mifakit.annotations.registry import format_named, is_annotation_folder, load_formats, recognise, suffix_of
from mifakit.errors import MifaError
from mifakit.findings import Finding, Place
from mifakit.inventory.inspecting import inspect_each
from mifakit.metadata.image_formats import IMAGE_FORMATS
from mifakit.readers.registry import is_image_folder, reading_suffix

if TYPE_CHECKING:  # workers come by here, and have no need of pydantic
    from mifakit.metadata.annotation_sets import AnnotationSet

_TABLE = "table"
AnnotationTask = tuple[str, str, Options]
"""A file, the name of its format, and what the sheet says of it."""


@dataclass(frozen=True)
class InspectedAnnotations:
    """What an annotation file speaks of, or why that cannot be known.

    Attributes
    ----------
    path
        In the lab folder.
    images
        The images that it names.
    companions
        Files that are read with it, relative to the lab folder.
    findings
        What was noticed of it as a whole.
    problem
        Why it cannot be read.
    """

    path: str
    images: tuple[NamedImage, ...] = ()
    companions: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    problem: Finding | None = None


def options_of(protocol: AnnotationSet) -> Options:
    """Return what the sheet says about the files of a set."""
    return Options(
        classes=protocol.classes,
        columns={str(role): header for role, header in protocol.columns.items()},
        unit=protocol.unit or "",
        first_pixel=protocol.first_pixel,
        legend=protocol.legend,
    )


def is_one_item(name: str) -> bool:
    """Whether a folder of this name is an image or an annotation, not a folder of such."""
    return is_image_folder(name) or is_annotation_folder(name)


def find_annotation_files(folder: Path, paths: Iterable[str]) -> dict[str, str]:
    """Return the format of every file that shows to be of an annotation format, by path; no image file is asked."""
    found: dict[str, str] = {}
    for path in paths:
        with suppress(MifaError):
            if form := format_of(folder, path, None):
                found[path] = form.name
    return found


def format_of(folder: Path, path: str, stated: str | None, columns: Collection[str] = ()) -> AnnotationFormat | None:
    """Return the format of an annotation file: the sheet's word, else what it shows itself; None for an image file.

    Parameters
    ----------
    folder, path
        The lab folder, and the file in it.
    stated
        The format that the sheet names, if it does.
    columns
        Those that the sheet explains: beside masks, they are of the tables that show nothing themselves.

    Raises
    ------
    MifaError
        MIFA104 when there is no such format, MIFA202 when it cannot be read, MIFA227 when it does not show what it is.
    """
    if stated:
        if named := format_named(stated):
            return named
        known = ", ".join((*IMAGE_FORMATS, *sorted(one.name for one in load_formats()[0])))
        raise MifaError("MIFA104", f"there is no annotation format {stated!r}", path, f"use one of {known}")
    suffix = suffix_of(path)
    if len(reading_suffix(path)) >= len(suffix) and reading_suffix(path):
        return None
    try:
        found = recognise(folder / path)
    except OSError as error:
        raise MifaError("MIFA202", error.strerror or str(error), path) from error
    table = format_named(_TABLE) if columns else None
    if found is None and table and path.lower().endswith(table.suffixes):
        return table
    if found is None and reading_suffix(path):  # such as a plain array called a_seg.npy
        return None
    if found is None:
        hint = "name its format in the sheet, under annotations: format"
        raise MifaError("MIFA227", f"does not show what {suffix or PurePosixPath(path).suffix} file it is", path, hint)
    return found


def inspect_annotations(
    folder: Path, files: Sequence[AnnotationTask], executor: Executor
) -> list[InspectedAnnotations]:
    """Read annotation files, to learn which images they speak of."""
    return inspect_each(
        _inspect_batch,
        folder,
        files,
        executor,
        lambda file, why: InspectedAnnotations(file[0], problem=Finding.of("MIFA315", why, file[0])),
    )


def _inspect_batch(folder: Path, batch: Sequence[AnnotationTask]) -> list[InspectedAnnotations]:
    return [_inspect(folder, file) for file in batch]


def _inspect(folder: Path, file: AnnotationTask) -> InspectedAnnotations:
    path, name, options = file
    try:
        read = open_annotations(folder / path, name, options)
    except MifaError as error:
        return InspectedAnnotations(path, problem=_placed(error.finding, path))
    home = PurePosixPath(path).parent
    companions = tuple(normpath(home / name) for name in read.companions)
    return InspectedAnnotations(path, read.images, companions, tuple(_placed(one, path) for one in read.findings))


def _placed(finding: Finding, path: str) -> Finding:
    """Return a finding at the file in the lab folder, as its format knows it by another path."""
    place = finding.place
    return replace(finding, place=Place(path, place.line, place.item) if place else Place(path))
