"""What the study sheet says: its title, and the sets that the manifest names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from mifakit.metadata.annotation_sets import AnnotationSet
from mifakit.metadata.image_sets import ImageSet
from mifakit.metadata.rembi import Acquisition, Biosample, ImageAnalysis, ImageCorrelation, Specimen
from mifakit.metadata.study_sheet import StudySheet
from mifakit.records.sentences import sentences

Titled = TypeVar("Titled", Biosample, Specimen, Acquisition, ImageAnalysis, ImageCorrelation)
UNTITLED = "Untitled dataset"
"""Stands where the title will stand: no destination takes a dataset without a name."""


def dataset_title(sheet: StudySheet) -> str:
    """Return the study's title, on one line."""
    return " ".join((sheet.study.title or UNTITLED).split())


def annotation_set(sheet: StudySheet, name: str) -> AnnotationSet:
    """Return the sheet's annotation set of this name; an empty one when it has none."""
    return next((entry for entry in sheet.annotations if entry.name == name), AnnotationSet(name=name))


def image_set(sheet: StudySheet, name: str) -> ImageSet:
    """Return the sheet's image set of this name; an empty one when it has none."""
    return next((entry for entry in sheet.images if entry.name == name), ImageSet(name=name))


def by_title(entries: Sequence[Titled], title: str | None) -> Titled | None:
    """Return the entry of this title, or None."""
    return next((entry for entry in entries if title and entry.title == title), None)


def organisms(sheet: StudySheet, image_sets: Iterable[str]) -> list[str]:
    """Return the scientific names of what these image sets show."""
    names: list[str] = []
    for images in (image_set(sheet, name) for name in image_sets):
        specimen = by_title(sheet.specimens, images.specimen)
        sample = by_title(sheet.biosamples, images.biosample or (specimen.biosample if specimen else None))
        found = (organism.scientific_name or organism.common_name for organism in (sample.organisms if sample else ()))
        names += [name for name in found if name]
    return list(dict.fromkeys(names))


def imaging_methods(sheet: StudySheet, image_sets: Iterable[str]) -> list[str]:
    """Return how these image sets were taken."""
    acquisitions = (by_title(sheet.acquisitions, image_set(sheet, name).acquisition) for name in image_sets)
    methods = [method.name for one in acquisitions if one for method in one.methods if method.name]
    return list(dict.fromkeys(methods))


def annotation_methods(sheet: StudySheet, annotation_sets: Iterable[str]) -> list[str]:
    """Return what each of these sets is and how it was made, as far as somebody said."""
    entries = (annotation_set(sheet, name) for name in annotation_sets)
    told = ((entry.name, sentences(entry.overview, entry.method)) for entry in entries)
    return [f"Annotations {name}: {text}" for name, text in told if text]
