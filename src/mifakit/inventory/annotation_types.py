"""Annotation sets -> what kinds of annotation they seem to be, as MIFA names them."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from mifakit.annotations.base import Grid
from mifakit.annotations.mifa_types import types_of
from mifakit.annotations.model import Kind, kinds_of
from mifakit.annotations.opening import open_annotations
from mifakit.errors import MifaError
from mifakit.inventory.annotation_files import options_of
from mifakit.inventory.inventory import Inventory
from mifakit.metadata.annotation_sets import AnnotationSet
from mifakit.metadata.vocabularies import AnnotationType

LOOKED_AT = 5
"""Images of a set whose annotations are read."""


def types_by_set(inventory: Inventory, sets: Iterable[AnnotationSet]) -> dict[str, list[AnnotationType]]:
    """Return what `types_in` says of each set, by its name."""
    return {str(one.name): types_in(inventory, one) for one in sets}


def types_in(inventory: Inventory, protocol: AnnotationSet) -> list[AnnotationType]:
    """Return MIFA's types of what a set's files say of the first images; of what cannot be read, nothing."""
    images = {image.key: image for image in inventory.images}
    files = {file.key: file for file in inventory.annotations}
    pairings = [pair for pair in inventory.pairings if pair.annotation_set == protocol.name][:LOOKED_AT]
    kinds: set[Kind] = set()
    for pairing in pairings:
        facts = images[pairing.image].facts
        for file in (files[key] for key in pairing.files):
            if file.in_image_file:
                kinds.add(Kind.LABELS)
            elif facts:
                with suppress(MifaError):
                    opened = open_annotations(inventory.folder / file.origin.path, file.format, options_of(protocol))
                    grid = Grid(dict(zip(facts.axes, facts.shape, strict=True)), facts.spacing)
                    for layer in opened.read(file.origin.scene, grid).layers:
                        kinds |= kinds_of(layer)
    return types_of(kinds)
