"""What each record states of the study, read out of its file: the table that the check of consistency goes by.

A record that is not there states nothing, and what a record has no place for is None.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

from mifakit.dataset import layout
from mifakit.records import bia_profile, mifa_model
from mifakit.records.addresses import ORCID
from mifakit.sources.bounded import read_bounded
from mifakit.sources.json_text import read_json
from mifakit.sources.yaml_text import parse_yaml

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|#|//", re.IGNORECASE)


class Person(NamedTuple):
    """Somebody who is given credit, by the name as it is written there."""

    name: str
    orcid: str | None


@dataclass(frozen=True)
class Stated:
    """What a record states.

    Attributes
    ----------
    title, license, version
        As it is written there.
    authors
        In the order of credit; annotators may follow.
    keywords
        Others may be among them.
    samples
        How many images the dataset has.
    paths
        Files and folders of the dataset that it names, relative to the dataset.
    digests
        The sha256 of files, by such paths.
    """

    title: str | None = None
    license: str | None = None
    version: str | None = None
    authors: tuple[Person, ...] | None = None
    keywords: tuple[str, ...] | None = None
    samples: int | None = None
    paths: tuple[str, ...] = ()
    digests: Mapping[str, str] = field(default_factory=dict)


def _crate(path: Path) -> Stated:
    entities = {str(entity.get("@id")): entity for entity in _blocks(_json(path).get("@graph"))}
    study = entities.get(bia_profile.STUDY, {})
    people = [entities.get(str(one.get("@id")), {}) for one in _blocks(study.get("contributor"))]
    return Stated(
        title=_text(study.get("name")),
        license=_text(study.get("license")),
        authors=_people((_text(one.get("displayName")), _text(one.get("@id"))) for one in people),
        keywords=_texts(study.get("keyword")),
    )


def _mifa_study(path: Path) -> Stated:
    study = _yaml(path)
    return Stated(
        title=_text(study.get("title")),
        license=_text(study.get("license")),
        authors=_people(
            (_joined(one.get("author_first_name"), one.get("author_last_name")), _text(one.get("orcid_id")))
            for one in _blocks(study.get("authors"))
        ),
        keywords=_texts(study.get("keywords")),
    )


def _mifa_version(path: Path) -> Stated:
    return Stated(version=_text(_yaml(path).get("version")))


def _card(path: Path) -> Stated:
    text = _read(path)
    _, _, rest = text.partition("---\n")
    front, _, body = rest.partition("\n---\n")
    said = parse_yaml(front, str(path))[0]
    said = said if isinstance(said, dict) else {}
    counted = re.search(r"^\| Samples \| ([\d,]+)", body, re.MULTILINE)
    local = (unquote(link) for link in _LINK.findall(body) if not _ELSEWHERE.match(link))
    return Stated(
        title=_text(said.get("pretty_name")),
        license=_text(said.get("license")),
        keywords=_texts(said.get("tags")),
        samples=int(counted[1].replace(",", "")) if counted else None,
        paths=tuple(dict.fromkeys(link.partition("#")[0] for link in local)),
    )


def _pagetab(path: Path) -> Stated:
    document = _json(path)
    study = _block(document.get("section"))
    said = _attributes(document) | _attributes(study)
    people = [_attributes(one) for one in _blocks(study.get("subsections")) if one.get("type") == "Author"]
    lists = [_attributes(one).get("File List") for one in _blocks(study.get("subsections"))]
    keywords = [_text(one.get("value")) for one in _blocks(study.get("attributes")) if one.get("name") == "Keywords"]
    return Stated(
        title=said.get("Title"),
        license=said.get("License"),
        authors=_people((one.get("Name"), one.get("ORCID")) for one in people),
        keywords=tuple(text for text in keywords if text) or None,
        paths=tuple(name for name in lists if name),
    )


def _attributes(section: Mapping[str, Any]) -> dict[str, str]:
    found = ((_text(one.get("name")), _text(one.get("value"))) for one in _blocks(section.get("attributes")))
    return {name: value for name, value in found if name and value}


def _bioimageio(path: Path) -> Stated:
    said = _yaml(path)
    files = [one for key in ("covers", "attachments", "documentation") for one in _blocks(said.get(key))]
    local = [one for one in files if _is_local(one.get("source"))]
    named = {f"{_BIOIMAGEIO}/{one['source']}": _text(one.get("sha256")) for one in local}
    return Stated(
        license=_text(said.get("license")),
        version=_text(said.get("version")),
        authors=_people((_text(one.get("name")), _text(one.get("orcid"))) for one in _blocks(said.get("authors"))),
        paths=tuple(named),
        digests={name: digest for name, digest in named.items() if digest},
    )


def _croissant(path: Path) -> Stated:
    said = _json(path)
    files = [one for one in _blocks(said.get("distribution")) if _is_local(one.get("contentUrl"))]
    named = {unquote(str(one["contentUrl"])): _text(one.get("sha256")) for one in files}
    return Stated(
        title=_text(said.get("name")),
        license=_text(said.get("license")),
        version=_text(said.get("version")),
        authors=_people((_text(one.get("name")), _text(one.get("url"))) for one in _blocks(said.get("creator"))),
        keywords=_texts(said.get("keywords")),
        paths=tuple(named),
        digests={name: digest for name, digest in named.items() if digest},
    )


def _datacite(path: Path) -> Stated:
    said = _json(path)
    titles, rights = _blocks(said.get("titles")), _blocks(said.get("rightsList"))
    subjects = [_text(one.get("subject")) for one in _blocks(said.get("subjects"))]
    counted = re.search(r"([\d,]+) images", " ".join(_texts(said.get("sizes")) or ()))
    return Stated(
        title=_text(titles[0].get("title")) if titles else None,
        license=_text(rights[0].get("rightsIdentifier")) if rights else None,
        version=_text(said.get("version")),
        authors=_people(
            (_text(one.get("name")), next(iter(_orcids(one)), None)) for one in _blocks(said.get("creators"))
        ),
        keywords=tuple(text for text in subjects if text) or None,
        samples=int(counted[1].replace(",", "")) if counted else None,
    )


def _orcids(person: Mapping[str, Any]) -> Iterator[str]:
    for one in _blocks(person.get("nameIdentifiers")):
        if one.get("nameIdentifierScheme") == "ORCID":
            yield str(one.get("nameIdentifier"))


def _zenodo(path: Path) -> Stated:
    said = _block(_json(path).get("metadata"))
    return Stated(
        title=_text(said.get("title")),
        license=_text(said.get("license")),
        version=_text(said.get("version")),
        authors=_people((_text(one.get("name")), _text(one.get("orcid"))) for one in _blocks(said.get("creators"))),
        keywords=_texts(said.get("keywords")),
    )


def _invenio_rdm(path: Path) -> Stated:
    said = _block(_json(path).get("metadata"))
    people = [_block(one.get("person_or_org")) for one in _blocks(said.get("creators"))]
    rights = _blocks(said.get("rights"))
    subjects = [_text(one.get("subject")) for one in _blocks(said.get("subjects"))]
    return Stated(
        title=_text(said.get("title")),
        license=_text(rights[0].get("id")) if rights else None,
        version=_text(said.get("version")),
        authors=_people(
            (
                _joined(one.get("given_name"), one.get("family_name")),
                next((_text(same.get("identifier")) for same in _blocks(one.get("identifiers"))), None),
            )
            for one in people
        ),
        keywords=tuple(text for text in subjects if text) or None,
    )


def _json_ld(path: Path) -> Stated:
    said = _json(path)
    terms = said.get("license")
    return Stated(
        title=_text(said.get("name")),
        license=_text(_block(terms).get("url")) or _text(terms),
        version=_text(said.get("version")),
        authors=_people((_text(one.get("name")), _text(one.get("@id"))) for one in _blocks(said.get("creator"))),
        keywords=_texts(said.get("keywords")),
    )


def _citation(path: Path) -> Stated:
    said = _yaml(path)
    return Stated(
        title=_text(said.get("title")),
        license=_text(said.get("license")),
        version=_text(said.get("version")),
        authors=_people(
            (_joined(one.get("given-names"), one.get("family-names")), _text(one.get("orcid")))
            for one in _blocks(said.get("authors"))
        ),
        keywords=_texts(said.get("keywords")),
    )


_PAGETAB = f"{layout.RECORDS}/biostudies"
_BIOIMAGEIO = f"{layout.RECORDS}/bioimageio"

STATEMENTS: dict[str, Callable[[Path], Stated]] = {
    layout.CRATE: _crate,
    mifa_model.STUDY: _mifa_study,
    mifa_model.VERSION: _mifa_version,
    layout.CARD: _card,
    f"{_PAGETAB}/pagetab.json": _pagetab,
    f"{_BIOIMAGEIO}/bioimageio.yaml": _bioimageio,
    layout.CROISSANT: _croissant,
    f"{layout.RECORDS}/datacite.json": _datacite,
    f"{layout.RECORDS}/zenodo.json": _zenodo,
    f"{layout.RECORDS}/invenio-rdm.json": _invenio_rdm,
    f"{layout.RECORDS}/dataset.jsonld": _json_ld,
    "CITATION.cff": _citation,
}
"""How to read a record, by where it lies in the dataset."""


def _read(path: Path) -> str:
    return read_bounded(path).decode(errors="replace")


def _json(path: Path) -> dict[str, Any]:
    return read_json(path, dict[str, Any])


def _yaml(path: Path) -> dict[str, Any]:
    return _block(parse_yaml(_read(path), str(path))[0])


def _block(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _blocks(value: object) -> list[dict[str, Any]]:
    """Return the blocks in a list; one alone is a list of one."""
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, dict)]


def _text(value: object) -> str | None:
    return str(value) if isinstance(value, (str, int, float)) and str(value).strip() else None


def _texts(value: object) -> tuple[str, ...] | None:
    found = [_text(one) for one in (value if isinstance(value, list) else [value])]
    return tuple(text for text in found if text) or None


def _joined(*names: object) -> str | None:
    return " ".join(text for name in names if (text := _text(name))) or None


def _people(found: Iterator[tuple[str | None, str | None]]) -> tuple[Person, ...] | None:
    bare = ((name, (address or "").removeprefix(ORCID)) for name, address in found)
    people = tuple(Person(name, orcid if re.fullmatch(r"[\dX-]{19}", orcid) else None) for name, orcid in bare if name)
    return people or None


def _is_local(address: object) -> bool:
    return isinstance(address, str) and bool(address) and not _ELSEWHERE.match(address)
