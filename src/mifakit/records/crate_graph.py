"""The flat graph of an RO-Crate while it is made: entities by @id, each with one BIA class."""

from __future__ import annotations

from typing import Any

from mifakit.records.bia_profile import CLASSES, METADATA, STUDY, context_of
from mifakit.records.serialisation import said
from mifakit.sources.names import portable_name

Reference = dict[str, str]

_OTHER_TYPES = {
    "bia:Study": ["Dataset"],
    "bia:Dataset": ["Dataset"],
    "bia:Contributor": ["Person"],
    "bia:Affiliation": ["Organization"],
    "bia:FileList": ["File", "csvw:Table"],
}


class CrateGraph:
    """Entities in the order in which they were added, the descriptor and the study first."""

    def __init__(self) -> None:
        self.entities: dict[str, dict[str, Any]] = {}
        self._named: dict[tuple[str, str], Reference | None] = {}

    def add(self, bia_class: str, identifier: str, /, **values: Any) -> Reference | None:
        """Add an entity and return a reference to it; of the values, those that say something.

        Returns None, and adds nothing, when a value that the class requires is missing (the
        archive would refuse the crate; a check reports the gap) or when the id is taken by an
        entity of another class. An entity of the same class and id stays as it was first said.
        """
        known = self.entities.get(identifier)
        types = _types(bia_class)
        if known is not None:
            return {"@id": identifier} if known["@type"] == types else None
        content = said(**values)
        if not CLASSES[bia_class].required.keys() <= content.keys():
            return None
        self.entities[identifier] = {"@id": identifier, "@type": types, **content}
        return {"@id": identifier}

    def add_incomplete(self, bia_class: str, identifier: str, /, **values: Any) -> Reference:
        """Add an entity that the crate cannot do without, whatever it lacks."""
        self.entities[identifier] = {"@id": identifier, "@type": _types(bia_class), **said(**values)}
        return {"@id": identifier}

    def add_once(
        self, bia_class: str, kind: str, text: str, identifier: str | None = None, /, **values: Any
    ) -> Reference | None:
        """Add the entity that `text` tells apart from others of its class, unless it is there."""
        key = (bia_class, identifier or text)
        if key not in self._named:
            self._named[key] = self.add(bia_class, identifier or self.local_id(kind, text), **values)
        return self._named[key]

    def local_id(self, kind: str, text: str) -> str:
        """Return an id inside the crate that is not taken yet: `#biosample-HaCaT_cells`."""
        base = f"#{kind}-{portable_name(text)}"
        number, identifier = 1, base
        while identifier in self.entities:
            number += 1
            identifier = f"{base}-{number}"
        return identifier

    def document(self) -> dict[str, Any]:
        """Return the crate's metadata, with a context of the terms that are used."""
        first = [self.entities[identifier] for identifier in (METADATA, STUDY) if identifier in self.entities]
        entities = first + [entity for entity in self.entities.values() if entity not in first]
        types = [entity["@type"] for entity in entities]
        names = {key for entity in entities for key in entity}
        names |= {name for kinds in types for name in ([kinds] if isinstance(kinds, str) else kinds)}
        return {"@context": context_of(names), "@graph": entities}


def links(*references: Reference | None) -> list[Reference]:
    """Return the references there are, each once."""
    found = {reference["@id"]: reference for reference in references if reference is not None}
    return list(found.values())


def _types(bia_class: str) -> str | list[str]:
    if bia_class == "CreativeWork":
        return bia_class
    return [bia_class, *_OTHER_TYPES.get(bia_class, [])]
