"""One sample: its image and annotations -> one verified OME-Zarr. Reads the lab folder, writes the unfinished dataset.

A small sample is made at once. A large one is made of pieces that any worker can make, in any order and, should
one be lost, again: parts of the image, annotations, the digest of the source.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import numpy.typing as npt

from mifakit.conversion import source_files
from mifakit.conversion.annotating import WrittenAnnotation, write_annotation
from mifakit.conversion.converted import Converted
from mifakit.conversion.geometry import image_parts
from mifakit.conversion.plan import AnnotationJob, Job
from mifakit.conversion.source_files import Stamp, reading, same_stamps
from mifakit.conversion.workbench import OpenSample, Workbench
from mifakit.dataset import layout
from mifakit.dataset.checksums import dataset_files, file_sha256
from mifakit.dataset.rows import AnnotationRow, SampleRow
from mifakit.errors import MifaError
from mifakit.findings import Place
from mifakit.ngff.digest import PixelDigest, Tiles
from mifakit.ngff.display import display_windows, shared
from mifakit.ngff.levels import downsample_mean
from mifakit.ngff.metadata import image_group, labels_group, multiscales, omero
from mifakit.ngff.pyramid import Block, Pyramid
from mifakit.ngff.readback import ReadBackError
from mifakit.ngff.store import write_group
from mifakit.ngff.writing import write_above, write_part
from mifakit.previews.sample import write_previews
from mifakit.readers.base import ImageSource, Region
from mifakit.readers.samples import RGB


@dataclass(frozen=True)
class ImagePart:
    """A part of an image that was written.

    Attributes
    ----------
    tiles
        Digests of its full-resolution tiles.
    checksums
        The sha256 of each file, by path in the image.
    """

    tiles: Tiles
    checksums: Mapping[str, str]


@dataclass(frozen=True)
class HashedSources:
    """The sha256 of each file that a sample is made of, by path."""

    sha256: Mapping[str, str]


@dataclass(frozen=True)
class Piece:
    """A piece of a large sample, and the stamps of the sources that it was made of."""

    made: ImagePart | WrittenAnnotation | HashedSources
    stamps: Mapping[str, Stamp]


def convert_part(job: Job, bench: Workbench, part: Sequence[Block]) -> Piece:
    """Write a part of a sample's image.

    Raises
    ------
    MifaError
        MIFA2xx and MIFA3xx: the image cannot be read, changed, or was not written as it is.
    """
    with reading(bench.lab_folder, job.origin.files) as stamps:
        return Piece(_write_part(OpenSample(job, bench), part), stamps)


def _write_part(sample: OpenSample, part: Sequence[Block]) -> ImagePart:
    job, bench = sample.job, sample.bench
    with job.origin.open(bench.lab_folder, job.axes) as source, _verified(job.origin.place):
        if (source.facts.axes, source.facts.shape) != (job.facts.axes, job.facts.shape):
            raise MifaError("MIFA312", "axes or shape differ from what the scan saw", job.origin.place)
        tiles = write_part(sample.image, _Image(source, job), part, downsample_mean)
    return ImagePart(tiles, dict(sample.image.checksums))


def convert_annotation(job: Job, bench: Workbench, said: AnnotationJob) -> Piece:
    """Write what one annotation set says of a sample.

    Raises
    ------
    MifaError
        As `convert_part`, and what the annotation's format finds.
    """
    with reading(bench.lab_folder, said.files) as stamps:
        return Piece(_write_annotation(OpenSample(job, bench), said), stamps)


def _write_annotation(sample: OpenSample, said: AnnotationJob) -> WrittenAnnotation:
    with _verified(said.place):
        return write_annotation(sample, said)


def hash_sources(job: Job, bench: Workbench) -> Piece:
    """Hash each file that a sample is made of.

    Raises
    ------
    MifaError
        MIFA202 when one cannot be read, MIFA312 when it changed meanwhile.
    """
    with reading(bench.lab_folder, job.sources) as stamps:
        return Piece(_hash_sources(job, bench), stamps)


def _hash_sources(job: Job, bench: Workbench) -> HashedSources:
    return HashedSources({name: source_files.sha256(bench.lab_folder, name) for name in job.sources})


def assemble(job: Job, bench: Workbench, pieces: Sequence[Piece]) -> Converted:
    """Make a sample of its pieces: levels above the parts, metadata, previews; then it takes its name.

    Raises
    ------
    MifaError
        MIFA312 when pieces were made of different sources.
    """
    with reading(bench.lab_folder, job.sources) as now:
        for piece in pieces:
            same_stamps(piece.stamps, now)
    return _assemble(OpenSample(job, bench), [piece.made for piece in pieces])


def _assemble(sample: OpenSample, pieces: Sequence[ImagePart | WrittenAnnotation | HashedSources]) -> Converted:
    parts = [piece for piece in pieces if isinstance(piece, ImagePart)]
    said = {piece.annotation_set: piece for piece in pieces if isinstance(piece, WrittenAnnotation)}
    annotations = [said[one.annotation_set] for one in sample.job.annotations]  # in the order of the sheet
    (sources,) = (piece for piece in pieces if isinstance(piece, HashedSources))
    job, bench, image, folder = sample.job, sample.bench, sample.image, sample.folder
    write_above(image, image_parts(job)[0][0].level, downsample_mean)
    pyramid, ngff = image.pyramid, job.storage.ngff
    scales = multiscales(job.sample, pyramid.axes, job.spacing, pyramid.steps, "mean")
    windows = display_windows(image)
    if job.facts.channels[: len(RGB)] == RGB:
        windows = (*shared(windows[: len(RGB)]), *windows[len(RGB) :])
    display = omero(job.channels, windows, pyramid.dtype)
    described = image.descriptions()
    label_images = {name: dtype for one in annotations for name, dtype in one.label_images.items()}
    if label_images:
        listed = write_group(folder / "labels", labels_group(sorted(label_images), ngff), ngff)
        described |= {f"labels/{name}": digest for name, digest in listed.items()}
    described |= write_group(folder, image_group(scales, display, ngff), ngff)
    shown = {
        one.annotation_set: [sample.labels(name, np.dtype(dtype)) for name, dtype in one.label_images.items()]
        for one in annotations
    }
    drawings = {one.annotation_set: one.drawing for one in annotations}
    previews = write_previews(bench.dataset, job.sample, image, display["channels"], shown, drawings)
    final = bench.final(job)
    if folder != final:
        folder.rename(final)
    tiles = Tiles(part.tiles for part in parts)
    digest = PixelDigest(pyramid.shape, pyramid.dtype, tiles).hexdigest()
    checksums = image.checksums | described
    for part in parts:
        checksums |= part.checksums
    for one in annotations:
        checksums |= one.checksums
    files = {name: digest for one in annotations for name, digest in one.files.items()}
    rows = {one.annotation_set: one.row for one in annotations}
    return Converted(
        row=_row(job, pyramid, digest, source_files.combined(sources.sha256, job.origin.files), rows),
        findings=tuple(finding for one in annotations for finding in one.findings),
        sources=dict(sources.sha256),
        checksums={f"{job.image}/{name}": digest for name, digest in sorted(checksums.items())} | previews | files,
        verified=bench.verify,
        fingerprints={one.annotation_set: one.fingerprint for one in annotations if one.fingerprint},
        parts={name: digest for one in annotations for name, digest in one.parts.items()},
    )


def convert_sample(job: Job, bench: Workbench, before: Converted | None = None) -> Converted:
    """Make a whole sample, unless it was made before and nothing changed since.

    Raises
    ------
    MifaError
        As `convert_part`, `convert_annotation`. Nothing is left then.
    """
    if before and is_still_true(before, bench):
        return before
    clear(job, bench)
    sample = OpenSample(job, bench)
    try:
        with reading(bench.lab_folder, job.sources):
            parts = [_write_part(sample, part) for part in image_parts(job)]
            annotations = [_write_annotation(sample, said) for said in job.annotations]
            sources = _hash_sources(job, bench)
        return _assemble(sample, [*parts, *annotations, sources])
    except BaseException:
        clear(job, bench)
        raise


def is_still_true(converted: Converted, bench: Workbench) -> bool:
    """Whether the sources and the files of a finished sample are, byte for byte, what they were."""
    image = bench.dataset / converted.row.image
    try:
        found = {f"{converted.row.image}/{name}" for name in dataset_files(image)}
        stated = {name for name in converted.checksums if name.startswith(f"{converted.row.image}/")}
        return (
            found == stated
            and (converted.verified or not bench.verify)
            and all(source_files.sha256(bench.lab_folder, name) == one for name, one in converted.sources.items())
            and all(file_sha256(bench.dataset / name) == digest for name, digest in converted.checksums.items())
            and all(file_sha256(bench.parts / name) == digest for name, digest in converted.parts.items())
        )
    except (OSError, MifaError):
        return False


def clear(job: Job, bench: Workbench) -> None:
    """Remove what was made of a sample."""
    graphs = [bench.dataset / layout.graph_path(job.sample, said.annotation_set) for said in job.annotations]
    for folder in (bench.unfinished(job), bench.final(job), *graphs):
        shutil.rmtree(folder, ignore_errors=True)


def sweep(bench: Workbench, converted: Iterable[Converted]) -> None:
    """Remove samples that are no longer wanted, what failed ones left behind, and what plates said of either."""
    done = list(converted)
    _keep_only({one.row.image for one in done}, bench.dataset, layout.IMAGES)
    wanted = {name for one in done for name in one.checksums}
    for graph in list((bench.dataset / layout.ANNOTATIONS).glob("*/graphs/*")):
        if f"{graph.relative_to(bench.dataset).as_posix()}/.zattrs" not in wanted:
            shutil.rmtree(graph)
    for picture in list((bench.dataset / layout.PREVIEWS).rglob("*.jpg")):
        if picture.relative_to(bench.dataset).as_posix() not in wanted:
            picture.unlink()
            with suppress(OSError):
                picture.parent.rmdir()  # once it is empty


def _keep_only(images: Set[str], dataset: Path, folder: str) -> None:
    """Remove what is in a folder, but for images and the folders around them."""
    around = {parent.as_posix() for image in images for parent in PurePosixPath(image).parents}
    for found in list((dataset / folder).glob("*")):
        path = found.relative_to(dataset).as_posix()
        if path in around and found.is_dir():
            _keep_only({image for image in images if image.startswith(f"{path}/")}, dataset, path)
        elif path not in images:
            shutil.rmtree(found) if found.is_dir() else found.unlink()  # file browsers leave files there


class _Image:
    """An image as it is written: without its alpha channel, if the job says so."""

    def __init__(self, source: ImageSource, job: Job) -> None:
        self._source, self._job = source, job
        self.axes, self.shape, self.dtype = job.facts.axes, job.shape, job.facts.dtype
        self._channel = self.axes.index("c")

    def read(self, region: Region) -> npt.NDArray[Any]:
        if not self._job.drop_alpha:
            return self._source.read(region)
        whole = list(region)
        whole[self._channel] = slice(0, self.shape[self._channel] + 1)
        block = self._source.read(tuple(whole))
        alpha = np.take(block, -1, self._channel)
        opaque = np.iinfo(self.dtype).max if self.dtype.kind in "ui" else 1
        if (alpha != opaque).any():
            raise MifaError("MIFA308", "its alpha channel holds information", self._job.origin.place)
        return np.take(block, range(region[self._channel].start, region[self._channel].stop), self._channel)


@contextmanager
def _verified(place: Place) -> Iterator[None]:
    try:
        yield
    except ReadBackError as error:
        raise MifaError("MIFA306", str(error), place) from error


def _known(values: Iterable[float | None]) -> tuple[float | None, ...]:
    """Return what is known of each channel, or nothing when nothing is."""
    found = tuple(values)
    return found if any(value is not None for value in found) else ()


def _row(job: Job, image: Pyramid, digest: str, sha256: str, annotations: dict[str, AnnotationRow]) -> SampleRow:
    def spacing(axis: str) -> float | None:
        return job.spacing[axis].value if axis in job.spacing else None

    position = job.position
    return SampleRow(
        sample=job.sample,
        image=job.image,
        component=job.component,
        axes=image.axes,
        shape=image.shape,
        dtype=image.dtype.name,
        channels=tuple(channel.name or f"channel {index}" for index, channel in enumerate(job.channels)),
        excitation=_known(channel.excitation for channel in job.channels),
        emission=_known(channel.emission for channel in job.channels),
        source=job.origin.path,
        scene=job.origin.scene_name or None,
        source_files=job.origin.files[1:],
        source_sha256=sha256,
        pixel_digest=digest,
        preview=layout.preview_path(job.sample),
        split=job.split,
        group=job.group,
        plate=position.plate if position else None,
        well_row=position.well.letters if position else None,
        well_column=position.well.column if position else None,
        well_field=position.field if position else None,
        pixel_size_x=spacing("x"),
        pixel_size_y=spacing("y"),
        pixel_size_z=spacing("z"),
        time_step=spacing("t"),
        instrument=job.facts.acquisition.instrument,
        objective=job.facts.acquisition.objective,
        acquired=job.facts.acquisition.acquired,
        annotations=annotations,
        conditions=dict(position.conditions) if position else {},
    )
