"""What the files tell -> a study sheet with all that can be filled in by itself. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mifakit.inventory.inventory import ImageFile, Inventory
from mifakit.inventory.microscopes import FileSeries
from mifakit.inventory.proposing import Proposal
from mifakit.metadata.mifa import Version
from mifakit.metadata.rembi import Acquisition
from mifakit.metadata.study_sheet import StudySheet
from mifakit.metadata.vocabularies import AnnotationType
from mifakit.sources.yaml_text import Location


@dataclass(frozen=True)
class Prefilled:
    """A sheet, and comments on what was seen, by location."""

    sheet: StudySheet
    notes: dict[Location, str]


def prefill(
    inventory: Inventory,
    proposal: Proposal,
    types: Mapping[str, Sequence[AnnotationType]],
    lab_folder: str,
    now: str,
) -> Prefilled:
    """Fill in what the files tell.

    Parameters
    ----------
    inventory
        Taken with the proposal's patterns.
    proposal
        The patterns, and why they were proposed.
    types
        What annotation files hold, by set.
    lab_folder
        As it will stand in the sheet.
    now
        The version's timestamp, RFC 3339.
    """
    notes: dict[Location, str] = {}
    for index, component in enumerate(proposal.images):
        files = [image for image in inventory.images if image.component == index]
        notes["images", index, "files"] = describe_images(files)
        if component.exclude:
            notes["images", index, "exclude"] = "These look like annotations, but fit no image."
        component.name = component.name or ("Images" if not index else f"Images {index + 1}")
        if series := (proposal.series or (None,) * (index + 1))[index]:
            notes["images", index, "series"] = _series_note(series)
    acquisitions = _acquisitions(proposal, inventory)
    for index, protocol in enumerate(proposal.annotations):
        paired = {pair.image for pair in inventory.pairings if pair.annotation_set == protocol.name}
        notes["annotations", index, "files"] = proposal.reasons[index]
        protocol.types = list(types.get(str(protocol.name), ()))
        protocol.coverage = f"{len(paired)} of {len(inventory.images)} images were annotated."
        for number, pair in enumerate(protocol.pairs):
            candidates = proposal.ambiguous.get(pair.annotation or "", ())
            notes["annotations", index, "pairs", number, "image"] = (
                f"{pair.annotation} could belong to {' or '.join(candidates)}: write the one it belongs to."
            )
    sheet = StudySheet(
        lab_folder=lab_folder,
        version=Version(version="1.0", timestamp=now),
        acquisitions=acquisitions,
        images=list(proposal.images),
        annotations=list(proposal.annotations),
    )
    return Prefilled(sheet, notes)


def _acquisitions(proposal: Proposal, inventory: Inventory) -> list[Acquisition]:
    """Return what files say of instruments and objectives, and have their sets refer to it."""
    found: dict[str, Acquisition] = {}
    for index, component in enumerate(proposal.images):
        facts = [image.facts.acquisition for image in inventory.images if image.component == index and image.facts]
        said = Counter((one.instrument, one.objective) for one in facts if one.instrument or one.objective)
        for instrument, objective in sorted(said, key=lambda pair: -said[pair]):
            title = ", ".join(filter(None, (instrument, objective)))
            parameters = f"Objective: {objective}" if objective else None
            found.setdefault(title, Acquisition(title=title, instrument=instrument, parameters=parameters))
            component.acquisition = component.acquisition or title
    return list(found.values())


def _series_note(series: FileSeries) -> str:
    """Return why files are taken for parts of images, in a sentence for people."""
    grid = series.groups[0].series
    assert grid is not None  # noqa: S101 - only whole grids are proposed
    counts = " × ".join(f"{count} along {axis}" for axis, count in zip(grid.axes, grid.shape, strict=True))
    return (
        f"A guess by the file names ({series.convention}): {len(series.files)} files are {len(series.groups)} images, "
        f"each of {counts}. Remove this line if each file is an image of its own."
    )


def describe_images(images: Sequence[ImageFile]) -> str:
    """Return what image files have in common, in a sentence for people."""
    facts = [image.facts for image in images if image.facts]
    unread = len(images) - len(facts)
    kinds = Counter(f"{one.axes} {one.dtype.name}" for one in facts)
    text = f"Seen: {len(images)} files; " + ", ".join(f"{count} are {kind}" for kind, count in kinds.most_common(3))
    sizes = {round(one.spacing["x"].value, 6) for one in facts if "x" in one.spacing}
    unknown = sum("x" not in one.spacing for one in facts)
    if sizes:
        text += f"; pixel size {', '.join(f'{size:g}' for size in sorted(sizes)[:3])} µm"
    if unknown:
        text += f"; {unknown} do not say their pixel size"
    names = {tuple(channel.name or "?" for channel in one.channels) for one in facts if one.channels}
    if names:
        text += f"; channels {' or '.join(', '.join(one) for one in sorted(names)[:2])}"
    days = sorted({one.acquisition.acquired[:10] for one in facts if one.acquisition.acquired})
    if days:
        text += f"; acquired {days[0]}" + (f" to {days[-1]}" if len(days) > 1 else "")
    return text + (f"; {unread} could not be read" if unread else "") + "."
