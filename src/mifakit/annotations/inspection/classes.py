"""Whether classes are spelt alike."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from mifakit.annotations.mentions import listed, shortened
from mifakit.findings import Finding, Place

_BETWEEN_WORDS = re.compile(r"[\s_.,;:/]+|-(?=\w)")
"""A sign at the end of a word means something: CD4+ and CD4- are two classes."""
_ENDINGS = (
    ("ies", "y"),
    ("sses", "ss"),
    ("xes", "x"),
    ("ches", "ch"),
    ("shes", "sh"),
    ("ss", "ss"),
    ("us", "us"),
    ("ae", "a"),
    ("s", ""),
)
_LATIN = (("i", "us"), ("on", "um"), ("a", "um"))
"""Of many and of one, made alike: nuclei and nucleus; mitochondria, mitochondrion and bacterium."""
_SHORTEST = 2
"""Letters before an ending."""


def nearly_the_same(names: Iterable[str], place: Place) -> Iterator[Finding]:
    """Yield names of classes that differ only in case, space or number (MIFA349).

    Parameters
    ----------
    names
        Those of a whole annotation set.
    """
    spellings: dict[str, set[str]] = defaultdict(set)
    for name in set(names):
        spellings[_stem(name)].add(name)
    groups = sorted(sorted(group) for group in spellings.values() if len(group) > 1)
    if groups:
        written = [" and ".join(f"'{shortened(name)}'" for name in group) for group in groups]
        yield Finding.of("MIFA349", f"each probably one class: {listed(written, len(written))}", place)


def _stem(name: str) -> str:
    """Return a name in small letters, without spaces, its last word as if of one."""
    *words, last = _BETWEEN_WORDS.split(name.strip(" _.,;:/").casefold())
    for endings in (_ENDINGS, _LATIN):
        for ending, one in endings:
            if last.endswith(ending) and len(last) - len(ending) >= _SHORTEST:
                last = last.removesuffix(ending) + one
                break
    return "".join([*words, last])
