"""What a dataset says in words: its text files, the metadata of its Zarrs, the texts in its tables.

Everything is read piece by piece: a table of gigabytes takes no more memory than a small one.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from mifakit.dataset.checksums import dataset_sizes

ZARR_METADATA = frozenset(("zarr.json", ".zattrs", ".zarray", ".zgroup", ".zmetadata"))
_TEXTS = frozenset(
    (".bib", ".cff", ".csv", ".geojson", ".htm", ".html", ".json", ".jsonld", ".jsonl", ".md", ".rst", ".tsv", ".txt",
     ".xml", ".yaml", ".yml")
)  # fmt: skip
_TABLE = ".parquet"
_BLOCK = 4 * 1024**2
_LONGEST_LINE = 64 * 1024**2
_ROWS = 65_536


class Piece(NamedTuple):
    """A part of what a file says.

    Attributes
    ----------
    text
        In UTF-8, as it stands in the file; of a column, its different values, a line each.
    line
        The line of the file that it starts with, from 1; None in tables.
    item
        In tables: the column.
    """

    text: bytes
    line: int | None = None
    item: str | None = None


def speaking_files(folder: Path) -> Iterator[str]:
    """Yield the files of a dataset that hold words, relative, in a stable order."""
    yield from (path for path in dataset_sizes(folder) if is_text(path) or is_table(path))


def is_text(path: str) -> bool:
    """Whether a file is plain text, by its name."""
    name = path.rpartition("/")[2]
    return name in ZARR_METADATA or Path(name).suffix.lower() in _TEXTS


def is_table(path: str) -> bool:
    """Whether a file is a table in Parquet, by its name."""
    return path.endswith(_TABLE)


def read_pieces(path: Path) -> Iterator[Piece]:
    """Yield what a file says.

    Raises
    ------
    OSError, pyarrow.ArrowException
        When it cannot be read.
    """
    yield from _table_pieces(path) if is_table(path.name) else _text_pieces(path)


def _text_pieces(path: Path) -> Iterator[Piece]:
    line = 1
    for block in read_blocks(path):
        yield Piece(block, line)
        line += block.count(b"\n")


def read_blocks(path: Path) -> Iterator[bytes]:
    """Yield a text file in blocks of whole lines; a line that is very long is cut."""
    rest = b""
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            whole, newline, last = block.rpartition(b"\n")
            if newline or len(rest) > _LONGEST_LINE:
                yield rest + whole + newline
                rest = last
            else:
                rest += last
    if rest:
        yield rest


def _table_pieces(path: Path) -> Iterator[Piece]:
    with pq.ParquetFile(path) as table:
        schema = table.schema_arrow
        if schema.metadata:
            yield Piece(b"\n".join(schema.metadata.values()), item="schema")
        names = [field.name for field in schema if text_type(field.type)]
        for batch in table.iter_batches(_ROWS, columns=names) if names else ():
            for name in names:
                texts = set(_texts(batch.column(batch.schema.get_field_index(name))))
                yield Piece(b"\n".join(sorted(text.encode() for text in texts)), item=name)


def text_type(kind: pa.DataType) -> bool:
    """Whether a column holds texts, or lists of texts."""
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind)) or bool(
        pa.types.is_list(kind) and text_type(kind.value_type)
    )


def _texts(column: pa.Array) -> Iterator[str]:
    flat = column.flatten() if pa.types.is_list(column.type) else column
    yield from (text for text in flat.unique().to_pylist() if text)
