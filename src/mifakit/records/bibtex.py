"""BibTeX entries, as text that TeX prints as it was said.

Letters beyond ASCII stay as they are: what reads `.bib` files today reads UTF-8. Braces are written as
commands, since BibTeX counts those with a backslash too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_COMMANDS = {
    "\\": "\\textbackslash{}",
    "{": "\\textbraceleft{}",
    "}": "\\textbraceright{}",
    "~": "\\textasciitilde{}",
    "^": "\\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "$&#%_"},
}
VERBATIM = frozenset(("doi", "url"))
"""Fields that are no TeX."""


def entry(kind: str, key: str, fields: Mapping[str, str | None]) -> str:
    """Return one entry; fields that say nothing are left out.

    Parameters
    ----------
    kind
        `dataset`, `article` ...
    key
        What people cite it by.
    fields
        Plain text by the fields' names; `author` and `title` are already TeX, by `names` and `title`.
    """
    lines = [f"  {name} = {{{_value(name, text)}}}" for name, text in fields.items() if text]
    return f"@{kind}{{{key},\n" + ",\n".join(lines) + "\n}\n"


def _value(name: str, text: str) -> str:
    return text if name in VERBATIM or name in ("author", "title") else escaped(text)


def escaped(text: str) -> str:
    """Return text as one line of TeX."""
    return "".join(_COMMANDS.get(letter, letter) for letter in " ".join(text.split()))


def title(text: str) -> str:
    """Return a title whose letters keep their case."""
    return f"{{{escaped(text)}}}"


def names(people: Sequence[tuple[str, str]]) -> str:
    """Return family and given names as BibTeX tells them apart."""
    return " and ".join(", ".join(filter(None, map(_name_part, person))) for person in people)


def _name_part(text: str) -> str:
    plain = escaped(text)
    return f"{{{plain}}}" if "," in plain or re.search(r"\band\b", plain, re.IGNORECASE) else plain


def citation_key(*parts: str | None) -> str:
    """Return a key of lower-case letters and digits, such as `carberry2026nuclei`."""
    from anyascii import anyascii

    key = "".join(re.sub(r"[^a-z0-9]", "", anyascii(part or "").lower()) for part in parts)
    return key or "dataset"
