"""OME-XML, of a file or in an OME-TIFF: who took the images, with which instrument, and what its channels show.

Pixel sizes and names of channels are not asked here: the reader takes them from each file.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

from mifakit.documents.base import Draft, Tree
from mifakit.documents.content import Content
from mifakit.documents.parts import Leaf, Part, all_leaves
from mifakit.documents.people import organisation, person
from mifakit.sources.xml_text import local_name, parse_xml, read_xml, start_tags

_OF_THE_FILES = tuple(
    f"OME.{name}"
    for name in (
        "@Creator", "@UUID", "@schemaLocation", "BinaryOnly", "Image.@ID", "Image.Pixels", "Image.InstrumentRef",
        "Image.ObjectiveSettings", "Image.ExperimenterRef", "Image.ROIRef", "Image.AnnotationRef", "ROI",
        "StructuredAnnotations",
    )
)  # fmt: skip


class OmeXml:
    """OME's metadata."""

    name = "OME-XML"

    def recognises(self, content: Content) -> bool:
        """Whether it is XML whose root is OME, or a TIFF that holds such."""
        if content.is_xml:
            return next((tag.rpartition("}")[2] for tag in start_tags(content.head)), "") == "OME"
        return content.is_tiff and _in_tiff(content) is not None

    def read(self, content: Content) -> Draft:
        """Read it."""
        text = _in_tiff(content) if content.is_tiff else None
        root = read_xml(content.path, "OME") if text is None else parse_xml(content.path, text, "OME-XML")
        tree = {"OME": _tree(root)}
        draft = Draft(tree, {}, bookkeeping=_OF_THE_FILES)
        draft.settle(*(leaf for leaf in all_leaves(tree) if leaf.origins[0][-1] == "@ID"))  # by which elements refer
        ome = Part(tree).part("OME")
        acquisitions = [one for instrument in ome.parts("Instrument") for one in _acquisitions(instrument)]
        draft.sheet = {
            "study": {"description": _one_for_all([image.leaf("Description") for image in ome.parts("Image")])},
            "authors": [_author(one) for one in ome.parts("Experimenter")],
            "acquisitions": acquisitions,
        }
        return draft


def _in_tiff(content: Content) -> str | None:
    """Return the OME-XML in a TIFF's first description, or None."""
    from tifffile import TiffFile, TiffFileError

    from mifakit.readers.tiff.ome import looks_like_ome

    try:
        with TiffFile(content.path) as file:
            description = file.pages.first.description
    except (TiffFileError, ValueError, OSError, IndexError, KeyError):
        return None
    return description if looks_like_ome(description) else None


def _tree(element: Element) -> Any:
    """Return an element as plain data: attributes under `@name`, children by name, each a list where there are more."""
    fields: dict[str, Any] = {f"@{name.rpartition('}')[2]}": value for name, value in element.attrib.items()}
    for child in element:
        name, value = local_name(child), _tree(child)
        if name in fields:
            fields[name] = [*fields[name], value] if isinstance(fields[name], list) else [fields[name], value]
        else:
            fields[name] = value
    text = (element.text or "").strip()
    if text and not fields:
        return text
    return fields | ({"text": text} if text else {})


def _one_for_all(leaves: list[Leaf | None]) -> Leaf | None:
    """Return what all images say alike; what each says of itself is not about the study."""
    said = [leaf for leaf in leaves if leaf]
    if not said or len({leaf.text for leaf in said}) > 1:
        return None
    return said[0].also(*said[1:])


def _author(one: Part) -> Tree:
    return {
        **person(one.leaf("@DisplayName"), one.leaf("@FirstName"), one.leaf("@LastName")),
        "email": one.leaf("@Email"),
        "organisations": [organisation(one.leaf("@Institution"))],
    }


def _acquisitions(instrument: Part) -> Iterator[Tree]:
    """Yield one acquisition an objective, or one when there is no objective."""
    microscope = _words(instrument.part("Microscope"), "@Manufacturer", "@Model")
    detectors = [_words(part, "@Manufacturer", "@Model") for part in instrument.parts("Detector")]
    named = _joined([microscope, *detectors], ", ")
    objectives = [_objective(part) for part in instrument.parts("Objective")] or [None]
    for objective in objectives:
        title = _joined([microscope, objective], ", ")
        if title or named:
            parameters = objective.map(lambda text: f"Objective: {text}") if objective else None
            yield {"title": title or named, "instrument": named, "parameters": parameters}


def _objective(part: Part) -> Leaf | None:
    model = _words(part, "@Manufacturer", "@Model")
    power = part.leaf("@NominalMagnification")
    aperture, immersion = part.leaf("@LensNA"), part.leaf("@Immersion")
    return _joined(
        [
            model,
            power.map(lambda text: f"{text.removesuffix('.0')}x") if power else None,
            aperture.map(lambda text: f"NA {text}") if aperture else None,
            immersion,
        ],
        " ",
    )


def _words(part: Part, *names: str) -> Leaf | None:
    return _joined([part.leaf(name) for name in names], " ")


def _joined(leaves: list[Leaf | None], between: str) -> Leaf | None:
    """Return several values as one text."""
    said = [leaf for leaf in leaves if leaf]
    if not said:
        return None
    return Leaf(between.join(leaf.text for leaf in said), tuple(origin for leaf in said for origin in leaf.origins))
