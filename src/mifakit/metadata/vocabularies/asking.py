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
        message = f"there is no vocabulary {vocabulary!r}; there is {', '.join(VOCABULARIES)}"
        raise MifaError("MIFA104", message, hint=_meant(vocabulary, text))
    return search(name, text) if text.strip() else load(name)


def _meant(vocabulary: str, text: str) -> str:
    """Return what to ask instead: a vocabulary that is nearly called so, or one that has such a term."""
    if near := get_close_matches(vocabulary.casefold(), VOCABULARIES, n=1, cutoff=0.6):
        return f"did you mean {near[0]}?"
    asked = f"{vocabulary} {text}".strip()
    holding = next((name for name in VOCABULARIES if search(name, asked)), None)
    return f"mifa terms {holding} {asked}" if holding else f"use one of {', '.join(VOCABULARIES)}"
