"""A dataset without what is private in it: beside the original, which stays as it is.

Pixels are the same files, linked where the disk can; texts, metadata and tables with something private are copies in
which `removed` stands for it. Then records are written again and checksums follow, so that it is a dataset like any.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Container
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from mifakit.checks.privacy import public_addresses
from mifakit.dataset import layout
from mifakit.dataset.checksums import dataset_sizes, update_checksums
from mifakit.dataset.dataset import Dataset, open_dataset
from mifakit.dataset.texts import is_table, is_text, read_blocks, text_type
from mifakit.findings import Finding, Place
from mifakit.records.writing import write_records
from mifakit.sheet.editing import without_private_addresses
from mifakit.sources.private import scrub


def scrubbed(dataset: Dataset, folder: Path) -> tuple[Dataset, list[Finding]]:
    """Write a dataset without what is private.

    Parameters
    ----------
    dataset
        The dataset; only read.
    folder
        Where to; must not exist.

    Returns
    -------
    dataset
        The new one.
    findings
        How much was replaced in which file.
    """
    public = public_addresses(dataset)
    findings, changed = [], [layout.SHEET]
    for path in (*dataset_sizes(dataset.path), layout.CHECKSUMS):
        source, target = dataset.path / path, folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if path == layout.CHECKSUMS:
            shutil.copyfile(source, target)
        elif is_table(path) or is_text(path):
            count = (_scrub_table if is_table(path) else _scrub_text)(source, target, public)
            if count:
                changed.append(path)
                findings.append(Finding.of("MIFA564", f"{count:,} private things replaced", Place(path)))
        else:
            _link(source, target)
    sheet = folder / layout.SHEET
    sheet.write_text(without_private_addresses(sheet.read_text("utf-8")), encoding="utf-8", newline="\n")
    clean = open_dataset(folder)
    changed += write_records(clean)
    update_checksums(folder, sorted(set(changed)))
    return clean, findings


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # another disk, or one that knows no links
        shutil.copyfile(source, target)


def _scrub_text(source: Path, target: Path, public: Container[bytes]) -> int:
    total = 0
    with target.open("xb") as stream:
        for block in read_blocks(source):
            text, count = scrub(block, public)
            stream.write(text)
            total += count
    return total


def _scrub_table(source: Path, target: Path, public: Container[bytes]) -> int:
    total = 0
    with pq.ParquetFile(source) as table:
        schema = table.schema_arrow
        said, total = _scrub_schema(schema, public)
        with pq.ParquetWriter(target, said, compression="zstd") as writer:
            for number in range(table.num_row_groups):
                group = table.read_row_group(number)
                columns = []
                for field, column in zip(schema, group.columns, strict=True):
                    clean, count = _scrub_column(field, column, public)
                    columns.append(clean)
                    total += count
                writer.write_table(pa.table(columns, schema=said))
    if not total:  # the original's own bytes, whoever wrote them
        shutil.copyfile(source, target)
    return total


def _scrub_schema(schema: pa.Schema, public: Container[bytes]) -> tuple[pa.Schema, int]:
    total, metadata = 0, {}
    for key, value in (schema.metadata or {}).items():
        metadata[key], count = scrub(value, public)
        total += count
    return schema.with_metadata(metadata or None), total


def _scrub_column(field: pa.Field, column: pa.ChunkedArray, public: Container[bytes]) -> tuple[pa.ChunkedArray, int]:
    if not text_type(field.type):
        return column, 0
    total = 0

    def clean(value: str | list[str | None] | None) -> str | list[str | None] | None:
        nonlocal total
        if isinstance(value, list):
            return [clean(one) for one in value]  # type: ignore[misc]
        text, count = scrub(value.encode(), public) if value else (b"", 0)
        total += count
        return text.decode() if count else value

    values = [clean(value) for value in column.to_pylist()]
    return (pa.chunked_array([pa.array(values, field.type)]), total) if total else (column, 0)
