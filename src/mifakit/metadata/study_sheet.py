"""The study sheet: everything that people say about a dataset, in one file."""

from __future__ import annotations

from typing import Literal, Self

from mifakit.metadata.annotation_sets import AnnotationSet
from mifakit.metadata.conversion_choices import Splits, StorageChoice
from mifakit.metadata.fields import Need, SheetModel, declare
from mifakit.metadata.image_sets import ImageSet
from mifakit.metadata.mifa import Author, Study, Text, Version
from mifakit.metadata.rembi import Acquisition, Biosample, ImageAnalysis, ImageCorrelation, Specimen

SHEET_FORMAT = "mifakit study sheet 1"


class StudySheet(SheetModel):
    """The study sheet, whole."""

    format: Literal["mifakit study sheet 1"] = declare(
        Need.OPTIONAL, "The version of this sheet's layout.", SHEET_FORMAT, default=SHEET_FORMAT
    )
    lab_folder: Text = declare(
        Need.OPTIONAL,
        "Where the files are; relative to this sheet. It is only read, and stays out of the dataset.",
        "~/scope/nuclei",
    )
    study: Study = declare(Need.MIFA_REQUIRED, "The study.", default=Study)
    authors: list[Author] = declare(
        Need.MIFA_RECOMMENDED,
        "The people who made the dataset, in the order of credit.",
        source="Study.authors",
        default=list,
    )
    version: Version = declare(Need.MIFA_REQUIRED, "The version.", default=Version)
    biosamples: list[Biosample] = declare(Need.ARCHIVE, "What was imaged.", source="Biosample", default=list)
    specimens: list[Specimen] = declare(Need.ARCHIVE, "How it was prepared.", source="Specimen", default=list)
    acquisitions: list[Acquisition] = declare(
        Need.ARCHIVE, "How the images were taken.", source="Image acquisition", default=list
    )
    image_analyses: list[ImageAnalysis] = declare(
        Need.OPTIONAL, "How results were taken from the images.", source="Image analysis", default=list
    )
    image_correlations: list[ImageCorrelation] = declare(
        Need.OPTIONAL,
        "How images of different instruments were aligned.",
        source="Image correlation",
        default=list,
    )
    images: list[ImageSet] = declare(Need.MIFA_REQUIRED, "The images.", default=list)
    annotations: list[AnnotationSet] = declare(
        Need.MIFA_RECOMMENDED, "The annotations; without any the dataset is a collection of images.", default=list
    )
    splits: Splits | None = declare(Need.AI_READY, "Division into train, val and test; leave empty for none.")
    storage: StorageChoice | None = declare(Need.OPTIONAL, "How pixels are stored; leave empty for what serves most.")

    @property
    def people(self) -> list[Author]:
        """Everybody whom the sheet names: authors and annotators."""
        return [*self.authors, *(author for entry in self.annotations for author in entry.authors)]

    def public(self) -> Self:
        """Return the sheet without the e-mail addresses of those who did not agree to publish them."""
        private = {author.email.casefold() for author in self.people if author.email and author.email_public == "no"}
        if not private:
            return self
        copy = self.model_copy(deep=True)
        for author in copy.people:
            if author.email and author.email.casefold() in private:
                author.email = None
        return copy
