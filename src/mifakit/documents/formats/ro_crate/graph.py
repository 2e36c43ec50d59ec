"""A crate's flat graph: entities by id, and references that are followed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mifakit.documents.base import Draft
from mifakit.documents.parts import Leaf, Part, all_leaves, as_text
from mifakit.records.bia_profile import STUDY
from mifakit.records.crate_reading import Entity, as_list, classes
from mifakit.sources.yaml_text import Location

_FORM = {"bia:FileList", "csvw:Schema", "csvw:Column"}
"""Classes that say how the file list is to be read, and nothing else."""


class Graph:
    """The entities of a crate. Ids, types and references that were followed give it its form."""

    def __init__(self, tree: dict[str, Any], draft: Draft) -> None:
        self._draft = draft
        self.entities = [part for part in Part(tree).parts("@graph") if isinstance(part.value, dict)]
        self.by_id = {as_text(part.value.get("@id")): part for part in reversed(self.entities)}
        for leaf in all_leaves(tree.get("@context"), ("@context",)):
            draft.settle(leaf)
        for entity in self.entities:
            draft.settle(entity.leaf("@id"), *entity.leaves("@type"))
            if "CreativeWork" in as_list(entity.value.get("@type")) and "about" in entity:
                self._form(entity, "about", "conformsTo")  # the descriptor
            elif _FORM.intersection(classes(entity.value)):
                self._form(entity, "columnName", "propertyUrl")

    def _form(self, entity: Part, *names: str) -> None:
        for name in names:
            for leaf in all_leaves(entity.value.get(name), (*entity.location, name)):
                self._draft.settle(leaf)

    @property
    def root(self) -> Part:
        """The entity that the crate is about."""
        descriptor = next((one for one in self.entities if "about" in one and "conformsTo" in one), Part(None))
        about = as_text(descriptor.part("about").part("@id").value) or STUDY
        return self.by_id.get(about) or self.by_id.get(STUDY) or Part(None)

    def of_class(self, name: str) -> Iterator[Part]:
        """Yield the entities of a class of the archive's profile."""
        return (one for one in self.entities if name in classes(one.value))

    def follow(self, entity: Part, *names: str) -> list[Part]:
        """Return what stands under all of these names: entities where references lead to some, else as it is."""
        found: dict[Location, Part] = {}
        for name in names:
            for part in entity.parts(name):
                target = as_text(part.part("@id").value) if isinstance(part.value, dict) else ""
                there = self.by_id.get(target)
                if there is not None:
                    self._draft.settle(part.leaf("@id"))
                one = there or part
                found.setdefault(one.location, one)
        return list(found.values())

    def leaves(self, entity: Part, *names: str) -> list[Leaf]:
        """Return the values under the first of these names that says something."""
        for name in names:
            parts = self.follow(entity, name)
            found = [leaf for part in parts if (leaf := part.leaf() or part.leaf("@value", "@id"))]
            if found:
                return found
        return []

    def leaf(self, entity: Part, *names: str) -> Leaf | None:
        """Return the first of these values."""
        return next(iter(self.leaves(entity, *names)), None)

    def settle_hierarchy(self) -> None:
        """Note references to parts and file lists: what they lead to is found by its class."""
        for entity in self.entities:
            self.follow(entity, "hasPart", "tableSchema", "column")


def class_of(entity: Entity) -> str:
    """Return what an entity is called in messages."""
    names = [*classes(entity), *(str(one) for one in as_list(entity.get("@type")))]
    return names[0] if names else "entity"


def name_kinds(tree: Any, location: Location) -> str:
    """Return what kind of value stands somewhere: `Person: jobTitle`."""
    entity = tree["@graph"][location[1]] if location[0] == "@graph" and isinstance(location[1], int) else None
    if not isinstance(entity, dict):
        return ".".join(part for part in location if isinstance(part, str))
    words = [part for part in location[2:] if isinstance(part, str) and part not in ("@id", "@value")]
    return f"{class_of(entity)}: {'.'.join(words) or '@id'}"
