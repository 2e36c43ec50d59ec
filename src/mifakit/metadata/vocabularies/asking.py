"""A vocabulary asked for a name, both as people type them."""

from __future__ import annotations

from difflib import get_close_matches

from mifakit.errors import MifaError
from mifakit.metadata.vocabularies.searching import search
from mifakit.metadata.vocabularies.terms import VOCABULARIES, Term, find_vocabulary, load


def ask(vocabulary: str, text: str = "") -> tuple[Term, ...]:
    """Return the terms of a vocabulary that a text could mean, the best first; without a text, all of them.

    Raises
    ------
    MifaError
        MIFA104 when there is no such vocabulary.
    """
    name = find_vocabulary(vocabulary)
    if name is None:
        near = get_close_matches(vocabulary.casefold(), VOCABULARIES, n=1, cutoff=0.4)
        known = ", ".join(VOCABULARIES)
        hint = f"did you mean {near[0]}?" if near else f"use one of {known}"
        raise MifaError("MIFA104", f"there is no vocabulary {vocabulary!r}; there is {known}", hint=hint)
    return search(name, text) if text.strip() else load(name)
