"""STAR files from strangers, as RELION and other programs of electron microscopy write them: blocks of columns."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from mifakit.findings import Finding
from mifakit.sources.bounded import read_bounded
from mifakit.sources.columns import Columns
from mifakit.sources.delimited import as_utf8, divided

_WORD = re.compile(rb"'[^']*'|\"[^\"]*\"|\S+")
_QUOTES = (b"'", b'"')
_SIGNS = (*_QUOTES, b"#")


@dataclass
class StarBlock:
    """A table of a STAR file.

    Attributes
    ----------
    name
        What stands behind `data_`.
    names
        Of its columns, without the underscore.
    rows
        Of each the cells, with tabs between. What a block says outside of a loop is one row.
    """

    name: str
    names: list[str] = field(default_factory=list)
    rows: list[bytes] = field(default_factory=list)

    def columns(self, path: Path, findings: list[Finding]) -> Columns:
        """Return it by column."""
        return divided(path, b"\n".join(self.rows), self.names, "\t", findings)


def read_star(path: Path) -> tuple[list[StarBlock], list[Finding]]:
    """Return the tables of a STAR file, and what was noticed.

    Raises
    ------
    MifaError
        MIFA202 when it cannot be read, MIFA204 when it is no text, MIFA226 when it is over budget.
    """
    data, findings = as_utf8(path, read_bounded(path))
    blocks: list[StarBlock] = []
    looping = False
    for line in data.splitlines():
        words = _words(line)
        if not words:
            continue
        if words[0].startswith(b"data_"):
            blocks.append(StarBlock(words[0].removeprefix(b"data_").decode()))
            looping = False
        elif not blocks:
            continue
        elif words[0] == b"loop_":
            if blocks[-1].names:
                blocks.append(StarBlock(blocks[-1].name))
            looping = True
        elif words[0].startswith(b"_"):
            if looping and blocks[-1].rows:  # behind a loop that has ended
                blocks.append(StarBlock(blocks[-1].name))
                looping = False
            blocks[-1].names.append(words[0].removeprefix(b"_").decode())
            if not looping:
                blocks[-1].rows = [b"\t".join([*blocks[-1].rows, *words[1:2]])]
        elif looping:
            blocks[-1].rows.append(b"\t".join(words))
    return [block for block in blocks if block.names], findings


def _words(line: bytes) -> list[bytes]:
    """Return the words of a line without its comment; those in quotes stay in quotes, as CSV has them."""
    if not any(sign in line for sign in _SIGNS):
        return line.split()
    words = []
    for word in _WORD.findall(line):
        if word.startswith(b"#"):
            break
        quoted = len(word) > 1 and word[:1] in _QUOTES and word[-1:] == word[:1]
        words.append(b'"' + word[1:-1].replace(b'"', b'""') + b'"' if quoted else word)
    return words
