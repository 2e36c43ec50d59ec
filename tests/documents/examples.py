"""Documents as people have them, written by hand: one of each format, with a value in every field of it."""

from __future__ import annotations

from typing import Any

MIFA_STUDY: dict[str, Any] = {
    "title": "Nuclei of a human skin cell line, annotated",
    "description": "Images of nuclei.",
    "keywords": ["nuclei", "segmentation"],
    "authors": [
        {
            "author_first_name": "Josiah",
            "author_last_name": "Carberry",
            "email": "jcarberry@example.com",
            "orcid_id": "ORCID:0000-0002-1825-0097",
            "organisation": [{"organisation_name": "EMBL-EBI", "address": "Hinxton", "ror_id": "ROR:02catss52"}],
            "role": "data curation",
        },
        {"author_first_name": None, "author_last_name": None, "organisation": [{"organisation_name": None}]},
    ],
    "license": "CC_BY",
    "ai_models_trained": "https://bioimage.io/#/?id=affable-shark",
    "funding_statement": "Funded by EMBO.",
    "grants": {"grant_id": "ALTF 1", "funder": "EMBO"},
    "acknowledgements": "We thank everybody.",
    "publications": {
        "DOI:10.1242/jcs.033340": {
            "publication_title": "A paper",
            "publication_authors": "J. Carberry",
            "publication_year": 2021,
            "pubmed_id": "PMC7274788",
        }
    },
    "link_url": ["https://example.org/a", "https://example.org/b"],
    "link_description": [None, "The second"],
}

MIFA_ANNOTATIONS: dict[str, Any] = {
    "annotation_overview": "Masks of nuclei",
    "authors": [{"author_first_name": "Truman", "author_last_name": "Grayson"}],
    "annotation_method": "By hand",
    "annotation_confidence_level": "High",
    "annotation_criteria": "In focus",
    "annotation_coverage": "All",
    "file_metadata": [
        {
            "annotation_id": "masks/a.png",
            "annotation_type": "segmentation_mask",
            "source_image_id": "images/a.tif",
            "transformations": "none",
            "spatial_information": "z is 5",
            "annotation_creation_time": "2026-02-11T11:00:15+01:00",
        },
        {
            "annotation_id": "masks/b.png",
            "annotation_type": ["segmentation_mask", "tracks"],
            "source_image_id": "images/b.tif",
            "transformations": "none",
            "spatial_information": "z is 6",
        },
    ],
}

MIFA_VERSION: dict[str, Any] = {
    "version": "1.0",
    "timestamp": "2023-01-17T10:04:00-00:00",
    "changes": "Ten masks more",
    "previous_version": "0.9",
}


def attributes(*pairs: tuple[str, str]) -> list[dict[str, Any]]:
    return [{"name": name, "value": value} for name, value in pairs]


PAGETAB: dict[str, Any] = {
    "accno": "S-BIAD9999",
    "type": "submission",
    "attributes": attributes(
        ("Template", "BioImages.v5"), ("Title", "Nuclei of human skin cells"), ("ReleaseDate", "2026-12-01"),
        ("DOI", "10.6019/S-BIAD9999"),
    ),
    "section": {
        "type": "Study",
        "accno": "s-1",
        "attributes": [
            *attributes(
                ("Title", "Nuclei of human skin cells"), ("Description", "Images of nuclei."), ("Keyword", "nuclei"),
                ("Keywords", "masks"), ("Acknowledgements", "Thanks"), ("Funding statement", "By EMBO"),
            ),
            {
                "name": "License",
                "value": "CC BY 4.0",
                "valqual": [{"name": "URL", "value": "https://creativecommons.org/licenses/by/4.0/legalcode"}],
            },
        ],
        "links": [[{"url": "https://example.org/x", "attributes": attributes(("Description", "X"), ("Type", "code"))}]],
        "files": [{"path": "loose.txt", "size": 12}],
        "subsections": [
            {
                "type": "Author",
                "attributes": [
                    *attributes(("Name", "Josiah Carberry"), ("E-mail", "jcarberry@example.com"),
                                ("ORCID", "0000-0002-1825-0097"), ("Role", "curation"), ("Phone", "12345")),
                    {"name": "affiliation", "value": "o1", "reference": True},
                ],
            },
            {"type": "organization", "accno": "o1",
             "attributes": attributes(("Name", "EMBL-EBI"), ("Address", "Hinxton"), ("RORID", "02catss52"))},
            [
                {"type": "Publication", "attributes": attributes(
                    ("Pubmed ID", "18492790"), ("Title", "A paper"), ("Authors", "J. Carberry"),
                    ("DOI", "10.1242/jcs.033340"), ("Year", "2021"))},
                {"type": "Funding", "attributes": attributes(("Agency", "EMBO"), ("grant_id", "ALTF 1"))},
            ],
            {"type": "Biosample", "accno": "b-1",
             "attributes": attributes(
                 ("Title", "Cells"), ("Organism", "Homo sapiens (human)"), ("Biological entity", "HaCaT"),
                 ("Description", "A line"), ("Intrinsic Variable", "wild type"), ("Extrinsic variable", "drug"),
                 ("Experimental variables", "time")),
             "subsections": [{"type": "Organism", "attributes": attributes(
                 ("Scientific name", "Mus musculus"), ("Common name", "mouse"), ("NCBI taxon ID", "10090"))}]},
            {"type": "Specimen", "attributes": attributes(
                ("Title", "Stained"), ("Sample Preparation Protocol", "DAPI"), ("Growth protocol", "DMEM"))},
            {"type": "Image Acquisition", "attributes": attributes(
                ("Title", "20x"), ("Imaging Instrument", "Axio"), ("Image acquisition parameters", "100 ms"),
                ("Imaging method", "confocal microscopy"))},
            {"type": "Image analysis", "attributes": attributes(("Title", "Count"), ("Image analysis overview", "A"))},
            {"type": "Image correlation", "attributes": attributes(
                ("Title", "CLEM"), ("Spatial and temporal alignment", "Affine"), ("Fiducials used", "Beads"),
                ("Transformation matrix", "1 0 0"))},
            {"type": "Annotations", "attributes": attributes(
                ("Title", "nuclei"), ("Annotation overview", "Masks"), ("Annotation Type", "segmentation_mask"),
                ("Annotation method", "By hand"), ("Annotation confidence level", "High"),
                ("Annotation Criteria", "In focus"), ("Annotation coverage", "All"), ("File List", "masks.tsv"))},
            {"type": "Study Component",
             "attributes": attributes(("Name", "Widefield"), ("Description", "Nuclei"), ("File List", "images.json")),
             "subsections": [{"type": "Associations", "attributes": attributes(
                 ("Biosample", "Cells"), ("Specimen", "Stained"), ("Image acquisition", "20x"),
                 ("Image analysis", "Count"), ("Image correlation", "CLEM"))}]},
            {"type": "Version", "attributes": attributes(("Version", "1.0"), ("Timestamp", "2026-01-01"))},
            {"type": "Weather", "attributes": attributes(("Rain", "yes"))},
        ],
    },
}  # fmt: skip

RO_CRATE: dict[str, Any] = {
    "@context": "https://w3id.org/ro/crate/1.1/context",
    "@graph": [
        {"@id": "ro-crate-metadata.json", "@type": "CreativeWork", "about": {"@id": "./"},
         "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"}},
        {"@id": "./", "@type": "Dataset", "name": "Nuclei", "description": "Images of nuclei",
         "keywords": ["nuclei", "masks"], "license": {"@id": "https://creativecommons.org/licenses/by/4.0/"},
         "datePublished": "2026-12-01T10:00:00Z", "identifier": "https://doi.org/10.5281/zenodo.1", "version": "1.0",
         "author": [{"@id": "https://orcid.org/0000-0002-1825-0097"}, {"@id": "#t"}],
         "citation": {"@id": "https://doi.org/10.1242/jcs.033340"}, "funder": {"@id": "https://ror.org/04wfr2810"},
         "mentions": {"@id": "https://example.org/code"}, "publisher": {"@id": "#zoo"},
         "hasPart": [{"@id": "images/a.tif"}]},
        {"@id": "https://orcid.org/0000-0002-1825-0097", "@type": "Person", "name": "Josiah Carberry",
         "givenName": "Josiah", "familyName": "Carberry", "email": "mailto:jcarberry@example.com",
         "affiliation": {"@id": "https://ror.org/02catss52"}, "jobTitle": "curator", "telephone": "123"},
        {"@id": "#t", "@type": "Person", "name": "Grayson, Truman", "affiliation": "An institute"},
        {"@id": "https://ror.org/02catss52", "@type": "Organization", "name": "EMBL-EBI", "address": "Hinxton"},
        {"@id": "https://ror.org/04wfr2810", "@type": "Organization", "name": "EMBO"},
        {"@id": "#zoo", "@type": "Organization", "name": "A zoo"},
        {"@id": "https://doi.org/10.1242/jcs.033340", "@type": "ScholarlyArticle", "name": "A paper",
         "author": ["J. Carberry", {"@id": "#t"}], "datePublished": "2021-01-01", "issn": "1234"},
        {"@id": "https://example.org/code", "@type": "SoftwareSourceCode", "name": "Code"},
        {"@id": "images/a.tif", "@type": "File", "contentSize": "12"},
    ],
}  # fmt: skip

DATACITE: dict[str, Any] = {
    "data": {
        "id": "10.5281/zenodo.1",
        "type": "dois",
        "attributes": {
            "doi": "10.5281/zenodo.1",
            "identifiers": [{"identifier": "oai:x", "identifierType": "oai"}],
            "creators": [
                {
                    "name": "Carberry, Josiah", "givenName": "Josiah", "familyName": "Carberry", "nameType": "Personal",
                    "affiliation": [{"name": "EMBL-EBI", "affiliationIdentifier": "https://ror.org/02catss52",
                                     "affiliationIdentifierScheme": "ROR", "schemeUri": "https://ror.org"}],
                    "nameIdentifiers": [
                        {"nameIdentifier": "https://orcid.org/0000-0002-1825-0097", "nameIdentifierScheme": "ORCID",
                         "schemeUri": "https://orcid.org"},
                        {"nameIdentifier": "0000 0001 2103 2683", "nameIdentifierScheme": "ISNI"},
                    ],
                },
                {"name": "A Consortium", "nameType": "Organizational", "affiliation": ["A house"]},
            ],
            "contributors": [{"name": "Grayson, Truman", "contributorType": "DataCurator"}],
            "titles": [{"title": "Nuclei", "lang": "en"}, {"title": "Kerne", "titleType": "TranslatedTitle"}],
            "publisher": "Zenodo",
            "publicationYear": 2026,
            "subjects": [{"subject": "nuclei", "subjectScheme": "MeSH"}, {"subject": "masks"}],
            "dates": [{"date": "2026-03-31", "dateType": "Issued"}, {"date": "2025", "dateType": "Collected"}],
            "language": "en",
            "types": {"resourceTypeGeneral": "Dataset", "ris": "DATA"},
            "relatedIdentifiers": [
                {"relatedIdentifier": "10.1242/jcs.033340", "relatedIdentifierType": "DOI",
                 "relationType": "IsSupplementTo", "resourceTypeGeneral": "JournalArticle"},
                {"relatedIdentifier": "https://example.org/code", "relatedIdentifierType": "URL",
                 "relationType": "IsDerivedFrom"},
                {"relatedIdentifier": "arXiv:2101.00001", "relatedIdentifierType": "arXiv", "relationType": "Cites"},
            ],
            "rightsList": [{"rights": "CC BY", "rightsUri": "https://creativecommons.org/licenses/by/4.0/legalcode",
                            "rightsIdentifier": "cc-by-4.0"}],
            "descriptions": [{"description": "Images of nuclei", "descriptionType": "Abstract"},
                             {"description": "By machine", "descriptionType": "Methods"}],
            "geoLocations": [{"geoLocationPlace": "Hinxton"}],
            "fundingReferences": [{"funderName": "EMBO", "awardNumber": "ALTF 1", "awardTitle": "Nuclei for all",
                                   "funderIdentifier": "https://doi.org/10.13039/100004410"}],
            "version": "1.0",
            "viewCount": 12,
            "isActive": True,
        },
    }
}  # fmt: skip

ZENODO: dict[str, Any] = {
    "id": 1,
    "doi": "10.5281/zenodo.1",
    "title": "Nuclei",
    "links": {"self": "https://zenodo.org/api/records/1"},
    "files": [{"key": "a.zip", "size": 12, "checksum": "md5:00"}],
    "metadata": {
        "title": "Nuclei",
        "publication_date": "2026-03-31",
        "description": "<p>Images of <b>nuclei</b></p><p>and masks</p>",
        "access_right": "open",
        "creators": [{"name": "Carberry, Josiah", "affiliation": "EMBL-EBI", "orcid": "0000-0002-1825-0097"}],
        "contributors": [{"name": "Grayson, Truman", "type": "DataCurator"}],
        "keywords": ["nuclei", "masks"],
        "version": "1.0",
        "resource_type": {"title": "Dataset", "type": "dataset"},
        "license": {"id": "cc-by-4.0"},
        "grants": [{"code": "ALTF 1", "funder": {"name": "EMBO", "acronym": "EMBO"}, "title": "Nuclei for all"},
                   {"id": "10.13039/501100000780::283595"}],
        "related_identifiers": [
            {"identifier": "10.1242/jcs.033340", "relation": "isSupplementTo", "scheme": "doi"},
            {"identifier": "https://example.org/code", "relation": "isDerivedFrom", "scheme": "url"},
            {"identifier": "978-3", "relation": "cites", "scheme": "isbn"},
        ],
        "notes": "Made in a hurry",
        "communities": [{"id": "bio"}],
    },
}  # fmt: skip

CFF: dict[str, Any] = {
    "cff-version": "1.2.0",
    "message": "Please cite it",
    "type": "dataset",
    "title": "Nuclei",
    "abstract": "Images of nuclei",
    "version": "1.10",
    "date-released": "2026-03-31",
    "license": "CC-BY-4.0",
    "doi": "10.5281/zenodo.1",
    "keywords": ["nuclei", "masks"],
    "authors": [
        {"family-names": "Beethoven", "name-particle": "van", "given-names": "Ludwig", "affiliation": "EMBL-EBI",
         "orcid": "https://orcid.org/0000-0002-1825-0097", "email": "jcarberry@example.com", "website": "https://x.org"},
        {"name": "A Consortium"},
    ],
    "repository-code": "https://example.org/code",
    "url": "https://example.org/home",
    "identifiers": [{"type": "swh", "value": "swh:1:rel:99"}],
    "preferred-citation": {
        "type": "article", "title": "A paper", "doi": "10.1242/jcs.033340", "year": 2021, "journal": "A journal",
        "authors": [{"family-names": "Carberry", "given-names": "Josiah"}, {"name": "A Consortium"}],
    },
    "references": [{"type": "software", "title": "A program", "authors": [{"name": "Somebody"}]}],
}  # fmt: skip

EXAMPLES: dict[str, tuple[str, dict[str, Any]]] = {
    "MIFA study": ("MIFA YAML", MIFA_STUDY),
    "MIFA annotations": ("MIFA YAML", MIFA_ANNOTATIONS),
    "MIFA version": ("MIFA YAML", MIFA_VERSION),
    "PageTab": ("BioStudies PageTab", PAGETAB),
    "RO-Crate": ("RO-Crate", RO_CRATE),
    "DataCite": ("DataCite JSON", DATACITE),
    "DataCite bare": ("DataCite JSON", DATACITE["data"]["attributes"]),
    "Zenodo": ("Zenodo JSON", ZENODO),
    "Zenodo deposit": ("Zenodo JSON", ZENODO["metadata"]),
    "CFF": ("CITATION.cff", CFF),
}
"""By name: the format and the document."""
