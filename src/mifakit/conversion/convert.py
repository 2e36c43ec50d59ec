"""One job: a sample's image and labels -> one verified OME-Zarr. Reads the lab folder, writes the target."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mifakit.annotations.label_file import read_label_file
from mifakit.annotations.label_image import LabelImage
from mifakit.annotations.object_files import read_object_files
from mifakit.conversion.plan import Job, LabelJob
from mifakit.conversion.staging import staged
from mifakit.dataset import layout
from mifakit.dataset.checksums import file_sha256
from mifakit.dataset.manifest import LabelRow, SampleRow
from mifakit.errors import MifaError
from mifakit.findings import Finding, Place
from mifakit.ngff.levels import Factors, downsample_mean, downsample_mode, plan_steps
from mifakit.ngff.metadata import image_group, label_group, labels_group, multiscales, omero
from mifakit.ngff.pixels import Pixels
from mifakit.ngff.store import write_group
from mifakit.ngff.verification import read_digest
from mifakit.ngff.writing import Watch, write_multiscale
from mifakit.readers.base import ImageFacts, ImageSource, Region
from mifakit.readers.registry import open_image


@dataclass(frozen=True)
class Converted:
    """A finished sample: its row of the manifest, and what was noticed on the way."""

    row: SampleRow
    findings: tuple[Finding, ...]


class _Image:
    """An image as it is written: without its alpha channel, if the job says so."""

    def __init__(self, source: ImageSource, job: Job) -> None:
        facts = source.facts
        self._source, self._job = source, job
        self._channel = facts.axes.index("c")
        shape = list(facts.shape)
        shape[self._channel] -= job.drop_alpha
        self.axes, self.shape, self.dtype = facts.axes, tuple(shape), facts.dtype
        self.interleaved = facts.interleaved or job.drop_alpha

    def read(self, region: Region) -> npt.NDArray[Any]:
        if not self._job.drop_alpha:
            return self._source.read(region)
        whole = list(region)
        whole[self._channel] = slice(0, self.shape[self._channel] + 1)
        block = self._source.read(tuple(whole))
        alpha = np.take(block, -1, self._channel)
        opaque = np.iinfo(self.dtype).max if self.dtype.kind in "ui" else 1
        if (alpha != opaque).any():
            raise MifaError("MIFA308", "its alpha channel holds information", Place(self._job.source))
        return np.take(block, range(region[self._channel].start, region[self._channel].stop), self._channel)


def convert_sample(job: Job, lab_folder: Path, dataset: Path, watch: Watch | None = None) -> Converted:
    """Make one sample: staged beside its final name, read back, compared, renamed into place.

    Parameters
    ----------
    job
        What to make.
    lab_folder
        Where the sources are; only read.
    dataset
        The dataset's folder.
    watch
        Told the bytes of image pixels as they are written.

    Raises
    ------
    MifaError
        MIFA2xx and MIFA3xx: the sources cannot be read, do not fit, or changed. Nothing is left then.
    """
    path = lab_folder / job.source
    sources = [job.source, *(file for label in job.labels for file in label.files)]
    final = dataset / layout.image_path(job.sample)
    final.parent.mkdir(parents=True, exist_ok=True)
    findings: list[Finding] = []
    with staged(final) as folder, _relative_places(lab_folder), _unchanged(lab_folder, sources):
        with open_image(path, job.axes) as source:
            if (source.facts.axes, source.facts.shape) != (job.facts.axes, job.facts.shape):
                raise MifaError("MIFA312", "axes or shape differ from what the scan saw", Place(job.source))
            image = _Image(source, job)
            steps = plan_steps(image.axes, image.shape, {axis: one.value for axis, one in job.spacing.items()})
            written = write_multiscale(folder, image, steps, downsample_mean, watch)
            facts = source.facts
        _verify(folder, written.digest, job.source)
        labels = {
            label.annotation_set: _convert_labels(label, job, facts, steps, lab_folder, folder, findings)
            for label in job.labels
        }
        if labels:
            write_group(folder / "labels", labels_group(sorted(labels)))
        scales = multiscales(job.sample, image.axes, job.spacing, steps, "mean")
        write_group(folder, image_group(scales, omero(job.channels, written.windows, image.dtype)))
        sha256 = _sha256(path)
    return Converted(_row(job, image, written.digest, sha256, labels), tuple(findings))


def _convert_labels(
    job: LabelJob,
    sample: Job,
    image: ImageFacts,
    steps: list[Factors],
    lab_folder: Path,
    folder: Path,
    findings: list[Finding],
) -> LabelRow:
    target = folder / "labels" / job.annotation_set
    with _opened_labels(job, image, lab_folder) as labels:
        # The image's own steps, without c: label levels lie on image levels exactly.
        spatial = [tuple(f for axis, f in zip(image.axes, step, strict=True) if axis != "c") for step in steps]
        written = write_multiscale(target, labels, spatial, downsample_mode)
        findings += labels.findings
        ids = [int(value) for value in labels.ids]
        axes = labels.axes
        dtype = labels.dtype
    _verify(target, written.digest, job.files[0])
    spacing = {axis: one for axis, one in sample.spacing.items() if axis in axes}
    scales = multiscales(job.annotation_set, axes, spacing, spatial, "mode")
    write_group(target, label_group(scales, ids, job.classes))
    return LabelRow(
        label=layout.label_path(sample.sample, job.annotation_set),
        objects=len(ids),
        label_dtype=dtype.name,
        label_digest=written.digest,
        label_sources=job.files,
    )


@contextmanager
def _opened_labels(job: LabelJob, image: ImageFacts, lab_folder: Path) -> Iterator[LabelImage]:
    with ExitStack() as stack:
        if job.layout == "file per object":
            files = [(name, lab_folder / name) for name in job.files]
            yield read_object_files(files, image, lambda path: open_image(path, job.axes))
        else:
            name = job.files[0]
            source = stack.enter_context(open_image(lab_folder / name, job.axes))
            yield read_label_file(source, image, Place(name))


@contextmanager
def _relative_places(lab_folder: Path) -> Iterator[None]:
    """Place errors of readers, which know a file's full path, in the lab folder."""
    try:
        yield
    except MifaError as error:
        place = error.finding.place
        if place and Path(place.path).is_relative_to(lab_folder):
            name = Path(place.path).relative_to(lab_folder).as_posix()
            raise MifaError(error.code, error.finding.message, Place(name), error.finding.hint) from error
        raise


@contextmanager
def _unchanged(lab_folder: Path, names: Sequence[str]) -> Iterator[None]:
    """Refuse what was made while one of its sources changed: its parts may be of two minds."""
    before = {name: _stamp(lab_folder, name) for name in names}
    yield
    for name in names:
        if _stamp(lab_folder, name) != before[name]:
            raise MifaError("MIFA312", "its size or date changed", Place(name))


def _verify(folder: Path, expected: str, source: str) -> None:
    try:
        found = read_digest(folder / "0")
    except (OSError, ValueError, RuntimeError) as error:
        raise MifaError("MIFA306", f"reading back failed: {error}", Place(source)) from error
    if found != expected:
        raise MifaError("MIFA306", "the pixels read back are not those of the source", Place(source))


def _stamp(lab_folder: Path, name: str) -> tuple[int, int]:
    try:
        status = (lab_folder / name).stat()
    except OSError as error:
        raise MifaError("MIFA202", f"{error.strerror}", Place(name)) from error
    return status.st_size, status.st_mtime_ns


def _sha256(path: Path) -> str:
    try:
        return file_sha256(path)
    except OSError as error:
        raise MifaError("MIFA202", f"{error.strerror}", str(path)) from error


def _row(job: Job, image: Pixels, digest: str, sha256: str, labels: dict[str, LabelRow]) -> SampleRow:
    def spacing(axis: str) -> float | None:
        return job.spacing[axis].value if axis in job.spacing else None

    return SampleRow(
        sample=job.sample,
        image=layout.image_path(job.sample),
        component=job.component,
        axes=image.axes,
        shape=image.shape,
        dtype=image.dtype.name,
        channels=tuple(channel.name or f"channel {index}" for index, channel in enumerate(job.channels)),
        source=job.source,
        source_sha256=sha256,
        pixel_digest=digest,
        preview=layout.preview_path(job.sample),
        split=job.split,
        group=job.group,
        pixel_size_x=spacing("x"),
        pixel_size_y=spacing("y"),
        pixel_size_z=spacing("z"),
        time_step=spacing("t"),
        labels=labels,
    )
