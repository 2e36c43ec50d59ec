"""Inventory + sheet -> facts: images as they will be built."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from mifakit.annotations.base import MICROMETRES
from mifakit.checks.facts import Facts, Picture, SetContents
from mifakit.inventory.annotation_types import LOOKED_AT
from mifakit.inventory.inventory import ImageFile, Inventory
from mifakit.metadata.study_sheet import StudySheet
from mifakit.metadata.vocabularies import AnnotationType


def facts_of_lab(
    inventory: Inventory, sheet: StudySheet, types: Mapping[str, Sequence[AnnotationType]] | None = None
) -> Facts:
    """Return the facts of a lab folder.

    Parameters
    ----------
    inventory, sheet
        What there is, and what was said.
    types
        By annotation set, what its first files hold, if they were read.
    """
    annotated: dict[str, set[str]] = defaultdict(set)
    for pairing in inventory.pairings:
        annotated[pairing.image].add(pairing.annotation_set)
    known = [image for image in inventory.images if image.facts and image.key not in inventory.unsettled]
    pictures = tuple(_picture(image, sheet, frozenset(annotated[image.key])) for image in known)
    sets = {name: _contents(inventory, name, found) for name, found in (types or {}).items()}
    return Facts(pictures, len(inventory.images) - len(known), sets)


def _contents(inventory: Inventory, name: str, types: Sequence[AnnotationType]) -> SetContents:
    images = sum(pairing.annotation_set == name for pairing in inventory.pairings)
    named = any(file.annotation_set == name and not file.in_image_file for file in inventory.annotations)
    return SetContents(tuple(types), whole=images <= LOOKED_AT, named=named)


def _picture(image: ImageFile, sheet: StudySheet, annotated_by: frozenset[str]) -> Picture:
    facts, component = image.facts, sheet.images[image.component]
    assert facts is not None  # noqa: S101 - the caller keeps images that were read
    lengths = dict(zip(facts.axes, facts.shape, strict=True))
    if facts.has_alpha and component.alpha == "drop":
        lengths["c"] -= 1
    spacing = {
        axis: one.value * MICROMETRES[one.unit] for axis, one in facts.spacing.items() if one.unit in MICROMETRES
    }
    stated = component.pixel_size.model_dump(exclude_none=True) if component.pixel_size else {}
    return Picture(
        name=image.key,
        component=image.component,
        lengths=lengths,
        channels=tuple(component.channels) or tuple(channel.name or "" for channel in facts.channels),
        spacing=spacing | stated,
        acquired=facts.acquisition.acquired,
        annotated_by=annotated_by,
    )
