"""Tables of files that come with a document: what of their columns was not taken over. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from mifakit.documents.wording import quoted
from mifakit.findings import Finding


def report_columns(rows: Iterable[Mapping[str, str]], taken: Collection[str], path: str) -> Iterator[Finding]:
    """Yield a finding for each column that says something and is not among those taken.

    Parameters
    ----------
    rows
        Cells by header.
    taken
        Headers.
    path
        The table.
    """
    columns: dict[str, list[str]] = {}
    for row in rows:
        for name, cell in row.items():
            if cell and name not in taken:
                columns.setdefault(name, []).append(cell)
    for name, cells in columns.items():
        message = f"not taken over: {len(cells)} values of the column {name!r}: {quoted(dict.fromkeys(cells))}"
        yield Finding.of("MIFA152", message, path)
