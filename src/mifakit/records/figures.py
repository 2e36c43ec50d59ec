"""What a dataset comes to, in numbers and words that people read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from mifakit.dataset.dataset import Dataset
from mifakit.dataset.rows import ROW_KINDS, AnnotationRow, SampleRow
from mifakit.dataset.splits import SPLITS


def figures(dataset: Dataset) -> dict[str, str]:
    """Return the figures of a dataset by their titles; those that say nothing are left out."""
    rows = [sample.row for sample in dataset]
    annotated = sum(bool(row.annotations) for row in rows)
    splits = Counter(row.split for row in rows if row.split)
    found = {
        "Samples": f"{len(rows):,} ({annotated:,} annotated)" if annotated else f"{len(rows):,}",
        **{f"{kind} in {name}": count for name in dataset.annotation_sets for kind, count in set_counts(rows, name)},
        "Plates": _plates(rows),
        "Conditions": ", ".join(sorted({name for row in rows for name in row.conditions})),
        "Size of the images": bytes_text(dataset.image_bytes),
        "Pixel size (x × y × z)": various(map(pixel_size, rows)),
        "Time step": various(f"{row.time_step:g} s" if row.time_step else "" for row in rows),
        "Axes": various(row.axes for row in rows),
        "Pixel type": various(row.dtype for row in rows),
        "Channels": various(", ".join(row.channels) for row in rows),
        "Splits": ", ".join(f"{splits[name]:,} {name}" for name in SPLITS if splits[name]),
        "Organism": various(
            organism.scientific_name or "" for sample in dataset.sheet.biosamples for organism in sample.organisms
        ),
        "Imaging": various(
            method.name or "" for acquisition in dataset.sheet.acquisitions for method in acquisition.methods
        ),
    }
    return {title: figure for title, figure in found.items() if figure}


def set_counts(rows: Sequence[SampleRow], annotation_set: str) -> list[tuple[str, str]]:
    """Return how many things of each kind a set has; kinds that it does not have are left out."""
    found = [row.annotations[annotation_set] for row in rows if annotation_set in row.annotations]
    kinds: Counter[str] = Counter()
    for one in found:
        kinds.update(counts(one))
    return [(kind, f"{kinds[kind]:,}") for kind in _KINDS if kinds[kind]]


_KINDS = ("Objects", *map(str.capitalize, ROW_KINDS), "Graphs")


def counts(row: AnnotationRow) -> dict[str, int]:
    """Return how many things of each kind a set tells of one sample."""
    graphs = {"Graphs": 1} if row.graph else {}
    return {kind: getattr(row, kind.lower()) or 0 for kind in _KINDS[:-1]} | graphs


def bytes_text(size: int) -> str:
    """Return a size as people read it: `12.3 MB`."""
    value, unit = float(size), "bytes"
    for larger in ("kB", "MB", "GB", "TB"):
        if value < 1000:
            break
        value, unit = value / 1000, larger
    return f"{size} bytes" if unit == "bytes" else f"{value:.1f} {unit}"


def pixel_size(row: SampleRow) -> str:
    """Return a sample's pixel size to four digits, which is what people compare by: `0.325 × 0.325 µm`."""
    sizes = (row.pixel_size_x, row.pixel_size_y, row.pixel_size_z)
    known = [f"{size:.4g}" for size in sizes if size]
    return f"{' × '.join(known)} µm" if known else "unknown"


def various(values: Iterable[str]) -> str:
    """Return the different values, commonest first; beyond three, how many more there are."""
    found = Counter(value for value in values if value)
    ordered = sorted(found, key=lambda value: (-found[value], value))
    more = f" and {len(ordered) - 3} more" if len(ordered) > 3 else ""
    return "; ".join(ordered[:3]) + more


def _plates(rows: Sequence[SampleRow]) -> str:
    wells = {(row.plate, row.well_row, row.well_column) for row in rows if row.plate}
    plates = {plate for plate, _, _ in wells}
    return f"{len(plates):,} ({len(wells):,} wells with images)" if plates else ""
