"""Whether all that the gallery card shows and links to is in the dataset."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

from mifakit.dataset import layout
from mifakit.dataset.dataset import Dataset
from mifakit.findings import Finding, Place
from mifakit.sources.bounded import read_bounded


class _Targets(HTMLParser):
    """Collects what a page shows and links to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what the tag refers to."""
        self.found += [value for name, value in attrs if name in ("src", "href") and value]


def check_gallery(dataset: Dataset) -> Iterator[Finding]:
    """Yield what the card shows or links to and is not there."""
    path = dataset.path / layout.GALLERY
    if not path.is_file():
        return  # that it is not there, another check says
    page = _Targets()
    page.feed(read_bounded(path).decode(errors="replace"))
    for target in dict.fromkeys(page.found):
        if urlsplit(target).scheme:
            continue
        inside = posixpath.normpath(posixpath.join(layout.RECORDS, unquote(target)))
        if inside.startswith("..") or not (dataset.path / inside).is_file():
            yield Finding.of("MIFA543", f"the gallery card refers to {inside}", Place(layout.GALLERY, item=target))
