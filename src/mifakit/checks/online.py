"""Are identifiers of the right form registered, and under the names of the sheet? Asked only when people want it.

ORCID iDs are asked of ORCID's public API, ROR ids of ROR's, DOIs of doi.org. A service that does
not answer is not asked again. An answer that cannot be had is no fault of the sheet.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from http.client import HTTPException
from time import monotonic
from typing import Any, NamedTuple
from urllib.parse import quote

from mifakit.findings import Finding
from mifakit.metadata.fields import SheetModel
from mifakit.metadata.mifa import Author, Organisation
from mifakit.sheet.reading import Sheet
from mifakit.sources.yaml_text import Location

TIMEOUT = 10.0
"""Seconds for one answer, whole."""
LARGEST_ANSWER = 2**20

Fetch = Callable[[str], bytes | None]
"""Returns what stands at an address, None where nothing does; raises OSError or HTTPException."""


class _Service(NamedTuple):
    """Where identifiers of a kind are registered, and the names in an answer."""

    name: str
    address: str
    names: Callable[[Any], list[str]]


def _orcid_names(answer: Any) -> list[str]:
    name = answer["name"] or {}  # people may keep it to themselves
    parts = [(name.get(part) or {}).get("value") for part in ("given-names", "family-name")]
    return [" ".join(filter(None, parts))] if all(parts) else []


def _ror_names(answer: Any) -> list[str]:
    return [str(one["value"]) for one in answer["names"]]


def _no_names(answer: Any) -> list[str]:
    return []


_SERVICES = {
    "orcid": _Service("orcid.org", "https://pub.orcid.org/v3.0/{}/personal-details", _orcid_names),
    "ror": _Service("ror.org", "https://api.ror.org/v2/organizations/{}", _ror_names),
    "doi": _Service("doi.org", "https://doi.org/api/handles/{}", _no_names),
}


def fetch(address: str) -> bytes | None:
    """Return what stands at a web address, as JSON; None when the service knows of nothing there.

    Raises
    ------
    OSError, HTTPException
        No answer in time, or one that is too large.
    """
    from urllib.error import HTTPError
    from urllib.request import Request, urlopen

    end = monotonic() + TIMEOUT
    request = Request(address, headers={"Accept": "application/json", "User-Agent": "mifakit"})  # noqa: S310
    try:
        with urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
            data = bytearray()
            while piece := answer.read1(2**16):
                data += piece
                if len(data) > LARGEST_ANSWER:
                    raise OSError("the answer is too large")
                if monotonic() > end:
                    raise TimeoutError("the answer takes too long")
            return bytes(data)
    except HTTPError as error:
        error.close()
        if error.code in (404, 410):
            return None
        raise


def check_online(sheet: Sheet, fetch: Fetch = fetch) -> Iterator[Finding]:
    """Yield identifiers that are not registered, are of somebody else, or could not be looked up."""
    answers: dict[tuple[str, str], list[str] | None] = {}
    silent: set[str] = set()
    for location, named, identifier in _identifiers(sheet.model, ()):
        kind = str(location[-1])
        service, place = _SERVICES[kind], sheet.place(*location)
        if kind in silent:
            continue
        try:
            if (kind, identifier) not in answers:
                answers[kind, identifier] = _ask(service, identifier, fetch)
        except (OSError, HTTPException, ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
            silent.add(kind)
            yield Finding.of("MIFA135", f"{service.name} did not answer: {error or type(error).__name__}", place)
            continue
        names = answers[kind, identifier]
        if names is None:
            yield Finding.of("MIFA133", f"{service.name} has no {identifier}", place)
        elif named and names and not any(_alike(named, name) for name in names):
            yield Finding.of("MIFA131", f"{identifier} is {names[0]!r}, not {named!r}", place)


def _ask(service: _Service, identifier: str, fetch: Fetch) -> list[str] | None:
    """Return the names under which an identifier is registered; None when it is not."""
    answer = fetch(service.address.format(quote(identifier, safe="/")))
    return None if answer is None else service.names(json.loads(answer))


def _identifiers(model: SheetModel, here: Location) -> Iterator[tuple[Location, str | None, str]]:
    """Yield each identifier that can be looked up, with its location and the name it stands beside."""
    named = model.full_name if isinstance(model, Author) else model.name if isinstance(model, Organisation) else None
    for field in type(model).model_fields:
        value = getattr(model, field)
        if field in _SERVICES and value:
            yield (*here, field), named, value
        for index, inner in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(inner, SheetModel):
                step = (field, index) if isinstance(value, list) else (field,)
                yield from _identifiers(inner, (*here, *step))


def _alike(one: str, other: str) -> bool:
    """Whether two names share a word of three letters: initials, second names and short forms are no difference."""
    words = [{word for word in name.casefold().replace("-", " ").split() if len(word) > 2} for name in (one, other)]
    return bool(words[0] & words[1]) or one.casefold() == other.casefold()
