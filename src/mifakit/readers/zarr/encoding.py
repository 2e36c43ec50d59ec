"""How an array's chunks are named and encoded, as its metadata say."""

from __future__ import annotations

from collections.abc import Iterator

from mifakit.readers.zarr.nodes import Json, Node


def key_encoding(node: Node) -> tuple[str, str]:
    """Return what the names of an array's chunks begin with, and what stands between their numbers."""
    document = node.array or {}
    if node.version == 2:
        return "", document.get("dimension_separator", ".")
    encoding = document["chunk_key_encoding"]
    is_default = encoding["name"] == "default"
    separator = encoding.get("configuration", {}).get("separator", "/" if is_default else ".")
    return f"c{separator}" if is_default else "", separator


def codecs_of(document: Json) -> Iterator[str]:
    """Yield what chunks are encoded with, within shards as well."""
    steps = [*(document.get("filters") or ()), document.get("compressor"), *(document.get("codecs") or ())]
    for step in filter(None, steps):
        yield str(step.get("id", step.get("name")))
        yield from codecs_of({"codecs": step.get("configuration", {}).get("codecs")})
