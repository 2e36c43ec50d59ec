"""Controlled values and small offline vocabularies. `NOTICE.md` says where their facts come from."""

from mifakit.metadata.fields import as_list
from mifakit.metadata.vocabularies.annotation_types import AnnotationType, AnnotationTypeField, parse_annotation_type
from mifakit.metadata.vocabularies.licenses import License, LicenseField, parse_license
from mifakit.metadata.vocabularies.searching import misspelt, nearest, search
from mifakit.metadata.vocabularies.terms import (
    VOCABULARIES,
    Term,
    Vocabulary,
    find,
    find_vocabulary,
    identified,
    load,
    names,
)

__all__ = [
    "VOCABULARIES",
    "AnnotationType",
    "AnnotationTypeField",
    "License",
    "LicenseField",
    "Term",
    "Vocabulary",
    "as_list",
    "find",
    "find_vocabulary",
    "identified",
    "load",
    "misspelt",
    "names",
    "nearest",
    "parse_annotation_type",
    "parse_license",
    "search",
]
