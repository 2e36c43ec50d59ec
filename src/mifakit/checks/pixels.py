"""Are the pixels those that were built? Reads every full-resolution pixel once."""

from __future__ import annotations

from collections.abc import Iterator

from mifakit.dataset.dataset import Dataset, Sample, lazy_array
from mifakit.findings import Finding, Place


def check_digests(dataset: Dataset) -> Iterator[Finding]:
    """Yield every image and label image whose pixels are not those of its digest."""
    from mifakit.ngff.verification import read_digest

    for sample in dataset:
        stated = {sample.row.image: sample.row.pixel_digest}
        stated |= sample.row.label_images
        for folder, digest in stated.items():
            if not _has_stated_shape(sample, folder):
                # Not read: what it declares now may have no bounds.
                yield Finding.of("MIFA408", "it has another shape than it was built with", Place(folder))
                continue
            try:
                found = read_digest(dataset.path / folder / "0")
            except Exception as error:  # damaged chunks raise whatever their codec does
                yield Finding.of("MIFA408", f"cannot be read: {error}", Place(folder))
                continue
            if found != digest:
                yield Finding.of("MIFA408", "the pixels changed since the build", Place(folder))


def check_object_ids(dataset: Dataset) -> Iterator[Finding]:
    """Yield every label image that holds another number of objects than the manifest says."""
    import dask.array as da

    for sample in dataset:
        for row in sample.row.annotations.values():
            try:
                arrays = [lazy_array(dataset.path / path / "0") for path in row.label_images]
                ids = {int(value) for array in arrays for value in da.unique(array).compute()} - {0}
            except Exception:  # check_digests says what is wrong
                continue
            if row.label and len(ids) != row.objects:
                message = f"{len(ids)} objects in the pixels, {row.objects} in the manifest"
                yield Finding.of("MIFA404", message, Place(row.label))


def _has_stated_shape(sample: Sample, folder: str) -> bool:
    import zarr

    row = sample.row
    shape = row.shape if folder == row.image else _without(row.shape, row.axes.index("c"))
    try:
        return zarr.open_array(sample.folder / folder / "0", mode="r").shape == shape
    except Exception:  # read_digest says what is wrong
        return True


def _without(shape: tuple[int, ...], index: int) -> tuple[int, ...]:
    return shape[:index] + shape[index + 1 :]
