"""`mifa terms`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mifakit.cli.output import AsJson, print_json, say

if TYPE_CHECKING:
    from mifakit.metadata.vocabularies import Term

_WIDTH = 110


def run(
    vocabulary: Annotated[str, typer.Argument(help="organism, method, role or annotation-type.")],
    text: Annotated[list[str] | None, typer.Argument(help="What to look for; all terms when left out.")] = None,
    as_json: AsJson = False,
) -> None:
    """Look up how the archive calls an organism, an imaging method, a role or a type of annotation."""
    from mifakit.api import terms

    asked = " ".join(text or ())
    found = terms(vocabulary, asked)
    if as_json:
        print_json({"terms": [term._asdict() for term in found]})
    else:
        for term in found:
            typer.echo(_line(term))
    say(
        f"{len(found)} term{'s' * (len(found) != 1)}."
        if found
        else f"nothing is called {asked!r} here: try a part of the name."
    )


def _line(term: Term) -> str:
    """Return a term on one line: name, id, meaning, other names."""
    parts = [term.name, term.identifier, term.meaning, ", ".join(term.synonyms)]
    line = "  ".join(part for part in parts if part)
    return line if len(line) <= _WIDTH else f"{line[: _WIDTH - 3]}..."
