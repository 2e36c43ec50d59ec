"""Label images as OME-TIFF, one file a sample, ids as they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from mifakit.dataset.dataset import Dataset, Sample, lazy_array
from mifakit.exports.drawn import annotated, planes, unplaced
from mifakit.findings import Finding


class LabelTiffExport:
    """Writes `<sample>.ome.tif`; of objects that overlap, further ones to `<sample>.2.ome.tif` and so on."""

    name: ClassVar[str] = "label-tiff"
    summary: ClassVar[str] = "<sample>.ome.tif: label images, plane by plane, with pixel sizes"

    def write(self, dataset: Dataset, annotation_set: str, folder: Path) -> list[Finding]:
        """Write the set's label images."""
        samples = annotated(dataset, annotation_set)
        for sample in samples:
            for number, path in enumerate(sample.row.annotations[annotation_set].label_images, start=1):
                suffix = f".{number}" if number > 1 else ""
                _write(sample, path, folder / f"{sample.id}{suffix}.ome.tif")
        findings = unplaced(samples, annotation_set, "TIFF", "points", "classes", "counts", "graph")
        without = [sample.id for sample in samples if not sample.row.annotations[annotation_set].label]
        if without:
            message = f"{len(without)} samples have no label image, the first is {without[0]}"
            findings.append(Finding.of("MIFA508", message, hint="set rasterise in the sheet, and build again"))
        return findings


def _write(sample: Sample, path: str, target: Path) -> None:
    import tifffile

    array = lazy_array(sample.folder / path / "0")
    row = sample.row
    metadata: dict[str, Any] = {"axes": row.axes.replace("c", "").upper()}
    for axis in "xyz":
        if size := getattr(row, f"pixel_size_{axis}"):
            metadata |= {f"PhysicalSize{axis.upper()}": size, f"PhysicalSize{axis.upper()}Unit": "µm"}
    if row.time_step:
        metadata |= {"TimeIncrement": row.time_step, "TimeIncrementUnit": "s"}
    pages = (plane.labels for plane in planes(sample, path))
    tifffile.imwrite(
        target, pages, shape=array.shape, dtype=array.dtype, ome=True, metadata=metadata,
        photometric="minisblack", compression="zlib",
    )  # fmt: skip
