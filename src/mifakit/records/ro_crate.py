"""The RO-Crate of the BioImage Archive: `ro-crate-metadata.json` and its one file list.

It keeps the rules of BIA's validator and the stricter ones of its conversion to the archive's API,
and needs no network: the context holds the terms that are used.

An accession number is demanded by the profile and given by the archive. Until the sheet has one,
`S-BIADxxxx` stands in its place, and a check calls it a placeholder. A release date is left out
until the sheet has one: no other date is the day of publication.
"""

from __future__ import annotations

from mifakit.dataset import layout
from mifakit.dataset.dataset import Dataset
from mifakit.records import bia_profile, file_list
from mifakit.records.base import Record
from mifakit.records.crate_annotations import add_annotations
from mifakit.records.crate_graph import CrateGraph, Reference
from mifakit.records.crate_images import ImageEntities
from mifakit.records.crate_study import StudyEntities
from mifakit.records.lookup import annotation_set, image_set
from mifakit.records.serialisation import json_bytes


class RoCrate(Record):
    """`ro-crate-metadata.json` and `file_list.tsv` at the dataset's root."""

    name = "ro_crate"
    lists_files = True

    def render(self, dataset: Dataset) -> dict[str, bytes]:
        """Return the crate's two files."""
        graph = CrateGraph()
        graph.add_incomplete(
            "CreativeWork",
            bia_profile.METADATA,
            conformsTo={"@id": bia_profile.RO_CRATE},
            about={"@id": bia_profile.STUDY},
        )
        study = StudyEntities(graph, dataset.sheet)
        people = study.contributors()
        ids = _datasets(graph, dataset)
        rows = file_list.file_rows(dataset, ids)
        parts = [*ids.images.values(), *ids.annotations.values(), ids.documents]
        file_list_reference = _file_list(graph, file_list.used_columns(rows))
        _study(study, people, [file_list_reference, *({"@id": part} for part in parts)])
        return {layout.CRATE: json_bytes(graph.document()), layout.FILE_LIST: file_list.table_bytes(rows)}


def _datasets(graph: CrateGraph, dataset: Dataset) -> file_list.DatasetIds:
    """Add one `bia:Dataset` for each image set, each annotation set and the plain files."""
    components = dict.fromkeys(sample.row.component for sample in dataset)
    sheet = dataset.sheet
    entities = ImageEntities(graph, sheet)
    documents = graph.add_incomplete(
        "bia:Dataset",
        "#documents",
        name="Documents",
        description="Dataset card, study sheet, manifest, MIFA documents and previews.",
    )
    return file_list.DatasetIds(
        images={name: entities.images(image_set(sheet, name))["@id"] for name in components},
        annotations={
            name: add_annotations(graph, annotation_set(sheet, name))["@id"] for name in dataset.annotation_sets
        },
        documents=documents["@id"],
    )


def _study(entities: StudyEntities, people: list[Reference], parts: list[Reference]) -> None:
    study = entities.sheet.study
    entities.graph.add_incomplete(
        "bia:Study",
        bia_profile.STUDY,
        name=study.title,
        description=study.description,
        accessionId=study.accession or bia_profile.NO_ACCESSION,
        datePublished=study.release_date,
        license=study.license.url if study.license else None,
        keyword=study.keywords,
        contributor=people,
        acknowledgement=study.acknowledgements,
        relatedPublication=entities.publications(),
        funding=entities.grants(),
        seeAlso=entities.see_also(),
        hasPart=parts,
    )


def _file_list(graph: CrateGraph, columns: tuple[file_list.Column, ...]) -> Reference:
    """Add the file list, its schema and its columns."""
    references = [
        graph.add_incomplete(
            "csvw:Column", f"_:column-{column.name}", columnName=column.name, propertyUrl=column.property_url
        )
        for column in columns
    ]
    schema = graph.add_incomplete("csvw:Schema", "_:file-list-schema", column=references)
    return graph.add_incomplete("bia:FileList", layout.FILE_LIST, tableSchema=schema)
