"""The sheet's sentences about images, each with the images that it is about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mifakit.checks.facts import Facts, Picture
from mifakit.metadata.study_sheet import StudySheet
from mifakit.sources.yaml_text import Location


@dataclass(frozen=True)
class Statement:
    """A text of the sheet.

    Attributes
    ----------
    text
        What it says.
    location
        Where it stands in the sheet.
    pictures
        The images it is about, one at least.
    """

    text: str
    location: Location
    pictures: tuple[Picture, ...]


def statements(sheet: StudySheet, facts: Facts) -> Iterator[Statement]:
    """Yield the descriptions of study and image sets, and the parameters of acquisitions."""
    for text, location, components in _texts(sheet):
        pictures = tuple(one for one in facts.pictures if one.component in components)
        if text and pictures:
            yield Statement(text, location, pictures)


def _texts(sheet: StudySheet) -> Iterator[tuple[str | None, Location, set[int]]]:
    yield sheet.study.description, ("study", "description"), {*range(len(sheet.images))}
    for index, component in enumerate(sheet.images):
        yield component.description, ("images", index, "description"), {index}
    for index, acquisition in enumerate(sheet.acquisitions):
        taken = {number for number, one in enumerate(sheet.images) if one.acquisition == acquisition.title}
        yield acquisition.parameters, ("acquisitions", index, "parameters"), taken
