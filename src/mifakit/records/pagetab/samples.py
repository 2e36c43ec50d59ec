"""What was imaged, and how, as the sections of the archive's form.

What it has no field for is said with what it belongs to: channels and reagents with the preparation, features with the
analysis.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mifakit.metadata.fields import is_empty
from mifakit.metadata.rembi import Acquisition, Biosample, ImageAnalysis, ImageCorrelation, SignalChannel, Specimen
from mifakit.metadata.study_sheet import StudySheet
from mifakit.records.pagetab.elements import Attribute, Section, attributes, section
from mifakit.records.sentences import sentences, told


def samples(sheet: StudySheet) -> list[Section]:
    """Return the sections of biosamples, specimens, acquisitions, correlations and analyses."""
    rooms: Sequence[tuple[str, str, list[list[Attribute]]]] = (
        ("Biosample", "Biosample", [*map(_biosample, sheet.biosamples)]),
        ("Specimen", "Specimen", [*map(_specimen, sheet.specimens)]),
        ("Image acquisition", "Image Acquisition", [*map(_acquisition, sheet.acquisitions)]),
        ("Image correlation", "Image Correlation", [*map(_correlation, sheet.image_correlations)]),
        ("Image analysis", "Image Analysis", [*map(_analysis, sheet.image_analyses)]),
    )
    return [
        section(kind, f"{name}-{number}", said)
        for kind, name, entries in rooms
        for number, said in enumerate((entry for entry in entries if entry), 1)
    ]


def _biosample(sample: Biosample) -> list[Attribute]:
    names = [(one.scientific_name, one.common_name) for one in sample.organisms]
    return attributes(
        ("Title", sample.title),
        ("Organism", [f"{name} ({common})" if name and common else name or common or "" for name, common in names]),
        ("Description", sentences(sample.description, told("Identity", _said(sample.rrids)))),
        ("Biological entity", sample.biological_entity),
        ("Experimental variable", sample.experimental_variables),
        ("Extrinsic variable", sample.extrinsic_variables),
        ("Intrinsic variable", sample.intrinsic_variables),
    )


def _specimen(specimen: Specimen) -> list[Attribute]:
    return attributes(
        ("Title", specimen.title),
        (
            "Sample preparation protocol",
            sentences(
                specimen.preparation,
                told("Experimental status", specimen.experimental_status),
                told("Location within biosample", specimen.location),
                *(_channel(channel) for channel in specimen.channels if not is_empty(channel)),
                told("Reagents", _said(specimen.rrids)),
            ),
        ),
        ("Growth protocol", specimen.growth_protocol),
    )


def _channel(channel: SignalChannel) -> str:
    shown = " of ".join(part for part in (channel.content, channel.biological_entity) if part)
    parts = [part for part in (channel.label, shown, channel.contrast_mechanism) if part]
    return f"Channel {', '.join(parts)}"


def _acquisition(acquisition: Acquisition) -> list[Attribute]:
    return attributes(
        ("Title", acquisition.title),
        ("Imaging instrument", acquisition.instrument),
        ("Image acquisition parameters", acquisition.parameters),
        ("Imaging method", _said(method.name for method in acquisition.methods)),
    )


def _correlation(correlation: ImageCorrelation) -> list[Attribute]:
    related = told("Related images", correlation.related_images)
    return attributes(
        ("Title", correlation.title),
        ("Spatial and temporal alignment", sentences(correlation.alignment, related)),
        ("Fiducials used", correlation.fiducials),
        ("Transformation matrix", correlation.transformation_matrix),
    )


def _analysis(analysis: ImageAnalysis) -> list[Attribute]:
    return attributes(
        ("Title", analysis.title),
        ("Image analysis overview", sentences(analysis.overview, told("Features", analysis.features))),
    )


def _said(values: Iterable[str | None]) -> list[str]:
    return [value for value in values if value]
