"""PageTab as TSV: blocks of lines, one a section or link, with a blank line between them.

The first line of a block names its type, accno and the accno of the section around it; every other line
is an attribute: `<name>` for one that refers to a section, `[name]` for what qualifies the value above.

BioStudies reads a value that starts with a quote as one that ends with the next, on whatever line, so that
quotes in such a value become single ones. Breaks in a value become spaces: JSON keeps them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mifakit.records.pagetab.elements import Attribute, Section, on_one_line


def tsv_bytes(pagetab: dict[str, Any]) -> bytes:
    """Return a submission as PageTab TSV."""
    blocks = [_block(["Submission", pagetab.get("accno", "")], pagetab["attributes"]), *_section(pagetab["section"])]
    return "\n".join(blocks).encode()


def _section(section: Section, around: str = "") -> Iterator[str]:
    accno = section.get("accno", "")
    yield _block([section["type"], accno, around], section["attributes"])
    for link in section.get("links", ()):
        yield _block(["Link", link["url"]], link["attributes"])
    for inner in section.get("subsections", ()):
        yield from _section(inner, accno)


def _block(head: list[str], attributes: list[Attribute]) -> str:
    lines = ["\t".join(map(_cell, head)).rstrip("\t")]
    for attribute in attributes:
        name = f"<{attribute['name']}>" if attribute.get("reference") else attribute["name"]
        lines.append(f"{name}\t{_cell(attribute['value'])}")
        lines += [f"[{detail['name']}]\t{_cell(detail['value'])}" for detail in attribute.get("valqual", ())]
    return "".join(f"{line}\n" for line in lines)


def _cell(text: str) -> str:
    text = on_one_line(text)
    return text.replace('"', "'") if text.startswith('"') else text
