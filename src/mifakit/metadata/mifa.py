"""MIFA: study, people, annotations, version, as BIA's LinkML schema names them (CC0)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator

from mifakit.metadata.fields import Need, SheetModel, as_list, declare
from mifakit.metadata.identifiers import Accession, Day, Doi, Email, GrantNumber, Moment, Orcid, PubMed, Ror, Url
from mifakit.metadata.vocabularies import AnnotationTypeField, LicenseField


def as_text(value: object) -> object:
    """Read a number where text is declared: YAML makes a number of `version: 1.0`."""
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


Text = Annotated[str | None, BeforeValidator(as_text)]
TextList = Annotated[list[Annotated[str, BeforeValidator(as_text)]], BeforeValidator(as_list)]
UrlList = Annotated[list[Url], BeforeValidator(as_list)]


class Organisation(SheetModel):
    """Where an author works."""

    name: Text = declare(
        Need.MIFA_REQUIRED,
        "Name of the organisation.",
        "EMBL-EBI",
        source="OrganisationInfo.organisation_name",
    )
    address: Text = declare(
        Need.OPTIONAL,
        "Postal address.",
        "Wellcome Genome Campus, Hinxton, UK",
        source="OrganisationInfo.address",
    )
    ror: Ror = declare(
        Need.MIFA_RECOMMENDED,
        "Its ROR id, from ror.org.",
        "https://ror.org/02catss52",
        source="OrganisationInfo.ror_id",
    )


class Author(SheetModel):
    """A person who made the images or the annotations."""

    first_name: Text = declare(Need.MIFA_REQUIRED, "Given name.", "Josiah", source="Author.author_first_name")
    last_name: Text = declare(Need.MIFA_REQUIRED, "Family name.", "Carberry", source="Author.author_last_name")
    email: Email = declare(
        Need.ARCHIVE,
        "E-mail address; it becomes public with the record.",
        "jcarberry@example.com",
        source="Author.email",
    )
    email_public: Literal["yes", "no"] = declare(
        Need.OPTIONAL,
        "Write no if this person did not agree: the address then stays out of the dataset and of every record.",
        "no",
        default="yes",
    )
    orcid: Orcid = declare(
        Need.MIFA_RECOMMENDED,
        "ORCID iD: how this person gets credit.",
        "0000-0002-1825-0097",
        source="Author.orcid_id",
    )
    roles: TextList = declare(
        Need.MIFA_RECOMMENDED,
        "What this person did.",
        ["data acquisition", "data annotation"],
        source="Author.role",
        default=list,
    )
    organisations: list[Organisation] = declare(
        Need.ARCHIVE, "Where this person works.", source="Author.organisation", default=list
    )

    @property
    def full_name(self) -> str:
        """Given and family name."""
        return " ".join(part for part in (self.first_name, self.last_name) if part)

    def is_same_as(self, other: Author) -> bool:
        """Whether two entries are of one person: by ORCID iD where both have one, else by name."""
        if self.orcid and other.orcid:
            return self.orcid == other.orcid
        return bool(self.full_name) and self.full_name.casefold() == other.full_name.casefold()

    @property
    def public_email(self) -> str | None:
        """The e-mail address, unless this person did not agree to publish it."""
        return self.email if self.email_public == "yes" else None


class Publication(SheetModel):
    """A publication about the data."""

    title: Text = declare(
        Need.MIFA_REQUIRED,
        "Title of the publication.",
        "An annotated fluorescence image dataset for training nuclear segmentation methods",
        source="Publications.publication_title",
    )
    authors: Text = declare(
        Need.MIFA_REQUIRED,
        "Its authors, as one line.",
        "Truman Grayson, Josiah Carberry",
        source="Publications.publication_authors",
    )
    doi: Doi = declare(Need.MIFA_REQUIRED, "Its DOI.", "10.1242/jcs.033340", source="Publications.publication_doi")
    year: Text = declare(Need.OPTIONAL, "Year of publication.", "2021", source="Publications.publication_year")
    pubmed_id: PubMed = declare(Need.OPTIONAL, "PubMed id.", "18492790", source="Publications.pubmed_id")


class Grant(SheetModel):
    """A grant that paid for the study."""

    grant_id: GrantNumber = declare(
        Need.MIFA_REQUIRED, "The grant's number.", "ALTF 1234-567", source="GrantReference.grant_id"
    )
    funder: Text = declare(Need.MIFA_REQUIRED, "Who gave it.", "EMBO", source="GrantReference.funder")


class Link(SheetModel):
    """Something on the web that belongs to the study."""

    url: Url = declare(
        Need.MIFA_REQUIRED, "Its address.", "https://github.com/BioImage-Archive", source="Links.link_url"
    )
    description: Text = declare(
        Need.OPTIONAL, "What is found there.", "Image analysis code", source="Links.link_description"
    )


class Study(SheetModel):
    """The study: what the data are, and on what terms others may use them."""

    title: Text = declare(
        Need.MIFA_REQUIRED,
        "Title of the dataset, shown in search results; the archive wants 25 characters or more.",
        "An annotated fluorescence image dataset for training nuclear segmentation methods",
        source="Study.title",
    )
    description: Text = declare(
        Need.MIFA_REQUIRED,
        "What the data are and their biological application: what question they help to answer.",
        "Annotated images of nuclei in a human skin cell line, to train nuclear segmentation.",
        source="Study.description",
    )
    keywords: TextList = declare(
        Need.MIFA_REQUIRED,
        "Words under which people would look for it.",
        ["segmentation", "nuclei"],
        source="Study.keywords",
        default=list,
    )
    license: LicenseField = declare(
        Need.MIFA_REQUIRED,
        "CC0 (no conditions) or CC_BY (credit must be given).",
        "CC_BY",
        source="Study.license",
    )
    funding_statement: Text = declare(
        Need.MIFA_REQUIRED,
        "How the study was funded; say so if it was not.",
        "This work was supported by the Example Research Council.",
        source="Study.funding_statement",
    )
    links: list[Link] = declare(
        Need.MIFA_REQUIRED,
        "Code, related data, lab pages; one at least.",
        source="Study.link_url",
        default=list,
    )
    ai_models_trained: UrlList = declare(
        Need.OPTIONAL,
        "Models that were trained with these data.",
        ["https://bioimage.io/#/?id=affable-shark"],
        source="Study.ai_models_trained",
        default=list,
    )
    acknowledgements: Text = declare(
        Need.MIFA_RECOMMENDED,
        "People and facilities to thank.",
        "We thank the microscopy facility for support with image acquisition.",
        source="Study.acknowledgements",
    )
    grants: list[Grant] = declare(Need.OPTIONAL, "Grants that paid for it.", source="Study.grants", default=list)
    publications: list[Publication] = declare(
        Need.OPTIONAL, "Publications about the data.", source="Study.publications", default=list
    )
    accession: Accession = declare(
        Need.OPTIONAL, "The archive's accession number, once you have one.", "S-BIAD634", source="archive"
    )
    images_accession: Accession = declare(
        Need.OPTIONAL,
        "If the images are in an archive already, and annotations alone are to be sent: their accession number.",
        "S-BIAD634",
        source="BioImages.MIFA.v1",
    )
    images_folder: Text = declare(
        Need.OPTIONAL,
        "With images_accession: the folder in that study that is the lab folder here, if it is not the whole study.",
        "Files/images",
        source="BioImages.MIFA.v1 Source Image",
    )
    release_date: Day = declare(
        Need.ARCHIVE,
        "The day on which the record becomes public, at most two years ahead.",
        "2026-12-01",
        source="BioImages.v5 ReleaseDate",
    )


class Version(SheetModel):
    """Which version of the dataset this is."""

    version: Text = declare(Need.MIFA_REQUIRED, "Version number of the dataset.", "1.0", source="Version.version")
    timestamp: Moment = declare(
        Need.MIFA_REQUIRED,
        "When this version was made.",
        "2026-03-31T12:00:00+00:00",
        source="Version.timestamp",
    )
    changes: Text = declare(
        Need.OPTIONAL,
        "What changed since the version before.",
        "Two missed nuclei were added in image 10.",
        source="Version.changes",
    )
    previous_version: Text = declare(
        Need.OPTIONAL,
        "Where the version before is found.",
        "https://doi.org/10.6019/S-BIAD634",
        source="Version.previous_version",
    )


class AnnotationProtocol(SheetModel):
    """What a set of annotations is and how it was made: MIFA's Annotations."""

    overview: Text = declare(
        Need.MIFA_REQUIRED,
        "What was annotated and how, in one or two sentences.",
        "Segmentation masks of human cell nuclei, curated by experts from a model's prediction.",
        source="Annotations.annotation_overview",
    )
    types: Annotated[list[AnnotationTypeField], BeforeValidator(as_list)] = declare(
        Need.MIFA_REQUIRED,
        "One or more of class_labels, bounding_boxes, counts, derived_annotations, geometrical_annotations, "
        "graphs, point_annotations, segmentation_mask, tracks, weak_annotations, other.",
        ["segmentation_mask"],
        source="Annotations.annotation_type",
        default=list,
    )
    method: Text = declare(
        Need.MIFA_REQUIRED,
        "Crowd or expert, person or software (which version), when, how agreement and quality were assured.",
        "Two biologists outlined each nucleus in Fiji 1.54f in May 2025; a third settled disagreements.",
        source="Annotations.annotation_method",
    )
    criteria: Text = declare(
        Need.MIFA_RECOMMENDED,
        "The rules the annotators followed.",
        "Only nuclei in focus were annotated.",
        source="Annotations.annotation_criteria",
    )
    coverage: Text = declare(
        Need.MIFA_RECOMMENDED,
        "Which images were annotated, and how much of them.",
        "All images were annotated.",
        source="Annotations.annotation_coverage",
    )
    confidence_level: Text = declare(
        Need.MIFA_RECOMMENDED,
        "How far the annotations can be trusted.",
        "Dice between the two annotators was 0.90 on ten images.",
        source="Annotations.annotation_confidence_level",
    )
    transformations: Text = declare(
        Need.OPTIONAL,
        "What must be done to lay the annotations on the images; empty if they lie there.",
        "Rotation_angle = 37°",
        source="FileLevelMetadata.transformations",
    )
    spatial_information: Text = declare(
        Need.OPTIONAL,
        "Where annotations that are not pixels lie in the image.",
        "x and y in pixels from the upper left corner.",
        source="FileLevelMetadata.spatial_information",
    )
    created: Moment = declare(
        Need.OPTIONAL,
        "When the annotations were made.",
        "2026-02-11T11:00:15+01:00",
        source="FileLevelMetadata.annotation_creation_time",
    )
    authors: list[Author] = declare(
        Need.MIFA_RECOMMENDED,
        "Who annotated, also if they are authors above: annotators get credit too.",
        source="Annotations.authors",
        default=list,
    )
