"""Tables of annotations by column, as they were typed: a million rows are a few arrays."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mifakit.errors import MifaError
from mifakit.findings import Finding
from mifakit.sources.limits import MAX_CELLS, MAX_COLUMNS, MAX_OBJECTS

_NOT_SAID = {"", "na", "n/a", "#n/a", "nan", "null", "none"}
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)
_LEADING_ZERO = r"^[+-]?0[0-9]"


@dataclass(frozen=True)
class Columns:
    """A table by column.

    Attributes
    ----------
    names
        Headers, in order; columns without one are left out.
    cells
        By header, the texts of all rows as an Arrow array; None for an empty one.
    count
        The number of rows; blank ones are left out.
    findings
        What was noticed.
    decimal_comma
        Whether `1,5` may be one and a half: not where commas stand between cells.
    """

    names: tuple[str, ...]
    cells: Mapping[str, Any]
    count: int
    findings: tuple[Finding, ...] = ()
    decimal_comma: bool = False

    def texts(self, name: str, rows: npt.NDArray[np.int64] | None = None) -> list[str | None]:
        """Return cells as they are, of all rows or of some."""
        cells = self.cells[name]
        return list((cells if rows is None else cells.take(_indices(rows))).to_pylist())

    def numbers(self, name: str) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
        """Return cells as numbers, NaN for what is none; and which cells say something that is no number."""
        import pyarrow as pa
        import pyarrow.compute as pc

        cells = self.cells[name]
        if self.decimal_comma:
            cells = pc.replace_substring(cells, ",", ".")
        try:
            return _floats(pc.cast(cells, pa.float64())), np.zeros(self.count, bool)
        except pa.ArrowInvalid:
            pass
        values, counts = np.full(self.count, np.nan), np.zeros(self.count, bool)
        for row, text in enumerate(cells.to_pylist()):
            if text is None or text.casefold() in _NOT_SAID:
                continue
            if _NUMBER.fullmatch(text):
                values[row] = float(text)
            else:
                counts[row] = True
        return values, counts

    def plain(self, name: str) -> Sequence[Any] | npt.NDArray[Any]:
        """Return cells as whole numbers, numbers or truth values where all are, else as text."""
        import pyarrow as pa
        import pyarrow.compute as pc

        cells = self.cells[name]
        if pc.any(pc.match_substring_regex(cells, _LEADING_ZERO)).as_py():  # as of a barcode
            return self.texts(name)
        if cells.null_count == 0:
            try:
                whole = pc.cast(cells, pa.int64()).to_numpy(zero_copy_only=False)
            except pa.ArrowInvalid:
                pass
            else:
                return np.asarray(whole)
        values, others = self.numbers(name)
        if not others.any():
            return values
        known = {text.casefold() for text in pc.unique(cells).to_pylist() if text is not None}
        if known <= {"true", "false"}:
            return [None if text is None else text.casefold() == "true" for text in cells.to_pylist()]
        return self.texts(name)


def _indices(rows: npt.NDArray[np.int64]) -> Any:
    """Return places as Arrow takes them; `pa.array` would import pandas to look at a NumPy array."""
    import pyarrow as pa

    return pa.Array.from_buffers(pa.int64(), len(rows), [None, pa.py_buffer(np.ascontiguousarray(rows, np.int64))])


def _floats(cells: Any) -> npt.NDArray[np.float64]:
    return np.asarray(cells.to_numpy(zero_copy_only=False), np.float64)


def put_together(
    path: Path, header: Sequence[str], cells: Sequence[Any], findings: list[Finding], decimal_comma: bool
) -> Columns:
    """Put a table together: without blank rows, columns without a header, and blanks around what stands in cells.

    Parameters
    ----------
    path
        The file, for messages.
    header
        One a column.
    cells
        The texts of each column, as Arrow arrays.
    findings
        What was noticed so far.
    decimal_comma
        As in `Columns`.

    Raises
    ------
    MifaError
        MIFA226 when it is over budget.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    trimmed = [pc.utf8_trim_whitespace(column) for column in cells]
    said = [pc.not_equal(column, "").fill_null(False) for column in trimmed]
    some = said[0]
    for column in said[1:]:
        some = pc.or_(some, column)
    kept: dict[str, Any] = {}
    twice: list[str] = []
    for name, column, filled in zip(map(str.strip, header), trimmed, said, strict=True):
        if name in kept:
            twice.append(name)
        elif name:
            kept[name] = pc.filter(pc.if_else(filled, column, pa.scalar(None, pa.string())), some)
    if twice:
        message = f"several columns are called {', '.join(map(repr, twice[:3]))}: the first of each is read"
        findings.append(Finding.of("MIFA359", message, str(path)))
    count = int(pc.sum(some).as_py() or 0)
    check_size(path, len(header), count)
    return Columns(tuple(kept), kept, count, tuple(findings), decimal_comma)


def check_size(path: Path, columns: int, rows: int) -> None:
    """Refuse a table of too many columns, rows or cells.

    Raises
    ------
    MifaError
        MIFA226.
    """
    for count, most, what in ((columns, MAX_COLUMNS, "columns"), (rows, MAX_OBJECTS, "rows")):
        if count > most:
            raise MifaError("MIFA226", f"has more than {most:,} {what}", str(path))
    if columns * rows > MAX_CELLS:
        raise MifaError("MIFA226", f"has more than {MAX_CELLS:,} cells", str(path))
