"""Are the pixels those that were built? Reads every full-resolution pixel once."""

from __future__ import annotations

from collections.abc import Iterator

from mifakit.dataset.dataset import Dataset
from mifakit.findings import Finding, Place


def check_digests(dataset: Dataset) -> Iterator[Finding]:
    """Yield every image and label image whose pixels are not those of its digest."""
    from mifakit.ngff.verification import read_digest

    for sample in dataset:
        stated = {sample.row.image: sample.row.pixel_digest}
        stated |= {label.label: label.label_digest for label in sample.row.labels.values()}
        for folder, digest in stated.items():
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
        for name, label in sample.row.labels.items():
            try:
                ids = da.unique(sample.labels[name]).compute()
            except Exception:  # check_digests says what is wrong
                continue
            count = int((ids > 0).sum())
            if count != label.objects:
                message = f"{count} objects in the pixels, {label.objects} in the manifest"
                yield Finding.of("MIFA404", message, Place(label.label))
