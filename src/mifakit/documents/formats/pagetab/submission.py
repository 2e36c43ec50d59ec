"""A submission -> the sheet: of the archive's templates `BioImages.v5` and `BioImages.MIFA.v1`, and of older ones."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, partial

from mifakit.documents.base import Draft, Tree
from mifakit.documents.content import Content
from mifakit.documents.file_level import file_level
from mifakit.documents.formats.pagetab.file_lists import FileList, read_file_list
from mifakit.documents.formats.pagetab.sections import Section, flat, key, name_kinds
from mifakit.documents.parts import Leaf, Part
from mifakit.documents.people import organisation, person, short_name
from mifakit.documents.wording import quoted
from mifakit.errors import MifaError
from mifakit.findings import Finding, Place
from mifakit.metadata.vocabularies import parse_license

_BOOKKEEPING = ("submission: Template", "submission: AttachTo", "submission: RootPath", "Template", "AttachTo")


class PageTab:
    """A BioStudies submission."""

    name = "BioStudies PageTab"

    def recognises(self, content: Content) -> bool:
        """Whether it is a submission, or what BioStudies publishes of one."""
        tree = content.tree
        return isinstance(tree, dict) and isinstance(tree.get("section"), dict) and "type" in tree["section"]

    def read(self, content: Content) -> Draft:
        """Read it, and the file lists that lie beside it."""
        draft = Draft(content.tree, {}, bookkeeping=_BOOKKEEPING, kind=partial(name_kinds, content.tree))
        submission = _Submission(content, draft)
        draft.sheet = submission.sheet()
        if missing := submission.missing:
            verb = "are" if len(missing) > 1 else "is"
            message = f"{quoted(missing)} {verb} not in the same folder"
            draft.findings.append(Finding.of("MIFA156", message, next(iter(missing.values()))))
        return draft


class _Submission:
    """Everything of a submission, by kinds of sections."""

    def __init__(self, content: Content, draft: Draft) -> None:
        self.content, self.draft = content, draft
        self.root = Section(Part(content.tree), draft)
        self.study = Section(Part(content.tree).part("section"), draft)
        self.missing: dict[str, Place] = {}
        self.everything = list(self.study.below())
        for section in (self.study, *self.everything):
            draft.settle(section.part.leaf("accno"))  # what sections call each other

    @cached_property
    def organisations(self) -> dict[str, Section]:
        """Organisations by what authors refer to them by."""
        return {one.accession: one for one in self.of("Organisation") if one.accession}

    def of(self, *kinds: str) -> list[Section]:
        """Return the sections of these kinds."""
        return [section for section in self.everything if section.kind in map(key, kinds)]

    def sheet(self) -> Tree:
        study, root = self.study, self.root
        title, release = root.leaf("Title"), root.leaf("ReleaseDate")
        parts = self.of("Study Component")
        samples = _samples(parts)
        return {
            "study": {
                "title": _both(study.leaf("Title"), title),
                "description": study.leaf("Description"),
                "keywords": study.leaves("Keywords"),
                "license": self.license(),
                "funding_statement": study.leaf("Funding statement"),
                "acknowledgements": study.leaf("Acknowledgements"),
                "grants": [
                    {"grant_id": one.leaf("grant_id", "Grant number"), "funder": one.leaf("Agency", "Funder")}
                    for one in self.of("Funding", "Grant", "Grant reference")
                ],
                "publications": [_publication(one) for one in self.of("Publication")],
                "links": list(self.links()),
                "accession": root.part.leaf("accno"),
                "release_date": _both(study.leaf("ReleaseDate", "Release Date"), release),
            },
            "authors": [self.author(one) for one in self.of("Author", "Contact")],
            "version": next(map(_version, self.of("Version")), None),
            "biosamples": [_biosample(one) for one in self.of("Biosample")],
            "specimens": [self.specimen(one, samples) for one in self.of("Specimen")],
            "acquisitions": [_acquisition(one) for one in self.of("Image acquisition")],
            "image_analyses": [_analysis(one) for one in self.of("Image analysis")],
            "image_correlations": [_correlation(one) for one in self.of("Image correlation")],
            "images": [self.images(one) for one in parts],
            "annotations": [self.annotations(one) for one in self.of("Annotation")],
        }

    def license(self) -> Leaf | None:
        for attribute in self.study.attributes("License"):
            stated = attribute.leaf("value")
            url = next((leaf for part in attribute.parts("valqual") if (leaf := part.leaf("value"))), None)
            for part in attribute.parts("valqual"):
                self.draft.settle(part.leaf("name"))
            if stated and url and _same_license(stated.text, url.text):
                return Leaf(stated.text, (*stated.origins, *url.origins))
            return stated
        return None

    def links(self) -> Iterator[Tree]:
        for section in (self.study, *self.everything):
            for part in flat(section.part.part("links")):
                link = Section(part, self.draft)
                url = part.leaf("url") or link.leaf("Link", "URL")
                kind = link.leaf("Type")
                if url and kind and kind.text.casefold() == "doi":
                    self.draft.settle(kind)
                    url = url.map(lambda text: text if text.startswith("http") else f"https://doi.org/{text}")
                yield {"url": url, "description": link.leaf("Description")}
        for section in self.of("Link"):
            yield {"url": section.leaf("Link", "URL"), "description": section.leaf("Description")}

    def author(self, section: Section) -> Tree:
        places: list[Tree] = []
        for attribute in section.attributes("affiliation", "Organisation"):
            leaf = attribute.leaf("value")
            there = self.organisations.get(leaf.text) if leaf else None
            if there is None:
                places.append(organisation(leaf))
            else:
                self.draft.settle(leaf)
                places.append(organisation(there.leaf("Name"), there.leaf("RORID", "ROR"), there.leaf("Address")))
        return {
            **person(section.leaf("Name"), section.leaf("First name"), section.leaf("Last name")),
            "email": section.leaf("E-mail"),
            "orcid": section.leaf("ORCID", "ORCID ID"),
            "roles": section.leaves("Role"),
            "organisations": places,
        }

    def specimen(self, section: Section, samples: Mapping[str, Mapping[str, Leaf]]) -> Tree:
        title = section.leaf("Title")
        found = samples.get(title.text, {}) if title else {}
        return {
            "title": title,
            "biosample": next(iter(found.values())) if len(found) == 1 else None,
            "preparation": section.leaf("Sample preparation protocol"),
            "growth_protocol": section.leaf("Growth protocol"),
        }

    def images(self, section: Section) -> Tree:
        associations = [one for one in section.sections() if one.kind == key("Associations")]

        def all_of(name: str) -> list[Leaf]:
            found: dict[str, Leaf] = {}
            for one in associations:
                for leaf in one.leaves(name):
                    found[leaf.text] = found[leaf.text].also(leaf) if leaf.text in found else leaf
            return list(found.values())

        return {
            "name": section.leaf("Name", "Title"),
            "description": section.leaf("Description"),
            "files": [path for listed in self.lists(section) for path in listed.images(self.draft)],
            "biosample": next(iter(all_of("Biosample")), None),
            "specimen": next(iter(all_of("Specimen")), None),
            "acquisition": next(iter(all_of("Image acquisition")), None),
            "image_analyses": all_of("Image analysis"),
            "image_correlations": all_of("Image correlation"),
        }

    def annotations(self, section: Section) -> Tree:
        return {
            "name": short_name(section.leaf("Title", "Name")),
            "overview": section.leaf("Annotation Overview", "Overview"),
            "method": section.leaf("Annotation Method", "Method"),
            "confidence_level": section.leaf("Annotation Confidence Level", "Confidence Level"),
            "criteria": section.leaf("Annotation Criteria", "Criteria"),
            "coverage": section.leaf("Annotation Coverage", "Coverage"),
            **file_level(
                [row for listed in self.lists(section) for row in listed.annotations(self.draft)],
                section.leaves("Annotation Type", "Type"),
            ),
        }

    def lists(self, section: Section) -> Iterator[FileList]:
        for leaf in section.leaves("File List"):
            self.draft.settle(leaf)
            try:
                found = read_file_list(self.content.path, leaf.text)
            except MifaError as error:
                self.draft.findings.append(error.finding)
                continue
            if found is None:
                self.missing.setdefault(leaf.text, self.content.place(leaf.origins[0]))
            else:
                yield found


def _samples(components: Sequence[Section]) -> dict[str, dict[str, Leaf]]:
    """Return the biosamples that each specimen is associated with."""
    found: dict[str, dict[str, Leaf]] = {}
    for component in components:
        for one in component.sections():
            specimen, biosample = one.leaf("Specimen"), one.leaf("Biosample")
            if one.kind == key("Associations") and specimen and biosample:
                found.setdefault(specimen.text, {}).setdefault(biosample.text, biosample)
    return found


def _both(one: Leaf | None, other: Leaf | None) -> Leaf | None:
    return one.also(other) if one else other


def _same_license(one: str, other: str) -> bool:
    try:
        return parse_license(one) == parse_license(other)
    except ValueError:
        return False


def _publication(section: Section) -> Tree:
    return {
        "title": section.leaf("Title"),
        "authors": section.leaf("Authors"),
        "doi": section.leaf("DOI"),
        "year": section.leaf("Year"),
        "pubmed_id": section.leaf("Pubmed ID") or section.part.leaf("accno"),
    }


def _version(section: Section) -> Tree:
    return {
        "version": section.leaf("Version"),
        "timestamp": section.leaf("Timestamp"),
        "changes": section.leaf("Changes"),
        "previous_version": section.leaf("Previous version"),
    }


def _biosample(section: Section) -> Tree:
    organisms = [_organism(leaf) for leaf in section.leaves("Organism")]
    organisms += [
        {
            "scientific_name": one.leaf("Scientific name", "Name"),
            "common_name": one.leaf("Common name"),
            "ncbi_taxon": one.leaf("NCBI taxon ID", "NCBI ID", "Taxon"),
        }
        for one in section.below()
        if one.kind == key("Organism")
    ]
    return {
        "title": section.leaf("Title"),
        "organisms": organisms,
        "biological_entity": section.leaf("Biological entity"),
        "description": section.leaf("Description"),
        "intrinsic_variables": section.leaves("Intrinsic variable"),
        "extrinsic_variables": section.leaves("Extrinsic variable"),
        "experimental_variables": section.leaves("Experimental variable"),
    }


def _organism(leaf: Leaf) -> Tree:
    """Return a species; the archive writes `Homo sapiens (human)`."""
    found = re.fullmatch(r"(.+?)\s*\(([^()]+)\)", leaf.text)
    if not found:
        return {"scientific_name": leaf}
    return {"scientific_name": leaf.map(lambda _: found[1]), "common_name": leaf.map(lambda _: found[2])}


def _acquisition(section: Section) -> Tree:
    methods: list[Tree] = [{"name": leaf} for leaf in section.leaves("Imaging method")]
    methods += [
        {
            "name": one.leaf("Ontology Value", "Value", "Name"),
            "fbbi_id": one.leaf("Ontology Term ID", "Ontology ID", "Term ID"),
        }
        for one in section.below()
        if one.kind == key("Imaging Method")
    ]
    return {
        "title": section.leaf("Title"),
        "instrument": section.leaf("Imaging instrument"),
        "parameters": section.leaf("Image acquisition parameters"),
        "methods": methods,
    }


def _analysis(section: Section) -> Tree:
    return {
        "title": section.leaf("Title"),
        "overview": section.leaf("Image analysis overview"),
        "features": section.leaf("Features analysed"),
    }


def _correlation(section: Section) -> Tree:
    return {
        "title": section.leaf("Title"),
        "alignment": section.leaf("Spatial and temporal alignment"),
        "fiducials": section.leaf("Fiducials used"),
        "transformation_matrix": section.leaf("Transformation matrix"),
    }
