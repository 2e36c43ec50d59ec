"""The plan: every question settled before a pixel moves. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import prod
from typing import TYPE_CHECKING, Any, Literal

from mifakit.annotations.base import Options
from mifakit.annotations.raster.label_image import check_header, check_size
from mifakit.conversion.naming import name_samples
from mifakit.conversion.plates import Position, place_images, shadowed
from mifakit.dataset import layout
from mifakit.dataset.splits import SPLITS, assign_splits
from mifakit.errors import MifaError
from mifakit.findings import Finding, Place
from mifakit.inventory.annotation_files import options_of
from mifakit.inventory.inventory import AnnotationFile, ImageFile, Inventory, Pairing
from mifakit.metadata.image_formats import COLOUR_MASK, LABEL_IMAGE
from mifakit.ngff.storage import Storage
from mifakit.readers.base import Channel, ImageFacts, Spacing
from mifakit.readers.origin import Origin

if TYPE_CHECKING:  # workers know jobs, and have no need of pydantic
    from mifakit.metadata.conversion_choices import StorageChoice
    from mifakit.metadata.image_sets import ImageSet
    from mifakit.metadata.study_sheet import StudySheet

_PYRAMID_SHARE = 4 / 3
_TYPICAL_COMPRESSION = 2
_DECODED_COPIES = 2
"""Of an image that is decoded whole: as it is stored, and in the order of our axes."""
_SPLIT_SPELLINGS = {"training": "train", "validation": "val", "valid": "val", "testing": "test"}


@dataclass(frozen=True)
class AnnotationSource:
    """A part of the lab folder that annotates an image, and what it is."""

    origin: Origin
    format: str = LABEL_IMAGE


@dataclass(frozen=True)
class AnnotationJob:
    """What one annotation set says of an image.

    Attributes
    ----------
    annotation_set
        Its name.
    sources
        Where it says so.
    reason
        Why these belong to the image.
    options
        What the sheet says of the files.
    axes
        The sheet's word on axes of image files, if any.
    rasterise
        Whether shapes become label images, and who gets what two of them claim.
    """

    annotation_set: str
    sources: tuple[AnnotationSource, ...]
    reason: str
    options: Options = field(default_factory=Options)
    axes: str | None = None
    rasterise: Literal["no", "order", "area", "layers"] = "no"

    @property
    def files(self) -> list[str]:
        """Every file that it is made of, each once."""
        return list(dict.fromkeys(file for source in self.sources for file in source.origin.files))

    @property
    def place(self) -> Place:
        """For findings."""
        return self.sources[0].origin.place


@dataclass(frozen=True)
class Job:
    """One sample to make.

    Attributes
    ----------
    sample
        Its id.
    origin
        Where the image is in the lab folder.
    component
        Name of the image set.
    facts
        What the scan saw; the job checks that the file still says so.
    axes
        The sheet's word on the file's axes, if any.
    drop_alpha
        Whether to leave out the last channel, once it has been seen to be opaque.
    spacing, channels
        As they will be written.
    annotations
        What annotates it, a set each.
    storage
        How its pixels are stored.
    group, split
        For training.
    position
        Where the image is on a plate, if it is on one.
    """

    sample: str
    origin: Origin
    component: str
    facts: ImageFacts
    axes: str | None
    drop_alpha: bool
    spacing: Mapping[str, Spacing]
    channels: tuple[Channel, ...]
    annotations: tuple[AnnotationJob, ...]
    storage: Storage = field(default_factory=Storage)
    group: str | None = None
    split: str | None = None
    position: Position | None = None

    @property
    def image(self) -> str:
        """Where the image is in the dataset."""
        return self.position.path if self.position else layout.image_path(self.sample)

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the image as it is written."""
        lengths = zip(self.facts.axes, self.facts.shape, strict=True)
        return tuple(length - self.drop_alpha if axis == "c" else length for axis, length in lengths)

    @property
    def nbytes(self) -> int:
        """Bytes of the image's pixels as they are written, uncompressed."""
        return prod(self.shape) * self.facts.dtype.itemsize

    @property
    def sources(self) -> list[str]:
        """All files of the lab folder that it is made of; one may hold both image and labels."""
        files = [*self.origin.files, *(file for one in self.annotations for file in one.files)]
        return list(dict.fromkeys(files))


@dataclass(frozen=True)
class Plan:
    """What a build will do.

    Attributes
    ----------
    jobs
        One a sample, in order of ids.
    left_out
        Images that will not be built, for reasons that `findings` give.
    findings
        Of the inventory and of planning.
    """

    jobs: tuple[Job, ...]
    left_out: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def source_bytes(self) -> int:
        """Bytes of all pixels, uncompressed: the measure of progress."""
        return sum(job.nbytes for job in self.jobs)

    @property
    def expected_bytes(self) -> int:
        """Bytes the dataset is likely to need on disk."""
        return int(self.source_bytes * _PYRAMID_SHARE / _TYPICAL_COMPRESSION)

    def to_record(self) -> dict[str, Any]:
        """Return a JSON-ready record: what `mifa build --dry-run --json` prints."""
        return {
            "samples": [
                {
                    "sample": job.sample,
                    "image": job.image,
                    "source": job.origin.key,
                    "axes": job.facts.axes,
                    "shape": list(job.facts.shape),
                    "dtype": job.facts.dtype.name,
                    "split": job.split,
                    "annotations": [
                        {
                            "set": one.annotation_set,
                            "files": [source.origin.key for source in one.sources],
                            "formats": sorted({source.format for source in one.sources}),
                            "reason": one.reason,
                        }
                        for one in job.annotations
                    ],
                }
                for job in self.jobs
            ],
            "left_out": list(self.left_out),
            "source_bytes": self.source_bytes,
            "expected_bytes": self.expected_bytes,
            "findings": [finding.to_record() for finding in self.findings],
        }


def make_plan(inventory: Inventory, sheet: StudySheet, memory: int | None = None) -> Plan:
    """Settle names, spacing, channels, annotations and splits for every readable image.

    An image is planned whole or not at all: one whose annotation is open stays out.

    Parameters
    ----------
    inventory
        What there is.
    sheet
        What was said.
    memory
        Bytes that one job may use, where that is known: an image that can only be decoded whole must fit.
    """
    findings = list(inventory.findings)
    readable = [image for image in inventory.images if image.facts and image.key not in inventory.unsettled]
    placed = place_images(readable, sheet.images, inventory.conditions)
    readable = [image for image in readable if image.key not in placed.unplaced]
    names, clashes = name_samples(readable, {key: one.name for key, one in placed.positions.items()})
    taken = shadowed(names, placed.positions)
    findings += [*placed.findings, *clashes, *taken.values()]
    annotations = {file.key: file for file in inventory.annotations}
    pairings: dict[str, list[Pairing]] = defaultdict(list)
    for pairing in inventory.pairings:
        pairings[pairing.image].append(pairing)
    jobs: dict[str, Job] = {}
    for image in readable:
        if image.key not in names or image.key in taken:
            continue
        component = sheet.images[image.component]
        files = {key: annotations[key] for pairing in pairings[image.key] for key in pairing.files}
        job = _job(image, names[image.key], component, pairings[image.key], files, sheet)
        job = replace(job, position=placed.positions.get(image.key))
        masks = [file for file in files.values() if file.in_image_file]
        problems = [*_channel_mismatch(job, component), *_unfit_masks(job, masks), *_too_large(job, memory)]
        findings += problems
        if problems or not all(file.readable for file in files.values()):
            continue
        jobs[image.key] = job
        findings += _remarks(job)
    divided = [placed.with_fields(image) for image in readable if image.key in jobs]
    splits, groups, undivided = _divide(divided, names, sheet)
    planned = [Job(**{**vars(job), "group": groups.get(path), "split": splits.get(path)}) for path, job in jobs.items()]
    return Plan(
        tuple(sorted(planned, key=lambda job: job.sample)),
        tuple(image.key for image in inventory.images if image.key not in jobs),
        tuple(findings + undivided),
    )


def _remarks(job: Job) -> list[Finding]:
    """Return what the reader noticed; that the file lacks a pixel size does not matter if the sheet has one."""
    known = {"x", "y"} <= job.spacing.keys()
    return [
        replace(finding, place=job.origin.place)
        for finding in job.facts.findings
        if not (known and finding.code == "MIFA205")
    ]


def _too_large(job: Job, memory: int | None) -> Iterator[Finding]:
    needed = _DECODED_COPIES * job.facts.nbytes
    if memory is not None and job.facts.whole and needed > memory:
        said = f"its format is decoded as a whole, which takes {needed / 1e9:.1f} GB of the {memory / 1e9:.1f} GB"
        yield Finding.of("MIFA224", f"{said} that each process may use", job.origin.place)


def _unfit_masks(job: Job, masks: Sequence[AnnotationFile]) -> Iterator[Finding]:
    """Yield the masks whose header already tells that they cannot be its labels."""
    for mask in masks:
        try:
            if mask.facts and mask.format == COLOUR_MASK:
                check_size(mask.facts, job.facts, mask.origin.place)
            elif mask.facts:
                check_header(mask.facts, job.facts, mask.origin.place)
        except MifaError as error:
            yield error.finding


def _job(
    image: ImageFile,
    name: str,
    component: ImageSet,
    pairings: Sequence[Pairing],
    files: Mapping[str, AnnotationFile],
    sheet: StudySheet,
) -> Job:
    assert image.facts is not None  # noqa: S101 - the caller keeps readable images only
    facts = image.facts
    protocols = {protocol.name: protocol for protocol in sheet.annotations}
    annotations = tuple(
        AnnotationJob(
            annotation_set=pairing.annotation_set,
            sources=tuple(AnnotationSource(files[key].origin, files[key].format) for key in pairing.files),
            reason=pairing.reason,
            options=options_of(protocols[pairing.annotation_set]),
            axes=protocols[pairing.annotation_set].axes or (component.axes or "").replace("c", "") or None,
            rasterise=protocols[pairing.annotation_set].rasterise,
        )
        for pairing in pairings
    )
    drop_alpha = facts.has_alpha and component.alpha == "drop"
    return Job(
        sample=name,
        origin=image.origin,
        component=component.name or "images",
        facts=facts,
        axes=component.axes,
        drop_alpha=drop_alpha,
        storage=_storage(sheet.storage),
        spacing=_spacing(facts, component),
        channels=_channels(facts, component, drop_alpha),
        annotations=annotations,
    )


def _storage(choice: StorageChoice | None) -> Storage:
    if choice is None:
        return Storage()
    lengths = {axis: getattr(choice.chunk, axis, None) for axis in "zyx"}
    return Storage(
        ngff=choice.ngff,
        codec=choice.codec,
        level=choice.level,
        chunk={axis: length for axis, length in lengths.items() if length},
        labels=choice.labels,
    )


def _spacing(facts: ImageFacts, component: ImageSet) -> dict[str, Spacing]:
    """Return the spacing by axis: the sheet's word first, then the file's."""
    spacing = dict(facts.spacing)
    if component.pixel_size:
        for axis in "xyz":
            value = getattr(component.pixel_size, axis)
            if value:
                spacing[axis] = Spacing(value, "micrometer")
    if component.time_step:
        spacing["t"] = Spacing(component.time_step, "second")
    return {axis: spacing[axis] for axis in facts.axes if axis in spacing}


def _kept_channels(facts: ImageFacts, drop_alpha: bool) -> int:
    return facts.size("c") - (1 if drop_alpha else 0)


def _channels(facts: ImageFacts, component: ImageSet, drop_alpha: bool) -> tuple[Channel, ...]:
    count = _kept_channels(facts, drop_alpha)
    known = (*facts.channels, *[Channel()] * count)[:count]
    if not component.channels:
        return known
    return tuple(replace(channel, name=name) for name, channel in zip(component.channels, known, strict=False))


def _channel_mismatch(job: Job, component: ImageSet) -> Iterator[Finding]:
    stated, found = len(component.channels), _kept_channels(job.facts, job.drop_alpha)
    if stated and stated != found:
        yield Finding.of("MIFA314", f"the sheet names {stated} channels, the file has {found}", job.origin.place)


def _divide(
    images: Sequence[ImageFile], names: Mapping[str, str], sheet: StudySheet
) -> tuple[dict[str, str], dict[str, str], list[Finding]]:
    """Return the split and the group of each image, by path."""
    if sheet.splits is None or not images:
        return {}, {}, []
    splits = sheet.splits
    groups = {image.key: image.fields.get(splits.group_by or "", names[image.key]) for image in images}
    if not splits.from_field:
        shares = {"train": splits.train, "val": splits.val, "test": splits.test}
        return assign_splits(groups, shares, splits.seed), groups, []
    assigned: dict[str, str] = {}
    findings = []
    for image in images:
        stated = image.fields.get(splits.from_field, "").lower()
        split = _SPLIT_SPELLINGS.get(stated, stated)
        if split in SPLITS:
            assigned[image.key] = split
        else:
            findings.append(Finding.of("MIFA410", f"field {splits.from_field!r} says {stated!r}", image.origin.place))
    return assigned, groups, findings
