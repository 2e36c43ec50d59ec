"""What images and annotations are, as far as sentences can be held against it. Pure data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mifakit.metadata.vocabularies import AnnotationType


@dataclass(frozen=True)
class Picture:
    """One image.

    Attributes
    ----------
    name
        How people name it.
    component
        Index of its image set in the sheet.
    lengths
        By axis; an axis that it lacks is 1 long.
    channels
        Their names, in order; empty where a name is not known.
    spacing
        Micrometres between pixels, by axis, where known.
    acquired
        Date and time, ISO 8601.
    annotated_by
        Names of the annotation sets that speak of it.
    """

    name: str
    component: int
    lengths: Mapping[str, int]
    channels: tuple[str, ...] = ()
    spacing: Mapping[str, float] = field(default_factory=dict)
    acquired: str | None = None
    annotated_by: frozenset[str] = frozenset()

    def length(self, axis: str) -> int:
        """Return how long it is along an axis."""
        return self.lengths.get(axis, 1)


@dataclass(frozen=True)
class SetContents:
    """What the files of an annotation set hold.

    Attributes
    ----------
    types
        MIFA's types of what was found.
    whole
        Whether all files were looked at, not the first ones only.
    objects
        How many objects there are, where they were counted.
    values
        The values of its label images, if they are the same few in every image, and look like classes.
    named
        Whether its files name classes, or are of a kind that may.
    """

    types: tuple[AnnotationType, ...] = ()
    whole: bool = True
    objects: int | None = None
    values: tuple[int, ...] = ()
    named: bool = False


@dataclass(frozen=True)
class Facts:
    """What there is.

    Attributes
    ----------
    pictures
        Every image that could be read.
    unread
        How many more there are that could not, or whose annotation is not settled.
    sets
        By name of the annotation set.
    """

    pictures: tuple[Picture, ...]
    unread: int = 0
    sets: Mapping[str, SetContents] = field(default_factory=dict)
