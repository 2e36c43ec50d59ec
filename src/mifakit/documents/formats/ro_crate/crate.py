"""A crate -> the sheet. A web address in `@context` is never asked: terms are known by their names."""

from __future__ import annotations

import re
from functools import partial

from mifakit.documents.base import Draft, Tree
from mifakit.documents.content import Content
from mifakit.documents.dates import day, year
from mifakit.documents.formats.ro_crate.file_list import CrateFiles
from mifakit.documents.formats.ro_crate.graph import Graph, name_kinds
from mifakit.documents.parts import Leaf, Part, as_text
from mifakit.documents.people import organisation, person, short_name
from mifakit.records.bia_profile import NO_ACCESSION

_PERSON = ("contributor", "author", "creator")


class RoCrate:
    """An RO-Crate's metadata."""

    name = "RO-Crate"

    def recognises(self, content: Content) -> bool:
        """Whether it is JSON-LD with a flat graph."""
        tree = content.tree
        return isinstance(tree, dict) and "@context" in tree and isinstance(tree.get("@graph"), list)

    def read(self, content: Content) -> Draft:
        """Read it, and the file list that it names."""
        draft = Draft(content.tree, {}, kind=partial(name_kinds, content.tree))
        draft.sheet = _Crate(content, draft).sheet()
        return draft


class _Crate:
    """What a crate says, entity by entity."""

    def __init__(self, content: Content, draft: Draft) -> None:
        self.draft = draft
        self.graph = Graph(content.tree, draft)
        self.files = CrateFiles(content, draft)
        self.graph.settle_hierarchy()

    def sheet(self) -> Tree:
        root, graph = self.graph.root, self.graph
        datasets = list(graph.of_class("bia:Dataset"))
        images = [one for one in datasets if self.holds_images(one)]
        return {
            "study": {
                "title": graph.leaf(root, "name"),
                "description": graph.leaf(root, "description"),
                "keywords": graph.leaves(root, "keyword", "keywords"),
                "license": graph.leaf(root, "license"),
                "acknowledgements": graph.leaf(root, "acknowledgement"),
                "accession": self.accession(),
                "release_date": day(graph.leaf(root, "datePublished")),
                "publications": [self.publication(one) for one in graph.follow(root, "relatedPublication", "citation")],
                "grants": [self.grant(one) for one in graph.follow(root, "funding", "funder")],
                "links": [self.link(one) for one in graph.follow(root, "seeAlso", "mentions", "sameAs", "url")],
            },
            "version": {"version": graph.leaf(root, "version")},
            "authors": [self.author(one) for one in graph.follow(root, *_PERSON)],
            "biosamples": [self.biosample(one) for one in graph.of_class("bia:BioSample")],
            "specimens": [
                self.specimen(one, images) for one in graph.of_class("bia:SpecimenImagingPreparationProtocol")
            ],
            "acquisitions": [self.acquisition(one) for one in graph.of_class("bia:ImageAcquisitionProtocol")],
            "image_analyses": [
                {
                    "title": graph.leaf(one, "title"),
                    "overview": graph.leaf(one, "protocolDescription"),
                    "features": graph.leaf(one, "featuresAnalysed"),
                }
                for one in graph.of_class("bia:ImageAnalysisMethod")
            ],
            "image_correlations": [
                {
                    "title": graph.leaf(one, "title"),
                    "alignment": graph.leaf(one, "protocolDescription"),
                    "fiducials": graph.leaf(one, "fiducialsUsed"),
                    "transformation_matrix": graph.leaf(one, "transformationMatrix"),
                }
                for one in graph.of_class("bia:ImageCorrelationMethod")
            ],
            "images": [self.images(one) for one in images],
            "annotations": [
                self.annotations(one, method)
                for one in datasets
                for method in graph.follow(one, "associatedAnnotationMethod")[:1]
            ],
        }

    def holds_images(self, dataset: Part) -> bool:
        """Whether a dataset is an image set; one that is made of other files has no place in the sheet."""
        made = [name for name, part in dataset.fields() if name.startswith("associated") and part]
        if "associatedAnnotationMethod" in made:
            return False
        return bool(made) or not self.files or bool(self.files.images(as_text(dataset.part("@id").value)))

    def accession(self) -> Leaf | None:
        """Return the archive's accession number; other identifiers have no place in the sheet."""
        stated = self.graph.leaf(self.graph.root, "accessionId", "identifier")
        if stated and stated.text == NO_ACCESSION:
            self.draft.settle(stated)
            return None
        return stated if stated and ("accessionId" in self.graph.root or stated.text.startswith("S-")) else None

    def author(self, one: Part) -> Tree:
        if one.leaf():
            return person(one.leaf())
        orcid = next((leaf for leaf in (one.leaf("@id"), one.leaf("identifier")) if leaf and _is_orcid(leaf)), None)
        return {
            **person(self.graph.leaf(one, "displayName", "name"), one.leaf("givenName"), one.leaf("familyName")),
            "email": self.email(one),
            "orcid": orcid,
            "roles": self.graph.leaves(one, "role", "jobTitle"),
            "organisations": [self.organisation(place) for place in self.graph.follow(one, "affiliation")],
        }

    def email(self, one: Part) -> Leaf | None:
        stated = self.graph.leaf(one, "contactEmail", "email")
        return stated.map(lambda text: text.removeprefix("mailto:")) if stated else None

    def organisation(self, one: Part) -> Tree:
        if one.leaf():
            return organisation(one.leaf())
        identifier = one.leaf("@id")
        ror = identifier if identifier and "ror.org/" in identifier.text else None
        return organisation(self.graph.leaf(one, "displayName", "name"), ror, self.graph.leaf(one, "address"))

    def publication(self, one: Part) -> Tree:
        if one.leaf():
            return {"doi": one.leaf()}
        candidates = (one.leaf("doi"), one.leaf("identifier"), one.leaf("@id"))
        return {
            "title": self.graph.leaf(one, "name", "headline", "title"),
            "authors": self.graph.leaf(one, "authorNames") or self.names(one),
            "doi": next((leaf for leaf in candidates if leaf and re.search(r"(^|/|:)10\.\d", leaf.text)), None),
            "year": year(self.graph.leaf(one, "yearPublished", "datePublished")),
            "pubmed_id": self.graph.leaf(one, "pubmedId"),
        }

    def names(self, paper: Part) -> Leaf | None:
        """Return a paper's authors as one line."""
        people = [one.leaf() or self.graph.leaf(one, "name") for one in self.graph.follow(paper, "author", "creator")]
        said = [leaf for leaf in people if leaf]
        line = Leaf(", ".join(leaf.text for leaf in said), tuple(origin for leaf in said for origin in leaf.origins))
        return line if said else None

    def grant(self, one: Part) -> Tree:
        """Return a grant, with who gave it; of a funder alone, who it is."""
        funders = self.graph.follow(one, "funder")
        if one.leaf() or not ("funder" in one or "identifier" in one):
            return {"funder": one.leaf() or self.graph.leaf(one, "name") or one.leaf("@id")}
        funder = funders[0] if funders else Part(None)
        return {
            "grant_id": self.graph.leaf(one, "identifier"),
            "funder": funder.leaf() or self.graph.leaf(funder, "name") or funder.leaf("@id"),
        }

    def link(self, one: Part) -> Tree:
        return {
            "url": one.leaf() or one.leaf("url") or one.leaf("@id"),
            "description": self.graph.leaf(one, "description", "name"),
        }

    def biosample(self, one: Part) -> Tree:
        return {
            "title": self.graph.leaf(one, "title"),
            "biological_entity": self.graph.leaf(one, "biologicalEntityDescription"),
            "organisms": [self.taxon(taxon) for taxon in self.graph.follow(one, "organismClassification")],
            "intrinsic_variables": self.graph.leaves(one, "intrinsicVariableDescription"),
            "extrinsic_variables": self.graph.leaves(one, "extrinsicVariableDescription"),
            "experimental_variables": self.graph.leaves(one, "experimentalVariableDescription"),
        }

    def taxon(self, one: Part) -> Tree:
        identifier = one.leaf("@id")
        is_taxon = identifier and re.match(r"NCBI:?\s*txid\d|NCBITaxon", identifier.text, re.IGNORECASE)
        return {
            "scientific_name": self.graph.leaf(one, "scientificName"),
            "common_name": self.graph.leaf(one, "commonName"),
            "ncbi_taxon": identifier if is_taxon else None,
        }

    def specimen(self, protocol: Part, images: list[Part]) -> Tree:
        """Return a specimen: its preparation, with the sample it is of, which image sets and specimens tell."""
        name = "associatedSpecimenImagingPreparationProtocol"
        samples: dict[str, Part] = {}
        for holder, to, of in [
            *((one, name, "associatedBiologicalEntity") for one in images),
            *((one, "imagingPreparationProtocol", "biologicalEntity") for one in self.graph.of_class("bia:Specimen")),
        ]:
            if any(one.location == protocol.location for one in self.graph.follow(holder, to)):
                samples |= {str(one.location): one for one in self.graph.follow(holder, of)}
        sample = next(iter(samples.values())) if len(samples) == 1 else Part(None)
        growth = self.graph.follow(sample, "growthProtocol")
        return {
            "title": self.graph.leaf(protocol, "title"),
            "preparation": self.graph.leaf(protocol, "protocolDescription"),
            "biosample": self.graph.leaf(sample, "title"),
            "growth_protocol": growth[0].leaf() or growth[0].leaf("protocolDescription") if growth else None,
            "channels": [
                {
                    "label": self.graph.leaf(one, "channelLabel"),
                    "content": self.graph.leaf(one, "channelContentDescription"),
                    "biological_entity": self.graph.leaf(one, "channelBiologicalEntity"),
                    "contrast_mechanism": self.graph.leaf(one, "signalContrastMechanismDescription"),
                }
                for one in self.graph.follow(protocol, "signalChannelInformation")
            ],
        }

    def acquisition(self, one: Part) -> Tree:
        names, ids = self.graph.leaves(one, "imagingMethodName"), self.graph.leaves(one, "fbbiId")
        together = len(names) == len(ids)
        methods: list[Tree] = [
            {"name": name, "fbbi_id": ids[index] if together else None} for index, name in enumerate(names)
        ]
        return {
            "title": self.graph.leaf(one, "title"),
            "instrument": self.graph.leaf(one, "imagingInstrumentDescription"),
            "parameters": self.graph.leaf(one, "protocolDescription"),
            "methods": [*methods, *({"fbbi_id": leaf} for leaf in ids if not together)],
        }

    def images(self, one: Part) -> Tree:
        specimens = self.graph.follow(one, "associatedSpecimen")

        def titles(name: str, of_specimen: str = "") -> list[Leaf]:
            found = self.graph.follow(one, name)
            found += [
                part for specimen in specimens if of_specimen for part in self.graph.follow(specimen, of_specimen)
            ]
            return [leaf for part in found if (leaf := self.graph.leaf(part, "title"))]

        def first(name: str, of_specimen: str = "") -> Leaf | None:
            return next(iter(titles(name, of_specimen)), None)

        return {
            "name": self.graph.leaf(one, "name"),
            "description": self.graph.leaf(one, "description"),
            "files": self.files.images(as_text(one.part("@id").value)),
            "biosample": first("associatedBiologicalEntity", "biologicalEntity"),
            "specimen": first("associatedSpecimenImagingPreparationProtocol", "imagingPreparationProtocol"),
            "acquisition": first("associatedImageAcquisitionProtocol"),
            "image_analyses": titles("associatedImageAnalysisMethod"),
            "image_correlations": titles("associatedImageCorrelationMethod"),
        }

    def annotations(self, one: Part, method: Part) -> Tree:
        title, name = method.leaf("title"), one.leaf("name")
        if title and name and name.text == f"Annotations: {title.text}":  # as our own crates write it
            self.draft.settle(name)
        self.draft.settle(method.leaf("annotationSourceIndicator"))
        return {
            "name": short_name(title or name),
            "overview": self.graph.leaf(one, "description"),
            "method": self.graph.leaf(method, "protocolDescription"),
            "criteria": self.graph.leaf(method, "annotationCriteria"),
            "coverage": self.graph.leaf(method, "annotationCoverage"),
            "transformations": self.graph.leaf(method, "transformationDescription"),
            "spatial_information": self.graph.leaf(method, "spatialInformation"),
            **self.files.annotations(as_text(one.part("@id").value), self.graph.leaves(method, "methodType")),
        }


def _is_orcid(leaf: Leaf) -> bool:
    return "orcid.org/" in leaf.text.casefold()
