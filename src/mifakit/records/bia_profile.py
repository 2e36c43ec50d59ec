"""BIA's RO-Crate profile as tables: its terms, its classes and what each class says.

Read from BIA's context and models (bia-integrator, May 2026). Writer and checks share the tables;
the tests hold them to BIA's own context and example.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, NamedTuple

from mifakit.metadata.vocabularies import AnnotationType

METADATA = "ro-crate-metadata.json"
STUDY = "./"
RO_CRATE = "https://w3id.org/ro/crate/1.1"
RO_CRATE_CONTEXT = f"{RO_CRATE}/context"

NO_ACCESSION = "S-BIADxxxx"
"""Stands where the archive's accession number will stand. The profile demands one, and only the archive
can give it: a check says that this is a placeholder for as long as it is there."""

BIA, CSVW = "http://bia/", "http://www.w3.org/ns/csvw#"
PREFIXES = {"bia": BIA, "csvw": CSVW, "dc": "http://purl.org/dc/terms/", "schema": "http://schema.org/"}

CRATE_TERMS = {
    "CreativeWork": "http://schema.org/CreativeWork",
    "Dataset": "http://schema.org/Dataset",
    "File": "http://schema.org/MediaObject",
    "Organization": "http://schema.org/Organization",
    "Person": "http://schema.org/Person",
    "about": "http://schema.org/about",
    "conformsTo": "http://purl.org/dc/terms/conformsTo",
}
"""The terms of RO-Crate 1.1 that a crate for BIA uses."""

TERMS = {
    "accessionId": "schema:identifier",
    "acknowledgement": "bia:acknowledgement",
    "additionalType": "schema:additionalType",
    "address": "schema:address",
    "affiliation": "schema:memberOf",
    "annotationCoverage": "bia:annotationCoverage",
    "annotationCriteria": "bia:annotationCriteria",
    "annotationMethod": "bia:annotationMethod",
    "annotationSourceIndicator": "bia:annotationSourceIndicator",
    "associatedAnnotationMethod": "bia:associatedAnnotationMethod",
    "associatedBiologicalEntity": "bia:associatedBiologicalEntity",
    "associatedCreationProcess": "bia:associatedCreationProcess",
    "associatedImageAcquisitionProtocol": "bia:associatedImageAcquisitionProtocol",
    "associatedImageAnalysisMethod": "bia:associatedAnalysisMethod",
    "associatedImageCorrelationMethod": "bia:associatedCorrelationMethod",
    "associatedProtocol": "bia:associatedProtocol",
    "associatedSourceImage": "bia:associatedSourceImage",
    "associatedSpecimen": "bia:associatedSubject",
    "associatedSpecimenImagingPreparationProtocol": "bia:associatedImagingPreparationProtocol",
    "authorNames": "bia:authorNames",
    "biologicalEntity": "bia:sampleOf",
    "biologicalEntityDescription": "bia:biologicalEntityDescription",
    "channelBiologicalEntity": "bia:channelBiologicalEntity",
    "channelContentDescription": "bia:channelContentDescription",
    "channelLabel": "dc:identifier",
    "column": "csvw:column",
    "columnName": "csvw:name",
    "commonName": "http://rs.tdwg.org/dwc/terms/vernacularName",
    "contactEmail": "schema:email",
    "contributor": "schema:author",
    "datePublished": "schema:datePublished",
    "description": "schema:description",
    "displayName": "schema:name",
    "doi": "schema:identifier",
    "experimentalVariableDescription": "bia:experimentalVariableDescription",
    "extrinsicVariableDescription": "bia:extrinsicVariableDescription",
    "fbbiId": "bia:fbbiId",
    "featuresAnalysed": "bia:featuresAnalysed",
    "fiducialsUsed": "bia:fiducialsUsed",
    "funder": "schema:funder",
    "funding": "schema:funding",
    "growthProtocol": "bia:growthProtocol",
    "hasPart": "schema:hasPart",
    "identifier": "dc:identifier",
    "imageAcquisitionProtocol": "bia:imageAcquisitionProtocol",
    "imagingInstrumentDescription": "bia:imagingInstrumentDescription",
    "imagingMethodName": "bia:imagingMethodName",
    "imagingPreparationProtocol": "bia:imagingPreparationProtocol",
    "inputImage": "bia:inputImage",
    "intrinsicVariableDescription": "bia:intrinsicVariableDescription",
    "keyword": "schema:keywords",
    "label": "schema:name",
    "license": "schema:license",
    "methodType": "bia:annotationMethodType",
    "name": "schema:name",
    "organismClassification": "schema:taxonomicRange",
    "propertyUrl": "csvw:propertyUrl",
    "protocol": "bia:protocol",
    "protocolDescription": "schema:description",
    "pubmedId": "bia:pubmedId",
    "relatedPublication": "bia:relatedPublication",
    "resultOf": "bia:resultOf",
    "role": "bia:role",
    "scientificName": "http://rs.tdwg.org/dwc/terms/scientificName",
    "seeAlso": "http://www.w3.org/2000/01/rdf-schema#seeAlso",
    "signalChannelInformation": "bia:signalChannelInformation",
    "signalContrastMechanismDescription": "bia:signalContrastMechanismDescription",
    "spatialInformation": "bia:spatialInformation",
    "subject": "bia:subject",
    "tableSchema": "csvw:tableSchema",
    "title": "schema:name",
    "transformationDescription": "bia:transformationDescription",
    "transformationMatrix": "bia:transformationMatrix",
    "website": "bia:website",
    "yearPublished": "bia:yearPublished",
}
"""BIA's own terms."""


class Form(StrEnum):
    """What stands under a key."""

    TEXT = "text"
    TEXTS = "a list of texts"
    NUMBER = "a whole number"
    URL = "a web address"
    DATE = "a date"
    LINK = "a reference"
    LINKS = "a list of references"


TEXT, TEXTS, NUMBER, URL, DATE, LINK, LINKS = Form


class BiaClass(NamedTuple):
    """What an entity of a class must and may say."""

    required: dict[str, Form]
    optional: dict[str, Form]

    @property
    def forms(self) -> dict[str, Form]:
        """The form of every key."""
        return self.required | self.optional


_PROTOCOL = {"title": TEXT, "protocolDescription": TEXT}

CLASSES: dict[str, BiaClass] = {
    "CreativeWork": BiaClass({"conformsTo": LINK, "about": LINK}, {}),
    "bia:Study": BiaClass(
        {"name": TEXT, "contributor": LINKS, "description": TEXT, "license": URL, "datePublished": DATE,
         "hasPart": LINKS, "accessionId": TEXT},
        {"keyword": TEXTS, "acknowledgement": TEXT, "seeAlso": LINKS, "relatedPublication": LINKS,
         "funding": LINKS},
    ),
    "bia:Contributor": BiaClass(
        {"displayName": TEXT},
        {"contactEmail": TEXT, "role": TEXTS, "affiliation": LINKS, "address": TEXT, "website": URL},
    ),
    "bia:Affiliation": BiaClass({"displayName": TEXT}, {"address": TEXT, "website": URL}),
    "bia:Publication": BiaClass(
        {}, {"name": TEXT, "authorNames": TEXT, "yearPublished": NUMBER, "pubmedId": TEXT, "doi": TEXT}
    ),
    "bia:Grant": BiaClass({"funder": LINKS}, {"name": TEXT, "identifier": TEXT}),
    "bia:FundingBody": BiaClass({}, {"name": TEXT, "identifier": TEXT}),
    "bia:ExternalReference": BiaClass({}, {"description": TEXT, "additionalType": TEXT}),
    "bia:Dataset": BiaClass(
        {"name": TEXT},
        {"description": TEXT, "hasPart": LINKS, "associatedBiologicalEntity": LINKS,
         "associatedSpecimenImagingPreparationProtocol": LINKS, "associatedSpecimen": LINK,
         "associatedCreationProcess": LINK, "associatedSourceImage": LINKS,
         "associatedImageAcquisitionProtocol": LINKS, "associatedAnnotationMethod": LINKS,
         "associatedImageAnalysisMethod": LINKS, "associatedImageCorrelationMethod": LINKS,
         "associatedProtocol": LINKS},
    ),
    "bia:BioSample": BiaClass(
        {"biologicalEntityDescription": TEXT},
        {"title": TEXT, "intrinsicVariableDescription": TEXTS, "extrinsicVariableDescription": TEXTS,
         "experimentalVariableDescription": TEXTS, "organismClassification": LINKS, "growthProtocol": LINK},
    ),
    "bia:Taxon": BiaClass({}, {"scientificName": TEXT, "commonName": TEXT}),
    "bia:Specimen": BiaClass({"biologicalEntity": LINKS, "imagingPreparationProtocol": LINKS}, {}),
    "bia:SpecimenImagingPreparationProtocol": BiaClass(_PROTOCOL, {"signalChannelInformation": LINKS}),
    "bia:SignalChannel": BiaClass(
        {},
        {"signalContrastMechanismDescription": TEXT, "channelContentDescription": TEXT,
         "channelBiologicalEntity": TEXT, "channelLabel": TEXT},
    ),
    "bia:ImageAcquisitionProtocol": BiaClass(
        _PROTOCOL | {"imagingInstrumentDescription": TEXT}, {"imagingMethodName": TEXTS, "fbbiId": TEXTS}
    ),
    "bia:AnnotationMethod": BiaClass(
        _PROTOCOL,
        {"annotationCriteria": TEXT, "annotationCoverage": TEXT, "transformationDescription": TEXT,
         "spatialInformation": TEXT, "methodType": TEXTS, "annotationSourceIndicator": TEXT},
    ),
    "bia:ImageAnalysisMethod": BiaClass(_PROTOCOL, {"featuresAnalysed": TEXT}),
    "bia:ImageCorrelationMethod": BiaClass(_PROTOCOL, {"fiducialsUsed": TEXT, "transformationMatrix": TEXT}),
    "bia:Protocol": BiaClass(_PROTOCOL, {}),
    "bia:CreationProcess": BiaClass(
        {},
        {"subject": LINK, "imageAcquisitionProtocol": LINKS, "protocol": LINKS, "annotationMethod": LINKS,
         "inputImage": LINKS},
    ),
    "bia:Image": BiaClass({}, {"resultOf": LINK, "label": TEXT}),
    "bia:AnnotationData": BiaClass({}, {"resultOf": LINK, "label": TEXT}),
    "bia:FileList": BiaClass({"tableSchema": LINK}, {}),
    "csvw:Schema": BiaClass({"column": LINKS}, {}),
    "csvw:Column": BiaClass({"columnName": TEXT}, {"propertyUrl": TEXT}),
}  # fmt: skip

VOCABULARIES = {
    "methodType": frozenset(kind.value for kind in AnnotationType),
    "annotationSourceIndicator": frozenset(
        ("metadata_file", "file_name_exact_match", "file_name_pattern", "file_path", "other")
    ),
}

# What a column of the file list means.
FILE_PATH = f"{BIA}filePath"
IN_DATASET = "http://schema.org/isPartOf"
SIZE = f"{BIA}sizeInBytes"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
LABEL = "http://schema.org/name"
SOURCE_IMAGE = f"{BIA}associatedSourceImage"
LEGACY_SOURCES = frozenset((f"{BIA}sourceImageLabel", f"{BIA}sourceImagePath", f"{BIA}sourceImageName"))

IMAGE = f"{BIA}Image"
ANNOTATION_DATA = f"{BIA}AnnotationData"

ASSOCIATIONS = {
    f"{BIA}associatedBiologicalEntity": ("associatedBiologicalEntity", "bia:BioSample"),
    f"{BIA}associatedImagingPreparationProtocol": (
        "associatedSpecimenImagingPreparationProtocol",
        "bia:SpecimenImagingPreparationProtocol",
    ),
    f"{BIA}associatedImageAcquisitionProtocol": (
        "associatedImageAcquisitionProtocol",
        "bia:ImageAcquisitionProtocol",
    ),
    f"{BIA}associatedAnnotationMethod": ("associatedAnnotationMethod", "bia:AnnotationMethod"),
    f"{BIA}associatedProtocol": ("associatedProtocol", "bia:Protocol"),
    f"{BIA}associatedSubject": ("associatedSpecimen", "bia:Specimen"),
}
"""Columns that name entities of the crate: the same association on a bia:Dataset, and its class."""


def expand(name: str) -> str:
    """Return a class or term with its prefix written out."""
    prefix, colon, rest = name.partition(":")
    if colon and prefix in PREFIXES:
        return PREFIXES[prefix] + rest
    return CRATE_TERMS.get(name, name)


CLASS_OF_IRI = {expand(name): name for name in CLASSES}


def context_of(names: Iterable[str]) -> dict[str, Any]:
    """Return the `@context` that defines these terms and classes, and no more.

    It refers to nothing on the web, so that the crate can be read and validated offline.
    """
    used = set(names)
    crate = {name: iri for name, iri in CRATE_TERMS.items() if name in used}
    own = {name: {"@id": iri} for name, iri in TERMS.items() if name in used}
    return {**PREFIXES, **crate, **own}
