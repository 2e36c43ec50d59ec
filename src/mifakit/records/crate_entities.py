"""The study sheet as entities of BIA's RO-Crate profile.

What the profile has no place for stays in the MIFA documents, which travel in the dataset: the
version and the funding statement. A confidence level is appended to the annotation method, and a
sample's description to its biological entity.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeVar

from mifakit.metadata.mifa import Author, Grant, Link, Organisation, Publication, Text
from mifakit.metadata.rembi import Acquisition, Biosample, ImageAnalysis, ImageCorrelation, Organism, Specimen
from mifakit.metadata.study_sheet import AnnotationSet, ImageSet, StudySheet
from mifakit.records.addresses import doi_address, orcid_address, pubmed_address, ror_address, web_address
from mifakit.records.crate_graph import CrateGraph, Reference
from mifakit.records.people import credited
from mifakit.records.prose import sentences

_Titled = TypeVar("_Titled", Biosample, Specimen, Acquisition)
_Value = str | int | list[str] | list[Reference] | Reference | None


class CrateEntities:
    """Adds what the sheet says to a graph; whatever is named twice is added once."""

    def __init__(self, graph: CrateGraph, sheet: StudySheet) -> None:
        self.graph = graph
        self.sheet = sheet
        self._known: dict[tuple[str, str], Reference | None] = {}

    def _once(
        self, bia_class: str, kind: str, text: str, identifier: str | None = None, /, **values: _Value
    ) -> Reference | None:
        """Add the entity that `text` tells apart from others of its class, unless it is there."""
        key = (bia_class, identifier or text)
        if key not in self._known:
            self._known[key] = self.graph.add(bia_class, identifier or self.graph.local_id(kind, text), **values)
        return self._known[key]

    # Study

    def contributors(self) -> list[Reference]:
        """Add the authors, then those annotators who are not among them: they get credit too."""
        return _links(*map(self._contributor, credited(self.sheet)))

    def _contributor(self, author: Author) -> Reference | None:
        return self.graph.add(
            "bia:Contributor",
            orcid_address(author.orcid) or self.graph.local_id("author", author.full_name),
            displayName=author.full_name,
            contactEmail=author.email,
            role=author.roles,
            affiliation=_links(*map(self._organisation, author.organisations)),
        )

    def _organisation(self, place: Organisation) -> Reference | None:
        if not place.name:
            return None
        address = ror_address(place.ror)
        return self._once(
            "bia:Affiliation",
            "organisation",
            place.name,
            address,
            displayName=place.name,
            address=place.address,
        )

    def publications(self) -> list[Reference]:
        """Add the publications that have a title or a DOI: the archive takes no other."""
        return _links(*map(self._publication, self.sheet.study.publications))

    def _publication(self, paper: Publication) -> Reference | None:
        text = paper.title or paper.doi
        if not text:
            return None
        return self._once(
            "bia:Publication",
            "publication",
            text,
            doi_address(paper.doi) or pubmed_address(paper.pubmed_id),
            name=paper.title,
            authorNames=paper.authors,
            yearPublished=int(paper.year) if paper.year and paper.year.isdecimal() else None,
            pubmedId=paper.pubmed_id,
            doi=doi_address(paper.doi),
        )

    def grants(self) -> list[Reference]:
        """Add the grants and who gave them."""
        return _links(*map(self._grant, self.sheet.study.grants))

    def _grant(self, grant: Grant) -> Reference | None:
        if not grant.funder:
            return None
        funder = self._once("bia:FundingBody", "funder", grant.funder, name=grant.funder)
        text = f"{grant.funder} {grant.grant_id or ''}"
        return self._once("bia:Grant", "grant", text, funder=_links(funder), identifier=grant.grant_id)

    def see_also(self) -> list[Reference]:
        """Add the links, and the models that were trained with the data."""
        study = self.sheet.study
        models = [Link(url=url, description="AI model trained with this dataset") for url in study.ai_models_trained]
        return _links(*map(self._external, [*study.links, *models]))

    def _external(self, link: Link) -> Reference | None:
        if not link.url:
            return None
        return self.graph.add("bia:ExternalReference", web_address(link.url), description=link.description)

    # Images

    def images(self, images: ImageSet) -> Reference:
        """Add an image set and what made it."""
        specimen = _by_title(self.sheet.specimens, images.specimen)
        biosample = images.biosample or (specimen.biosample if specimen else None)
        name = images.name or "Images"
        return self.graph.add_incomplete(
            "bia:Dataset",
            self.graph.local_id("images", name),
            name=name,
            description=images.description,
            associatedBiologicalEntity=_links(self._biosample(_by_title(self.sheet.biosamples, biosample), specimen)),
            associatedSpecimenImagingPreparationProtocol=_links(self._preparation(specimen)),
            associatedImageAcquisitionProtocol=_links(
                self._acquisition(_by_title(self.sheet.acquisitions, images.acquisition))
            ),
            associatedImageAnalysisMethod=_links(*map(self._analysis, self.sheet.image_analyses)),
            associatedImageCorrelationMethod=_links(*map(self._correlation, self.sheet.image_correlations)),
        )

    def _biosample(self, sample: Biosample | None, specimen: Specimen | None) -> Reference | None:
        """Add a biosample as it was grown: the profile keeps growth there, the sheet with the specimen."""
        if sample is None or not sample.title or not sample.biological_entity:
            return None
        growth = self._growth(specimen)
        return self._once(
            "bia:BioSample",
            "biosample",
            f"{sample.title} {specimen.title}" if specimen and growth else sample.title,
            title=sample.title,
            biologicalEntityDescription=sentences(sample.biological_entity, sample.description),
            organismClassification=_links(*map(self._taxon, sample.organisms)),
            intrinsicVariableDescription=sample.intrinsic_variables,
            extrinsicVariableDescription=sample.extrinsic_variables,
            experimentalVariableDescription=sample.experimental_variables,
            growthProtocol=growth,
        )

    def _growth(self, specimen: Specimen | None) -> Reference | None:
        if specimen is None or not specimen.title:
            return None
        return self._protocol("bia:Protocol", "growth", f"{specimen.title}: growth", specimen.growth_protocol)

    def _taxon(self, organism: Organism) -> Reference | None:
        name = organism.scientific_name or organism.common_name
        if not name:
            return None
        return self._once(
            "bia:Taxon",
            "taxon",
            name,
            f"NCBI:txid{organism.ncbi_taxon}" if organism.ncbi_taxon else None,
            scientificName=organism.scientific_name,
            commonName=organism.common_name,
        )

    def _preparation(self, specimen: Specimen | None) -> Reference | None:
        if specimen is None:
            return None
        bia_class = "bia:SpecimenImagingPreparationProtocol"
        return self._protocol(bia_class, "preparation", specimen.title, specimen.preparation)

    def _acquisition(self, acquisition: Acquisition | None) -> Reference | None:
        if acquisition is None:
            return None
        return self._protocol(
            "bia:ImageAcquisitionProtocol",
            "acquisition",
            acquisition.title,
            acquisition.parameters,
            imagingInstrumentDescription=acquisition.instrument,
            imagingMethodName=[method.name for method in acquisition.methods if method.name],
            fbbiId=[_fbbi(method.fbbi_id) for method in acquisition.methods if method.fbbi_id],
        )

    def _analysis(self, analysis: ImageAnalysis) -> Reference | None:
        return self._protocol("bia:ImageAnalysisMethod", "analysis", analysis.title, analysis.overview)

    def _correlation(self, correlation: ImageCorrelation) -> Reference | None:
        return self._protocol(
            "bia:ImageCorrelationMethod",
            "correlation",
            correlation.title,
            correlation.alignment,
            fiducialsUsed=correlation.fiducials,
            transformationMatrix=correlation.transformation_matrix,
        )

    def _protocol(
        self, bia_class: str, kind: str, title: Text, description: Text, **values: _Value
    ) -> Reference | None:
        if not title:
            return None
        return self._once(bia_class, kind, title, title=title, protocolDescription=description, **values)

    # Annotations

    def annotations(self, annotations: AnnotationSet) -> Reference:
        """Add an annotation set and the method by which it was made."""
        name = annotations.name or "annotations"
        confidence = f"Confidence: {annotations.confidence_level}" if annotations.confidence_level else None
        method = self.graph.add_incomplete(
            "bia:AnnotationMethod",
            self.graph.local_id("annotation-method", name),
            title=name,
            protocolDescription=sentences(annotations.method, confidence) if annotations.method else None,
            annotationCriteria=annotations.criteria,
            annotationCoverage=annotations.coverage,
            transformationDescription=annotations.transformations,
            spatialInformation=annotations.spatial_information,
            methodType=[kind.value for kind in annotations.types],
            annotationSourceIndicator="metadata_file",
        )
        return self.graph.add_incomplete(
            "bia:Dataset",
            self.graph.local_id("annotations", name),
            name=f"Annotations: {name}",
            description=annotations.overview,
            associatedAnnotationMethod=[method],
        )


def _links(*references: Reference | None) -> list[Reference]:
    """Return the references there are, each once."""
    found = {reference["@id"]: reference for reference in references if reference is not None}
    return list(found.values())


def _by_title(entries: Sequence[_Titled], title: Text) -> _Titled | None:
    return next((entry for entry in entries if title and entry.title == title), None)


def _fbbi(identifier: str) -> str:
    """Return an FBbi id as the archive writes it: `obo:FBbi_00000251`."""
    match = re.search(r"FBbi[:_](\d+)", identifier, re.IGNORECASE)
    return f"obo:FBbi_{match[1]}" if match else identifier
