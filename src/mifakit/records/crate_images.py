"""The study sheet as entities of BIA's RO-Crate profile: image sets and what made them, REMBI's side.

What the profile has no place for is told in the nearest description, as a sentence of its own: a
specimen's status, place and reagents in its preparation, a sample's description and RRIDs in its
biological entity, related images in their correlation.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mifakit.metadata.fields import is_empty
from mifakit.metadata.image_sets import ImageSet
from mifakit.metadata.mifa import Text
from mifakit.metadata.rembi import (
    Acquisition,
    Biosample,
    ImageAnalysis,
    ImageCorrelation,
    Organism,
    SignalChannel,
    Specimen,
)
from mifakit.metadata.study_sheet import StudySheet
from mifakit.records.crate_graph import CrateGraph, Reference, links
from mifakit.records.lookup import Titled, by_title
from mifakit.records.sentences import sentences, told


class ImageEntities:
    """Adds image sets, and what made them, to a graph; whatever several sets name is added once."""

    def __init__(self, graph: CrateGraph, sheet: StudySheet) -> None:
        self.graph = graph
        self.sheet = sheet

    def images(self, images: ImageSet) -> Reference:
        """Add an image set and what made it."""
        specimen = by_title(self.sheet.specimens, images.specimen)
        biosample = images.biosample or (specimen.biosample if specimen else None)
        name = images.name or "Images"
        return self.graph.add_incomplete(
            "bia:Dataset",
            self.graph.local_id("images", name),
            name=name,
            description=images.description,
            associatedBiologicalEntity=links(self._biosample(by_title(self.sheet.biosamples, biosample), specimen)),
            associatedSpecimenImagingPreparationProtocol=links(self._preparation(specimen)),
            associatedImageAcquisitionProtocol=links(
                self._acquisition(by_title(self.sheet.acquisitions, images.acquisition))
            ),
            associatedImageAnalysisMethod=links(
                *map(self._analysis, self._named(self.sheet.image_analyses, images.image_analyses))
            ),
            associatedImageCorrelationMethod=links(
                *map(self._correlation, self._named(self.sheet.image_correlations, images.image_correlations))
            ),
        )

    def _named(self, entries: Sequence[Titled], titles: Sequence[str]) -> list[Titled]:
        """Return the entries that an image set names. The only one there is need not name its own."""
        if not titles and len(self.sheet.images) == 1:
            return list(entries)
        return [entry for entry in entries if entry.title in titles]

    def _biosample(self, sample: Biosample | None, specimen: Specimen | None) -> Reference | None:
        """Add a biosample as it was grown: the profile keeps growth there, the sheet with the specimen."""
        if sample is None or not sample.title or not sample.biological_entity:
            return None
        growth = self._growth(specimen)
        return self.graph.add_once(
            "bia:BioSample",
            "biosample",
            f"{sample.title} {specimen.title}" if specimen and growth else sample.title,
            title=sample.title,
            biologicalEntityDescription=sentences(
                sample.biological_entity, sample.description, told("RRIDs", sample.rrids)
            ),
            organismClassification=links(*map(self._taxon, sample.organisms)),
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
        return self.graph.add_once(
            "bia:Taxon",
            "taxon",
            name,
            f"NCBI:txid{organism.ncbi_taxon}" if organism.ncbi_taxon else None,
            scientificName=organism.scientific_name,
            commonName=organism.common_name,
        )

    def _preparation(self, specimen: Specimen | None) -> Reference | None:
        if specimen is None or not specimen.title or not specimen.preparation:
            return None
        return self._protocol(
            "bia:SpecimenImagingPreparationProtocol",
            "preparation",
            specimen.title,
            sentences(
                specimen.preparation,
                told("Experimental status", specimen.experimental_status),
                told("Location in the biosample", specimen.location),
                told("RRIDs", specimen.rrids),
            ),
            signalChannelInformation=self._channels(specimen),
        )

    def _channels(self, specimen: Specimen) -> list[Reference]:
        """Add what is said of a specimen's channels: no two are one, though they may be called alike."""
        channels = [channel for channel in specimen.channels if not is_empty(channel)]
        return links(*(self._channel(f"{specimen.title} {i}", one) for i, one in enumerate(channels, start=1)))

    def _channel(self, text: str, channel: SignalChannel) -> Reference | None:
        return self.graph.add_once(
            "bia:SignalChannel",
            "channel",
            text,
            channelLabel=channel.label,
            channelContentDescription=channel.content,
            channelBiologicalEntity=channel.biological_entity,
            signalContrastMechanismDescription=channel.contrast_mechanism,
        )

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
            fbbiId=[method.fbbi_id.replace("FBbi:", "obo:FBbi_") for method in acquisition.methods if method.fbbi_id],
        )

    def _analysis(self, analysis: ImageAnalysis) -> Reference | None:
        return self._protocol(
            "bia:ImageAnalysisMethod",
            "analysis",
            analysis.title,
            analysis.overview,
            featuresAnalysed=analysis.features,
        )

    def _correlation(self, correlation: ImageCorrelation) -> Reference | None:
        return self._protocol(
            "bia:ImageCorrelationMethod",
            "correlation",
            correlation.title,
            sentences(correlation.alignment, told("Related images", correlation.related_images))
            if correlation.alignment
            else None,
            fiducialsUsed=correlation.fiducials,
            transformationMatrix=correlation.transformation_matrix,
        )

    def _protocol(self, bia_class: str, kind: str, title: Text, description: Text, **values: Any) -> Reference | None:
        if not title:
            return None
        return self.graph.add_once(bia_class, kind, title, title=title, protocolDescription=description, **values)
