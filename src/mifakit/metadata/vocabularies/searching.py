"""A search that forgives: parts of names, other spellings, slips of the keyboard."""

from __future__ import annotations

from difflib import SequenceMatcher

from mifakit.metadata.vocabularies.terms import Term, Vocabulary, load, squeezed, words

_LONGEST = 100
"""Characters of a question that are looked at: longer ones are no name."""
_ALIKE = 0.8
"""From here on two words are taken for one that was mistyped; `confocl` and `confocal` are 0.93."""
_WHOLE, _PART, _TYPO = 3.0, 2.0, 1.0


def search(vocabulary: Vocabulary, text: str) -> tuple[Term, ...]:
    """Return the terms that a text could mean, the best first.

    A whole name counts more than the beginnings of its words, and those more than a mistyped name.

    Examples
    --------
    >>> [term.name for term in search("imaging_method", "spinning disc")]
    ['spinning disk confocal microscopy']
    """
    asked = text[:_LONGEST]
    scores = {term: max(_score(asked, spelling) for spelling in term.spellings) for term in load(vocabulary)}
    return tuple(sorted((term for term in scores if scores[term]), key=lambda term: -scores[term]))


def nearest(vocabulary: Vocabulary, text: str) -> Term | None:
    """Return the term that a text most likely means, if any."""
    return next(iter(search(vocabulary, text)), None)


def misspelt(vocabulary: Vocabulary, text: str) -> Term | None:
    """Return the term whose name a text is, but for slips of the keyboard in each word, or a genus cut to a letter.

    Species of one genus are no slips of each other, though most of their letters are the same.
    """
    parts = words(text[:_LONGEST])
    return next((term for term in load(vocabulary) if _is_slip(parts, words(term.name))), None)


def _is_slip(parts: list[str], meant: list[str]) -> bool:
    if not parts or len(parts) != len(meant):
        return False
    cut = len(parts) > 1 and len(parts[0]) == 1 and meant[0].startswith(parts[0])
    pairs = zip(parts[cut:], meant[cut:], strict=True)
    return all(_alike(one, other) >= _ALIKE for one, other in pairs)


def _score(asked: str, spelling: str) -> float:
    """Return how well a text fits one of a term's names; 0 when it does not."""
    one, other = squeezed(asked), squeezed(spelling)
    if not one:
        return 0
    if one == other:
        return _WHOLE
    parts, there = words(asked), words(spelling)
    if all(any(word.startswith(part) for word in there) for part in parts) or (len(one) > 3 and other.startswith(one)):
        return _PART + len(one) / len(other) / 2
    typo = max(_alike(one, other), sum(max(_alike(part, word) for word in there) for part in parts) / len(parts))
    return _TYPO * typo if typo >= _ALIKE else 0


def _alike(one: str, other: str) -> float:
    """Return how alike two words are, from 0 to 1; short ones are the same or not."""
    if min(len(one), len(other)) < 4:
        return float(one == other)
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() >= _ALIKE and matcher.quick_ratio() >= _ALIKE else 0.0
