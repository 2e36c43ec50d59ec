"""The manifest and the disk agree, and a model can be trained on it without leakage."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from mifakit.dataset import layout
from mifakit.dataset.dataset import Dataset
from mifakit.dataset.manifest import render_csv
from mifakit.findings import Finding, Place
from mifakit.ngff.plate import listed

_MANIFEST = Place(layout.MANIFEST)


def check_images_on_disk(dataset: Dataset) -> Iterator[Finding]:
    """Yield images that the manifest names but the disk lacks, or the other way round."""
    stated = {sample.row.image for sample in dataset}
    plates = {sample.row.store for sample in dataset} - stated
    found = {path for path in _inside(dataset, layout.IMAGES, "*") if path not in plates}
    found |= {path for plate in plates for path in _inside(dataset, plate, "*/*/*/")}
    for path in sorted(stated - found):
        yield Finding.of("MIFA405", "the manifest names it, the disk lacks it", Place(path))
    for path in sorted(found - stated):
        yield Finding.of("MIFA405", "it is on disk, the manifest does not name it", Place(path))
    inner = [path for sample in dataset for path in sample.row.label_images]
    inner += [row.graph for sample in dataset for row in sample.row.annotations.values() if row.graph]
    inner += [sample.row.preview for sample in dataset if sample.row.preview]
    for path in sorted(inner):
        if not (dataset.path / path).exists():
            yield Finding.of("MIFA405", "the manifest names it, the disk lacks it", Place(path))


def _inside(dataset: Dataset, folder: str, pattern: str) -> Iterator[str]:
    return (path.relative_to(dataset.path).as_posix() for path in (dataset.path / folder).glob(pattern))


def check_plates(dataset: Dataset) -> Iterator[Finding]:
    """Yield plates and wells that list other wells and images than the manifest: readers would not find the rest."""
    stated: dict[str, set[str]] = defaultdict(set)
    for sample in dataset:
        if sample.row.store != sample.row.image:
            well = sample.row.image.rpartition("/")[0]
            stated[sample.row.store].add(well)
            stated[well].add(sample.row.image)
    for group, members in stated.items():
        try:
            found = {f"{group}/{path}" for path in listed(dataset.path / group)}
        except Exception:  # check_specification says what is wrong
            continue
        for path in sorted(members - found):
            yield Finding.of("MIFA405", f"the manifest names it, {group} does not", Place(path))
        for path in sorted(found - members):
            yield Finding.of("MIFA405", f"{group} names it, the manifest does not", Place(path))


def check_sample_ids(dataset: Dataset) -> Iterator[Finding]:
    """Yield sample ids that stand twice."""
    counts = Counter(sample.id for sample in dataset)
    for sample, count in sorted(counts.items()):
        if count > 1:
            yield Finding.of("MIFA405", f"{sample!r} stands {count} times", _MANIFEST)


def check_csv(dataset: Dataset) -> Iterator[Finding]:
    """Yield a finding when `manifest.csv` does not say what `manifest.parquet` says."""
    expected = render_csv([sample.row for sample in dataset], dataset.annotation_sets)
    try:
        found = (dataset.path / layout.MANIFEST_CSV).read_bytes()
    except OSError as error:
        yield Finding.of("MIFA405", f"cannot be read: {error}", Place(layout.MANIFEST_CSV))
        return
    if found != expected:
        yield Finding.of("MIFA405", f"does not say what {layout.MANIFEST} says", Place(layout.MANIFEST_CSV))


def check_arrays(dataset: Dataset) -> Iterator[Finding]:
    """Yield images whose shape or type differ from the manifest."""
    for sample in dataset:
        row = sample.row
        try:
            image = sample.image
        except Exception:  # check_specification says what is wrong
            continue
        if (image.shape, image.dtype.name) != (row.shape, row.dtype):
            message = f"{image.shape} {image.dtype} on disk, {row.shape} {row.dtype} in the manifest"
            yield Finding.of("MIFA405", message, Place(row.image))


def check_splits(dataset: Dataset) -> Iterator[Finding]:
    """Yield a missing split, and every group that stands in two."""
    splits: dict[str, set[str]] = defaultdict(set)
    undivided = [sample.id for sample in dataset if not sample.row.split]
    for sample in dataset:
        if sample.row.split and sample.row.group:
            splits[sample.row.group].add(sample.row.split)
    if undivided:
        yield Finding.of("MIFA410", f"{len(undivided)} of {len(dataset)} samples are in no split", _MANIFEST)
    for group, members in sorted(splits.items()):
        if len(members) > 1:
            yield Finding.of("MIFA412", f"group {group!r} is in {', '.join(sorted(members))}", _MANIFEST)


def check_duplicates(dataset: Dataset) -> Iterator[Finding]:
    """Yield samples that have the same pixels: a model tested on what it was trained on looks good."""
    same: dict[str, list[str]] = defaultdict(list)
    for sample in dataset:
        same[sample.row.pixel_digest].append(sample.id)
    for samples in same.values():
        if len(samples) > 1:
            yield Finding.of("MIFA411", f"{', '.join(samples)} have the same pixels", _MANIFEST)


def check_pixel_sizes(dataset: Dataset) -> Iterator[Finding]:
    """Yield samples whose physical size nobody knows."""
    for sample in dataset:
        if not (sample.row.pixel_size_x and sample.row.pixel_size_y):
            yield Finding.of("MIFA413", "the size of its pixels is not known", Place(sample.row.image))


def check_annotated(dataset: Dataset) -> Iterator[Finding]:
    """Yield a finding when nothing is annotated: MIFA is about annotated images."""
    if not any(sample.row.annotations for sample in dataset):
        yield Finding.of("MIFA409", "no sample has an annotation", _MANIFEST)
