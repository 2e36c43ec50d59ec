"""Where images are on their plates, and what stood in their wells: settled before a pixel moves. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from mifakit.dataset import layout
from mifakit.errors import MifaError
from mifakit.findings import Finding, Place
from mifakit.inventory.conditions import Conditions
from mifakit.inventory.inventory import ImageFile
from mifakit.metadata.image_sets import ImageSet, Plate
from mifakit.metadata.wells import FORMATS, Well, parse_well, well_at, whole_number
from mifakit.sources.names import collision_key


@dataclass(frozen=True)
class Position:
    """Where an image is on a plate.

    Attributes
    ----------
    plate
        The plate's name.
    well
        Its well.
    number
        Which image of the well it is; None where each well has one.
    conditions
        What stood in the well, by name.
    """

    plate: str
    well: Well
    number: int | None
    conditions: Mapping[str, str]

    @property
    def field(self) -> int:
        """What the image is called in its well."""
        return self.number or 0

    @property
    def name(self) -> str:
        """What the image is called among all others: `plate1_B03_2`."""
        return "_".join([self.plate, self.well.name, *([] if self.number is None else [str(self.number)])])

    @property
    def path(self) -> str:
        """Where it is in the dataset."""
        return layout.field_path(self.plate, self.well.letters, self.well.column, self.field)


class Placed(NamedTuple):
    """The images that are on plates, those that should be and have no place there, and what was found."""

    positions: dict[str, Position]
    unplaced: frozenset[str]
    findings: tuple[Finding, ...]

    def with_fields(self, image: ImageFile) -> ImageFile:
        """Return an image that has the fields `plate` and `well`, also where its path calls them otherwise."""
        position = self.positions.get(image.key)
        if position is None:
            return image
        return replace(image, fields={"plate": position.plate, "well": position.well.name, **image.fields})


def place_images(images: Sequence[ImageFile], sets: Sequence[ImageSet], conditions: Mapping[int, Conditions]) -> Placed:
    """Place the images of those sets that are of plates.

    Parameters
    ----------
    images
        All images that can be built.
    sets
        The image sets.
    conditions
        What stood in the wells, by image set. Where a set names a table that is not there, no image is placed.
    """
    positions: dict[str, Position] = {}
    findings: list[Finding] = []
    for index, component in enumerate(sets):
        if component.plate and (index in conditions or not component.plate.conditions):
            members = [image for image in images if image.component == index]
            placed, wrong = _place_set(members, component.plate, component.name or "images", conditions.get(index))
            positions |= placed
            findings += wrong
    named = {image.key: sets[image.component].name or "images" for image in images}
    for rule in (_shared_names, _shared_fields):
        clashes = dict(rule(positions, named))
        findings += clashes.values()
        positions = {key: position for key, position in positions.items() if key not in clashes}
    wanted = {image.key for image in images if sets[image.component].plate}
    return Placed(positions, frozenset(wanted - positions.keys()), tuple(findings))


def _place_set(
    images: Sequence[ImageFile], plate: Plate, default: str, conditions: Conditions | None
) -> tuple[dict[str, Position], list[Finding]]:
    """Place the images of one set; those whose place nobody knows are told."""
    positions: dict[str, Position] = {}
    findings: list[Finding] = []
    for image in images:
        try:
            positions[image.key] = _position(image, plate, default)
        except MifaError as error:
            findings.append(error.finding)
    if conditions:
        findings += conditions.compare(sorted({(one.plate, one.well) for one in positions.values()}))
        for key, one in positions.items():
            positions[key] = replace(one, conditions=conditions.of(one.plate, one.well) or {})
    return positions, findings


def _position(image: ImageFile, plate: Plate, default: str) -> Position:
    """Return where an image is, by the fields of its path.

    Raises
    ------
    MifaError
        MIFA234 when they do not say.
    """

    def value(field: str | None) -> str:
        return image.fields.get(field or "", "")

    well = parse_well(value(plate.well)) if plate.well else well_at(value(plate.row), value(plate.column))
    name, number = value(plate.name) if plate.name else default, whole_number(value(plate.field))
    if well is None:
        stated = repr(value(plate.well)) if plate.well else f"row {value(plate.row)}, column {value(plate.column)}"
        said = f"{stated} is no well"
    elif plate.well_count and (well.row > FORMATS[plate.well_count][0] or well.column > FORMATS[plate.well_count][1]):
        said = f"a plate of {plate.well_count} wells has no {well.name}"
    elif plate.field and number is None:
        said = f"its field is {value(plate.field)!r}, which is no number"
    elif not name:
        said = f"its path has no {{{plate.name}}} to name its plate"
    else:
        return Position(name, well, number, {})
    raise MifaError("MIFA234", said, image.origin.place)


def _shared_names(positions: Mapping[str, Position], sets: Mapping[str, str]) -> Iterator[tuple[str, Finding]]:
    """Yield the images of all but the first of the plates that would be one store."""
    first: dict[str, tuple[str, str]] = {}
    for key, position in positions.items():
        plate = position.plate, sets[key]
        taken = first.setdefault(collision_key(layout.store_path(position.path)), plate)
        if taken != plate:
            message = f"its plate {plate[0]} of {plate[1]} would be stored as plate {taken[0]} of {taken[1]}"
            yield key, Finding.of("MIFA330", message, Place(key))


def _shared_fields(positions: Mapping[str, Position], sets: Mapping[str, str]) -> Iterator[tuple[str, Finding]]:
    """Yield the images that are not the only one of their place."""
    groups: dict[str, list[str]] = defaultdict(list)
    for key, position in positions.items():
        groups[position.path].append(key)
    for group in groups.values():
        for key in group if len(group) > 1 else ():
            others = ", ".join(other for other in group if other != key)
            yield key, Finding.of("MIFA331", f"is {positions[key].name}, as is {others}", Place(key))


def shadowed(names: Mapping[str, str], positions: Mapping[str, Position]) -> dict[str, Finding]:
    """Return a finding for each sample on no plate that would be stored where a plate is, by key of its image."""
    plates = {collision_key(layout.store_path(one.path)): one.plate for one in positions.values()}
    stores = {key: collision_key(layout.image_path(name)) for key, name in names.items() if key not in positions}
    return {
        key: Finding.of("MIFA330", f"would be stored as plate {plates[store]}", Place(key))
        for key, store in stores.items()
        if store in plates
    }
