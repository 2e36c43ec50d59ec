"""What the study sheet says: its title, and the sets that the manifest names."""

from __future__ import annotations

from mifakit.metadata.study_sheet import AnnotationSet, ImageSet, StudySheet

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
