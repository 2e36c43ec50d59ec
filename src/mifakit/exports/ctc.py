"""Cell Tracking Challenge: masks frame by frame and the table of tracks."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from mifakit.dataset.dataset import Dataset, Sample
from mifakit.exports.drawn import annotated, planes, unplaced
from mifakit.findings import Finding, Place

_LARGEST = np.iinfo(np.uint16).max


class CtcExport:
    """Writes `<number>_GT/TRA/`: `man_track000.tif` and on, and `man_track.txt`; `samples.txt` says which is which."""

    name: ClassVar[str] = "ctc"
    summary: ClassVar[str] = "<number>_GT/TRA/man_track*.tif and man_track.txt, of movies with label images"

    def write(self, dataset: Dataset, annotation_set: str, folder: Path) -> list[Finding]:
        """Write the set's movies."""
        refused: dict[str, list[str]] = {}
        findings: list[Finding] = []
        written: list[str] = []
        for sample in annotated(dataset, annotation_set):
            if reason := _unfit(sample, annotation_set):
                refused.setdefault(reason, []).append(sample.id)
                continue
            written.append(sample.id)
            target = folder / f"{len(written):02d}_GT" / "TRA"
            target.mkdir(parents=True)
            findings += _write(sample, annotation_set, target)
        lines = [f"{number:02d} {name}\n" for number, name in enumerate(written, start=1)]
        (folder / "samples.txt").write_text("".join(lines), encoding="utf-8", newline="\n")
        left = [
            Finding.of("MIFA508", f"{len(samples)} samples {reason} and are left out, the first is {samples[0]}")
            for reason, samples in refused.items()
        ]
        others = unplaced(annotated(dataset, annotation_set), annotation_set, "CTC", "points", "classes", "counts")
        return [*left, *findings, *others]


def _unfit(sample: Sample, annotation_set: str) -> str:
    """Return why a sample cannot be a movie of the challenge, or nothing."""
    row = sample.row.annotations[annotation_set]
    if "t" not in sample.row.axes:
        return "have no time points"
    if not row.label:
        return "have no label image"
    if row.further_labels:
        return "have objects that overlap"
    largest = sample.table(annotation_set, "objects")["id"].max() if row.objects else 0
    return "have ids beyond 16 bits" if largest > _LARGEST else ""


def _write(sample: Sample, annotation_set: str, target: Path) -> list[Finding]:
    import tifffile

    row = sample.row.annotations[annotation_set]
    objects = sample.table(annotation_set, "objects")
    frames: dict[int, list[Any]] = {}
    for plane in planes(sample, str(row.label)):
        frames.setdefault(plane.t or 0, []).append(plane.labels.astype(np.uint16))
    digits = max(3, len(str(len(frames) - 1)))
    for t, stack in frames.items():
        pixels = stack[0] if len(stack) == 1 else np.stack(stack)
        tifffile.imwrite(target / f"man_track{t:0{digits}d}.tif", pixels, photometric="minisblack", compression="zlib")
    lives = objects.groupby("id")["t"].agg(["min", "max", "nunique"])
    parents = _parents(sample.folder / row.graph) if row.graph else {}
    rows = zip(lives.index.tolist(), lives["min"].tolist(), lives["max"].tolist(), strict=True)
    lines = [f"{label} {begin} {end} {parents.get(label, 0)}\n" for label, begin, end in rows]
    (target / "man_track.txt").write_text("".join(lines), encoding="utf-8", newline="\n")
    gaps = lives.index[lives["nunique"] < lives["max"] - lives["min"] + 1].tolist()
    if gaps:
        message = f"sample {sample.id}: {len(gaps)} tracks have gaps, which the format does not allow: {gaps[:3]}"
        return [Finding.of("MIFA508", message, Place(annotation_set))]
    return []


def _parents(graph: Path) -> dict[int, int]:
    """Return the label that each label comes of."""
    import zarr

    root: Any = zarr.open_group(str(graph), mode="r")
    if "label" not in root["nodes/props"]:
        return {}
    labels = dict(zip(root["nodes/ids"][:].tolist(), root["nodes/props/label/values"][:].tolist(), strict=True))
    edges = root["edges/ids"][:].reshape(-1, 2).tolist()
    return {labels[child]: labels[parent] for parent, child in edges if labels[parent] != labels[child]}
