"""Organisms: whether a text speaks of another one than the biosample's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from mifakit.findings import Finding
from mifakit.metadata.rembi import Biosample, Organism
from mifakit.metadata.study_sheet import StudySheet
from mifakit.metadata.vocabularies import Term, find, load
from mifakit.sheet.reading import Sheet
from mifakit.sources.yaml_text import Location

_OF_REAGENTS = re.compile(
    r"anti[- ]\w+|[\w-]+ (?:monoclonal|polyclonal) \w+|[\w-]+ anti\b|(?:foetal|fetal|newborn)? ?(?:bovine|calf|goat|"
    r"horse|donkey|rabbit|mouse) (?:serum|albumin|igg)|[\w-]+ (?:two-hybrid|tunicate)",
    re.IGNORECASE,
)
_AMBIGUOUS = {"patient", "patients", "hen", "cat", "fly", "worm", "calf", "chick", "cow", "yeast", "cho", "monkey"}
"""Names that stand for other things too, or for kinds: too little to warn of."""


def check_organisms_told(sheet: Sheet) -> Iterator[Finding]:
    """Yield texts about a biosample that name an organism, but none of its own (MIFA175)."""
    for index, biosample in enumerate(sheet.model.biosamples):
        own = [organism for organism in biosample.organisms if organism.scientific_name]
        if not own:
            continue
        texts = list(_texts(sheet.model, index, biosample))
        spoken = {term.name: (location, name) for text, location in texts for term, name in _named(text)}
        kin = {term.name for organism in own for term in _terms(organism)}
        if not kin or not spoken or kin & spoken.keys() or any(_mentions(text, own) for text, _ in texts):
            continue
        location, name = next(iter(spoken.values()))
        stated = ", ".join(str(organism.scientific_name) for organism in own)
        yield Finding.of("MIFA175", f"it speaks of {name!r}, the biosample is {stated}", sheet.place(*location))


def _texts(sheet: StudySheet, index: int, biosample: Biosample) -> Iterator[tuple[str, Location]]:
    here: Location = ("biosamples", index)
    said: list[tuple[str | None, Location]] = [
        (biosample.biological_entity, (*here, "biological_entity")),
        (biosample.description, (*here, "description")),
        (biosample.title, (*here, "title")),
    ]
    for number, component in enumerate(sheet.images):
        if component.biosample == biosample.title:
            said.append((component.description, ("images", number, "description")))
    if len(sheet.biosamples) == 1:
        said += [(sheet.study.title, ("study", "title")), (sheet.study.description, ("study", "description"))]
    yield from ((text, location) for text, location in said if text)


def _terms(organism: Organism) -> tuple[Term, ...]:
    return find("organism", organism.scientific_name or "") or find("organism", organism.common_name or "")


def _mentions(text: str, own: list[Organism]) -> bool:
    """Whether a text names one of the sample's own organisms, under any of its names."""
    names = {name for organism in own for name in (organism.scientific_name, organism.common_name) if name}
    names |= {name for organism in own for term in _terms(organism) for name in term.spellings}
    names |= {f"{name[0]}. {name.partition(' ')[2]}" for name in names if " " in name}
    names |= {name.partition(" ")[0] for organism in own if (name := organism.scientific_name or "")}
    return any(re.search(rf"\b{re.escape(name)}s?\b", text, re.IGNORECASE) for name in names)


def _named(text: str) -> Iterator[tuple[Term, str]]:
    """Yield the organisms that a text names, each with the word it uses."""
    plain = _OF_REAGENTS.sub(" ", " ".join(text.split()))
    for found in _every_name().finditer(plain):
        terms = find("organism", found[1])
        if len(terms) == 1:
            yield terms[0], found[1]


@cache
def _every_name() -> re.Pattern[str]:
    names = {name for term in load("organism") for name in term.spellings if name.casefold() not in _AMBIGUOUS}
    longest_first = sorted((re.escape(name) for name in names), key=lambda name: (-len(name), name))
    return re.compile(rf"(?<![\w-])({'|'.join(longest_first)})(?:s\b|\b)(?!-)", re.IGNORECASE)
