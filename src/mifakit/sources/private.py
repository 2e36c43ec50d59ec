"""What says who somebody is, where their files lie or which device they own: found in text, and replaced.

Only what shows itself is looked for: e-mail addresses, folders of a user, serial numbers by their name (as
`SerialNumber` of OME-XML), and patients by the keywords of DICOM. Every search is linear in the text's length.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from typing import NamedTuple

REMOVED = b"removed"
"""What stands in the place of what was private."""


class Private(NamedTuple):
    """A private thing in a text.

    Attributes
    ----------
    code
        Of the finding on it.
    value
        What is private.
    start, end
        Where it stands.
    """

    code: str
    value: bytes
    start: int
    end: int


EMAIL, FOLDER, SERIAL, PATIENT = "MIFA560", "MIFA561", "MIFA562", "MIFA563"

_NAMED = rb"""["']?\s{0,3}[:=>]\s{0,3}["']?"""
# A name in Windows may hold blanks, but then a separator follows.
_ACCOUNT = rb"""(?P<%b>[^\s\\/:*?"'<>|,;&()\[\]{}]{1,64}(?:(?:[ ][^\s\\/:*?"'<>|,;]{1,64}){1,3}(?=[\\/]))?)"""
_EMAIL = rb"(?<![\w.%+-])(?P<MIFA560>[\w.%+-]{1,64}+@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24})(?![\w@-])"
_UNIX = rb"(?<![\w.~%-])/(?:home|Users)/" + _ACCOUNT % b"unix"
_WINDOWS = rb"(?<![A-Za-z])[A-Za-z]:[\\/]{1,2}(?i:users|documents\ and\ settings)[\\/]{1,2}" + _ACCOUNT % b"windows"
_SERIAL = rb"(?i:serial[ _-]?(?:number|no\.?|nr\.?))" + _NAMED + rb"(?P<MIFA562>[\w./-]{0,64}\d[\w./-]{0,64})"
_PATIENT = rb"Patient(?:Name|ID|BirthDate|Address)" + _NAMED + rb"""(?P<MIFA563>[^"'<>\r\n,;{}\[\]]{0,200}\w)"""
_PRIVATE = re.compile(b"|".join((_EMAIL, _UNIX, _WINDOWS, _SERIAL, _PATIENT)))
_CODES = {"unix": FOLDER, "windows": FOLDER}
_NO_NUMBER = b"0"
_NOBODY = frozenset((REMOVED, _NO_NUMBER, b"shared", b"public", b"default", b"all users"))
_NOBODYS = re.compile(rb"git@.*|.*[@.](?:example\.(?:com|net|org)|example|invalid|test|localhost)")
"""Addresses of a service, and those that RFC 2606 keeps for examples: the sheet's own comments have some."""


def find_private(text: bytes, public: Container[bytes] = ()) -> Iterator[Private]:
    """Yield what is private in a text, in its order.

    Parameters
    ----------
    text
        In UTF-8, or any code that holds ASCII.
    public
        E-mail addresses that may be seen, in lower case.
    """
    for match in _PRIVATE.finditer(text):
        group = str(match.lastgroup)
        value = match[group]
        code = _CODES.get(group, group)
        low = value.lower()
        if low in _NOBODY or (code == EMAIL and (low in public or _NOBODYS.fullmatch(low))):
            continue
        yield Private(code, value, *match.span(group))


def scrub(text: bytes, public: Container[bytes] = ()) -> tuple[bytes, int]:
    """Return a text with what is private replaced, and how often."""
    parts, behind, count = [], 0, 0
    for found in find_private(text, public):
        parts += [text[behind : found.start], _NO_NUMBER if _is_bare_number(text, found) else REMOVED]
        behind, count = found.end, count + 1
    return b"".join((*parts, text[behind:])), count


def _is_bare_number(text: bytes, found: Private) -> bool:
    """Whether a number stands without quotes, as in JSON: a word in its place would break the file."""
    return found.value.isdigit() and text[found.start - 1 : found.start] not in (b'"', b"'", b">")
