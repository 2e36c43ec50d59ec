"""The study sheet calls organisms and imaging methods as the archive's vocabularies do.

A name that no vocabulary has is no mistake: they are small. What is named is a known term under
another name, or one that is nearly so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mifakit.findings import Finding, Place
from mifakit.metadata.vocabularies import Term, find, identified, misspelt, nearest
from mifakit.sheet.reading import Sheet


def check_organisms(sheet: Sheet) -> Iterator[Finding]:
    """Yield organisms under another name than the scientific one, and taxon ids of another species."""
    for index, sample in enumerate(sheet.model.biosamples):
        for number, organism in enumerate(sample.organisms):
            location = ("biosamples", index, "organisms", number)
            name = organism.scientific_name
            if not name:
                continue
            meant = _species(name)
            if meant and name not in [term.name for term in meant]:
                names = " or ".join(term.name for term in meant)
                place = sheet.place(*location, "scientific_name")
                yield Finding.of("MIFA130", f"{name!r} seems to mean {names}", place, f"write {names}")
            taxon, place = organism.ncbi_taxon, sheet.place(*location, "ncbi_taxon")
            yield from _other_id("organism", place, name, meant, taxon, _owner(name, taxon))


def check_imaging_methods(sheet: Sheet) -> Iterator[Finding]:
    """Yield imaging methods that the archive's list does not have by that name, and FBbi ids of others."""
    for index, acquisition in enumerate(sheet.model.acquisitions):
        for number, method in enumerate(acquisition.methods):
            location = ("acquisitions", index, "methods", number)
            name = method.name
            if not name:
                continue
            meant = find("imaging_method", name)
            if name.casefold() not in [term.name.casefold() for term in meant]:
                near = meant[0] if meant else nearest("imaging_method", name)
                hint = f"did you mean {near.name!r}?" if near else None
                yield Finding.of("MIFA132", f"the archive's list has no {name!r}", sheet.place(*location, "name"), hint)
            owner = identified("imaging_method", method.fbbi_id or "")
            place = sheet.place(*location, "fbbi_id")
            yield from _other_id("method", place, name, meant, method.fbbi_id, owner)


def _species(name: str) -> tuple[Term, ...]:
    """Return the species that a name stands for; none for names that we do not know, for strains and for genera."""
    bare = re.sub(r"\s*\([^()]*\)$", "", name)  # BioStudies' own records write Homo sapiens (human)
    known = find("organism", bare)
    if any(term.name.casefold().split()[0] == bare.casefold() for term in known):
        return ()  # Drosophila: commonly one species, but a name of its own
    near = None if known else misspelt("organism", bare)
    return (near,) if near else tuple(term for term in known if term.name.casefold() == bare.casefold()) or known


def _owner(name: str, taxon: str | None) -> Term | None:
    """Return the species that has a taxon id, unless the name is of a strain or subspecies of it."""
    owner = identified("organism", taxon or "")
    return None if owner and name.startswith(f"{owner.name} ") else owner


def _other_id(
    vocabulary: str, place: Place, name: str, meant: tuple[Term, ...], identifier: str | None, owner: Term | None
) -> Iterator[Finding]:
    """Yield an id that is not that of what the name stands for, or is that of something else."""
    if not identifier or owner in meant:
        return
    if meant:
        ids = " or ".join(term.identifier for term in meant)
        message = f"{name!r} is {ids}, not {identifier}" + (f", which is {owner.name!r}" if owner else "")
    elif owner:
        message = f"{identifier} is {owner.name!r}, not {name!r}"
    else:
        return
    hint = f"correct one of the two; mifa terms {vocabulary} TEXT shows both"
    yield Finding.of("MIFA131", message, place, hint)
