"""Does the study sheet hang together? Titles, names and pairs that point at each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from mifakit.annotations.registry import format_named, load_formats
from mifakit.errors import MifaError
from mifakit.findings import Finding
from mifakit.inventory.patterns import compile_pattern, field_names
from mifakit.metadata.fields import as_list
from mifakit.metadata.image_formats import COLOUR_MASK, IMAGE_FORMATS
from mifakit.metadata.image_sets import ImageSet
from mifakit.sheet.reading import Sheet
from mifakit.sources.yaml_text import Location

_ASSOCIATIONS = {
    "biosamples": "biosample",
    "specimens": "specimen",
    "acquisitions": "acquisition",
    "image_analyses": "image_analyses",
    "image_correlations": "image_correlations",
}
"""Lists of the sheet, and the field of an image set that names their entries by title."""


def check_references(sheet: Sheet) -> Iterator[Finding]:
    """Yield a finding for every reference to a title that no entry has."""
    model = sheet.model
    titles = {field: [entry.title for entry in getattr(model, room)] for room, field in _ASSOCIATIONS.items()}
    for index, component in enumerate(model.images):
        for field, known in titles.items():
            for stated in as_list(getattr(component, field)):
                if stated not in known:
                    yield _dangling(sheet, stated, known, ("images", index, field))
    for index, specimen in enumerate(model.specimens):
        if specimen.biosample and specimen.biosample not in titles["biosample"]:
            yield _dangling(sheet, specimen.biosample, titles["biosample"], ("specimens", index, "biosample"))


def check_unnamed(sheet: Sheet) -> Iterator[Finding]:
    """Yield entries that no image set names: records would not say them.

    Of entries that hang together the first is named alone: a biosample belongs where its specimen does. And one that is
    written otherwise where it is named, was found as a reference to nothing already.
    """
    model = sheet.model
    for room, field in _ASSOCIATIONS.items():
        named = {title for component in model.images for title in as_list(getattr(component, field))}
        if field == "biosample":
            named |= {specimen.biosample for specimen in model.specimens}
        if room.startswith("image_") and len(model.images) == 1 and not named:
            continue  # they are of the only set there is
        known = [entry.title for entry in getattr(model, room) if entry.title]
        named |= {near for title in named if title and title not in known for near in _near(title, known)}
        for index, entry in enumerate(getattr(model, room)):
            if entry.title and entry.title not in named:
                place = sheet.place(room, index, "title")
                yield Finding.of("MIFA134", f"no image set names {entry.title!r} as {field}", place)


def _dangling(sheet: Sheet, stated: str, known: Sequence[str | None], location: tuple[str | int, ...]) -> Finding:
    titles = [title for title in known if title]
    entries = ", ".join(map(repr, titles)) or "none"
    near = _near(stated, titles)
    hint = f"did you mean {near[0]!r}?" if near else None
    return Finding.of("MIFA122", f"there is no entry {stated!r}; there is {entries}", sheet.place(*location), hint)


def _near(stated: str, titles: Sequence[str]) -> list[str]:
    """Return the title that was probably meant, if any: one of other capitals, else one of similar letters."""
    alike = [title for title in titles if title.casefold() == stated.casefold()]
    return alike[:1] or get_close_matches(stated, titles, n=1)


def check_unique_titles(sheet: Sheet) -> Iterator[Finding]:
    """Yield a finding for every title or name that stands twice in its list."""
    rooms = {
        "biosamples": "title",
        "specimens": "title",
        "acquisitions": "title",
        "image_analyses": "title",
        "image_correlations": "title",
        "images": "name",
        "annotations": "name",
    }
    for room, field in rooms.items():
        values = [getattr(entry, field) for entry in getattr(sheet.model, room)]
        if room == "annotations":  # they name folders: Windows and macOS take Nuclei and nuclei for one
            values = [value and value.casefold() for value in values]
        counts = Counter(value for value in values if value)
        for index, value in enumerate(values):
            if value and counts[value] > 1 and values.index(value) < index:
                yield Finding.of("MIFA123", f"{value!r} stands {counts[value]} times", sheet.place(room, index, field))


def check_patterns(sheet: Sheet) -> Iterator[Finding]:
    """Yield a finding for every malformed file pattern."""
    for room in ("images", "annotations"):
        for index, entry in enumerate(getattr(sheet.model, room)):
            for field in ("files", "exclude", "scenes"):
                for pattern in getattr(entry, field):
                    try:
                        compile_pattern(pattern)
                    except MifaError as error:
                        place = sheet.place(room, index, field)
                        yield Finding.of(error.code, error.finding.message, place)


def check_formats(sheet: Sheet) -> Iterator[Finding]:
    """Yield a finding for every annotation format that nothing installed reads."""
    for index, protocol in enumerate(sheet.model.annotations):
        stated = protocol.format
        if stated and stated not in IMAGE_FORMATS and format_named(stated) is None:
            known = ", ".join((*IMAGE_FORMATS, *sorted(one.name for one in load_formats()[0])))
            message = f"{stated!r} is not one of {known}"
            yield Finding.of("MIFA104", message, sheet.place("annotations", index, "format"))
        if stated == COLOUR_MASK and not protocol.legend:
            message = "a colour mask needs a legend: what each colour means"
            yield Finding.of("MIFA227", message, sheet.place("annotations", index, "format"))


def check_pairs(sheet: Sheet) -> Iterator[Finding]:
    """Yield a finding for every pair that is not settled."""
    for index, protocol in enumerate(sheet.model.annotations):
        for number, pair in enumerate(protocol.pairs):
            if not pair.annotation or not pair.image:
                missing = "annotation" if pair.image else "image"
                place = sheet.place("annotations", index, "pairs", number)
                yield Finding.of("MIFA209", f"{pair.annotation or pair.image}: the pair names no {missing}", place)


def check_file_values(sheet: Sheet) -> Iterator[Finding]:
    """Yield values of single annotation files that name no file, or one that others name too."""
    for index, protocol in enumerate(sheet.model.annotations):
        named: set[str] = set()
        for number, values in enumerate(protocol.file_values):
            place = sheet.place("annotations", index, "file_values", number, "annotation")
            if not values.annotation:
                yield Finding.of("MIFA129", "the entry names no annotation file", place)
            elif values.annotation in named:
                yield Finding.of("MIFA129", f"{values.annotation} stands twice", place, "make one entry of the two")
            named.add(values.annotation or "")


def check_split_fields(sheet: Sheet) -> Iterator[Finding]:
    """Yield a field that the splits go by but no image pattern has: it would divide nothing, silently."""
    splits = sheet.model.splits
    known = {field for component in sheet.model.images for field in _fields(component)}
    if any(component.plate for component in sheet.model.images):
        known |= {"plate", "well"}
    for name in ("group_by", "from_field") if splits else ():
        yield from _unknown_field(sheet, getattr(splits, name), known, ("splits", name))


def check_plate_fields(sheet: Sheet) -> Iterator[Finding]:
    """Yield a plate whose wells nothing names, and fields that no pattern of its images has."""
    for index, component in enumerate(sheet.model.images):
        plate = component.plate
        if plate is None:
            continue
        if (bool(plate.well), bool(plate.row), bool(plate.column)) not in ((True, False, False), (False, True, True)):
            place = sheet.place("images", index, "plate")
            yield Finding.of("MIFA105", "a plate needs either well, or row and column", place)
        for name in ("name", "well", "row", "column", "field"):
            location = ("images", index, "plate", name)
            yield from _unknown_field(sheet, getattr(plate, name), _fields(component), location)


def check_series_fields(sheet: Sheet) -> Iterator[Finding]:
    """Yield a series along an axis that no pattern has as a field: its files would all be images of their own."""
    for room in ("images", "annotations"):
        for index, entry in enumerate(getattr(sheet.model, room)):
            for axis in entry.series or "":
                if not any(axis in field_names(pattern) for pattern in entry.files):
                    message = f"no pattern has {{{axis}}}, so that no file has a place along {axis}"
                    yield Finding.of("MIFA127", message, sheet.place(room, index, "series"))


def _fields(component: ImageSet) -> set[str]:
    """Return the fields of an image set: of paths, and of images' names in their files."""
    fields = {field for pattern in (*component.files, *component.scenes) for field in field_names(pattern)}
    return {*fields, "scene"} - set(component.series or "")


def _unknown_field(sheet: Sheet, field: str | None, known: set[str], location: Location) -> Iterator[Finding]:
    if field and field not in known:
        message = f"no image pattern has {{{field}}}; there is {', '.join(sorted(known - {'scene'})) or 'none'}"
        yield Finding.of("MIFA126", message, sheet.place(*location))
