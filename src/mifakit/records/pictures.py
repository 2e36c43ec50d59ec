"""Which previews stand for a dataset where there is room for few."""

from __future__ import annotations

from mifakit.dataset import layout
from mifakit.dataset.dataset import Dataset, Sample


def pictures(dataset: Dataset, most: int) -> list[tuple[Sample, str]]:
    """Return up to `most` samples with their previews, from across the dataset; annotated ones where there are any."""
    found = [(sample, path) for sample in dataset if (path := _picture(dataset, sample))]
    candidates = [pair for pair in found if pair[0].row.annotations] or found
    count = min(most, len(candidates))
    return [candidates[number * (len(candidates) - 1) // max(count - 1, 1)] for number in range(count)]


def _picture(dataset: Dataset, sample: Sample) -> str | None:
    """Return the preview with the first annotation on it; without one, the image's own."""
    candidates = [layout.preview_path(sample.id, name) for name in sample.row.annotations]
    candidates += [sample.row.preview] if sample.row.preview else []
    return next((path for path in candidates if (dataset.path / path).is_file()), None)
