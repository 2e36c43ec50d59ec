"""All rules that hold sentences against files, for labs and datasets alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mifakit.checks.facts import Facts
from mifakit.checks.facts_of_dataset import facts_of_dataset
from mifakit.checks.prose.channels import check_channel_counts, check_channel_names
from mifakit.checks.prose.counts import check_counts
from mifakit.checks.prose.coverage import check_coverage
from mifakit.checks.prose.dates import check_acquired
from mifakit.checks.prose.dimensions import check_dimensions
from mifakit.checks.prose.pixel_size import check_stated_pixel_sizes
from mifakit.checks.prose.types import check_types
from mifakit.checks.prose.values import check_values
from mifakit.dataset import layout
from mifakit.dataset.dataset import Dataset
from mifakit.findings import Finding
from mifakit.sheet.reading import Sheet, read_sheet

Rule = Callable[[Sheet, Facts], Iterator[Finding]]

RULES: tuple[Rule, ...] = (
    check_coverage,
    check_counts,
    check_channel_counts,
    check_channel_names,
    check_dimensions,
    check_stated_pixel_sizes,
    check_acquired,
    check_types,
    check_values,
)


def check_prose(sheet: Sheet, facts: Facts) -> Iterator[Finding]:
    """Yield what the sheet says and the files deny."""
    for rule in RULES:
        yield from rule(sheet, facts)


def check_dataset_prose(dataset: Dataset) -> Iterator[Finding]:
    """Yield what a dataset's sheet says and its images and annotations deny."""
    yield from check_prose(read_sheet(dataset.path / layout.SHEET), facts_of_dataset(dataset))
