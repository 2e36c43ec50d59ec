"""The same annotation on several images: one of them was probably paired with another's file. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from mifakit.conversion.converted import Converted
from mifakit.findings import Finding, Place

_SHOWN = 3


def same_annotations(converted: Iterable[Converted]) -> Iterator[Finding]:
    """Yield samples that share all of a set's annotation (MIFA348)."""
    same: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in converted:
        for name, fingerprint in one.fingerprints.items():
            same[name, fingerprint].append(one.row.origin)
    for (name, _), images in same.items():
        if len(images) > 1:
            more = f" and {len(images) - _SHOWN} more" if len(images) > _SHOWN else ""
            message = f"set {name}: the same as {', '.join(images[1:_SHOWN])}{more}"
            yield Finding.of("MIFA348", message, Place(images[0]))
