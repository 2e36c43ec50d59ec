"""Whether label images, tables and dates agree with what they are of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import numpy as np

from mifakit.annotations.mentions import grouped, name_of
from mifakit.annotations.model import Objects
from mifakit.annotations.raster.label_image import LabelImage
from mifakit.annotations.raster.label_properties import LabelProperties
from mifakit.findings import Finding, Place


def in_pieces(properties: LabelProperties, place: Place) -> Iterator[Finding]:
    """Yield objects of a label image that are in several pieces (MIFA354)."""

    def piece(row: int) -> str:
        frame = f" at t {properties.t[row]}" if properties.t.any() else ""
        return f"{properties.labels[row]}{frame} in {properties.pieces[row]}"

    yield from grouped("MIFA354", properties.pieces > 1, "objects are in several pieces", place, piece)


def without_background(labels: LabelImage, properties: LabelProperties, place: Place) -> Iterator[Finding]:
    """Yield a label image of which every pixel is labelled (MIFA357)."""
    if properties.areas.sum() == np.prod(labels.shape, dtype=np.int64):
        ids = len(labels.ids)
        yield Finding.of("MIFA357", f"every pixel belongs to one of {ids:,} objects; there is no background", place)


def rows_and_objects(rows: Objects, objects: Objects, place: Place) -> Iterator[Finding]:
    """Yield rows of a table of objects that are not there, and objects that have none (MIFA355, MIFA356).

    They are compared by label where both have labels, else by the file's own ids; else not at all.
    """
    if rows.label is not None and objects.label is not None:
        known, told = np.isin(rows.label, objects.label), np.isin(objects.label, rows.label)
    elif rows.source_id is not None and objects.source_id is not None:
        known, told = _among(rows.source_id, objects.source_id), _among(objects.source_id, rows.source_id)
    else:
        return
    yield from grouped("MIFA355", ~known, "rows are of objects that are not there", place, rows)
    yield from grouped("MIFA356", ~told, "objects have no row in the table", place, objects)


def older_than_image(objects: Objects, acquired: str | None, place: Place) -> Iterator[Finding]:
    """Yield objects that were annotated before their image was taken (MIFA353). Both times are ISO 8601."""
    taken = _moment(acquired)
    if taken is None or objects.created is None:
        return
    moments = {text: _moment(text) for text in set(objects.created)}
    early = {text for text, moment in moments.items() if moment is not None and _before(moment, taken)}
    older = np.array([text in early for text in objects.created], bool)

    def dated(number: int) -> str:
        return f"{name_of(objects, number)} of {objects.created[number] if objects.created else ''}"

    yield from grouped("MIFA353", older, f"objects are older than their image of {acquired}", place, dated)


def _among(ids: Sequence[str | None], others: Sequence[str | None]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    known = set(others)
    return np.array([one in known for one in ids], bool)


def _moment(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None


def _before(one: datetime, other: datetime) -> bool:
    """Whether a moment is before another for certain; without a time zone, or a time of day, by more than a day."""
    if one.tzinfo and other.tzinfo:
        return one < other
    return one.replace(tzinfo=None) < other.replace(tzinfo=None) - timedelta(days=1)
