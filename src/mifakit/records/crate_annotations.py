"""The study sheet as entities of BIA's RO-Crate profile: annotation sets and how they were made."""

from __future__ import annotations

from mifakit.metadata.annotation_sets import AnnotationSet
from mifakit.records.crate_graph import CrateGraph, Reference
from mifakit.records.sentences import sentences, told


def add_annotations(graph: CrateGraph, annotations: AnnotationSet) -> Reference:
    """Add an annotation set and the method by which it was made."""
    name = annotations.name or "annotations"
    confidence = told("Confidence", annotations.confidence_level)
    method = graph.add_incomplete(
        "bia:AnnotationMethod",
        graph.local_id("annotation-method", name),
        title=name,
        protocolDescription=sentences(annotations.method, confidence) if annotations.method else None,
        annotationCriteria=annotations.criteria,
        annotationCoverage=annotations.coverage,
        transformationDescription=annotations.transformations,
        spatialInformation=annotations.spatial_information,
        methodType=[kind.value for kind in annotations.types],
        annotationSourceIndicator="metadata_file",
    )
    return graph.add_incomplete(
        "bia:Dataset",
        graph.local_id("annotations", name),
        name=f"Annotations: {name}",
        description=annotations.overview,
        associatedAnnotationMethod=[method],
    )
