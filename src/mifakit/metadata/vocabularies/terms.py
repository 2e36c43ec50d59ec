"""The terms of a vocabulary: read from its table once, and found by any of their names."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple, get_args

Vocabulary = Literal["imaging_method", "organism", "role", "annotation_type"]
VOCABULARIES: tuple[Vocabulary, ...] = get_args(Vocabulary)


def find_vocabulary(name: str) -> Vocabulary | None:
    """Return the vocabulary of this name, or of a part of it: methods are imaging methods."""
    asked = "_".join(words(name)).removesuffix("s")
    return next((one for one in VOCABULARIES if asked and f"_{asked}" in f"_{one}"), None)


class Term(NamedTuple):
    """One term of a vocabulary.

    Attributes
    ----------
    name
        As it is written in a study sheet; an organism's is the scientific one.
    identifier
        `FBbi:00000251`, an NCBI taxon id, the address of a CRediT role; empty where there is none.
    synonyms
        Other names of the same, the most common one first.
    meaning
        In a few words; empty where the name says it.
    """

    name: str
    identifier: str
    synonyms: tuple[str, ...]
    meaning: str

    @property
    def spellings(self) -> tuple[str, ...]:
        """All its names."""
        return (self.name, *self.synonyms)


@cache
def load(vocabulary: Vocabulary) -> tuple[Term, ...]:
    """Return a vocabulary's terms, the usual ones first."""
    table = files("mifakit.metadata.vocabularies").joinpath(f"{vocabulary}.tsv").read_text("utf-8")
    rows = (line.split("\t") for line in table.splitlines()[1:])
    return tuple(
        Term(name, identifier, tuple(filter(None, synonyms.split("|"))), meaning)
        for name, identifier, synonyms, meaning in rows
    )


def names(vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the names of a vocabulary's terms, the usual ones first."""
    return tuple(term.name for term in load(vocabulary))


def find(vocabulary: Vocabulary, text: str) -> tuple[Term, ...]:
    """Return the terms that have exactly this name: several, where people call them alike."""
    return _by_spelling(vocabulary).get(squeezed(text), ())


def identified(vocabulary: Vocabulary, identifier: str) -> Term | None:
    """Return the term with this id, if the vocabulary has it."""
    return next((term for term in load(vocabulary) if identifier and term.identifier == identifier), None)


@cache
def _by_spelling(vocabulary: Vocabulary) -> dict[str, tuple[Term, ...]]:
    found: dict[str, tuple[Term, ...]] = {}
    for term in load(vocabulary):
        for spelling in dict.fromkeys(map(squeezed, term.spellings)):
            found[spelling] = (*found.get(spelling, ()), term)
    return found


def words(text: str) -> list[str]:
    """Return the words of a name as they compare: without case, accents, hyphens, and disc as disk."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return ["disk" if word == "disc" else word for word in re.findall(r"\w+", plain.casefold().replace("_", " "))]


def squeezed(text: str) -> str:
    """Return a name without what people write or leave out at will: zebra fish is zebrafish."""
    return "".join(words(text))
