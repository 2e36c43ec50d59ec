"""XML from strangers: no document type, so no entity that grows and none that reads other files."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from mifakit.errors import MifaError
from mifakit.sources.limits import MAX_ANNOTATION_BYTES, MAX_XML_DEPTH, MAX_XML_PARTS, MAX_XML_TOKEN_BYTES

_CHUNK = 1024**2


def check_xml(path: Path, text: str, what: str) -> None:
    """Refuse XML that declares a document type or entities.

    Raises
    ------
    MifaError
        MIFA202.
    """
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise MifaError("MIFA202", f"its {what} declares a document type, which is not read", str(path))


def parse_xml(path: Path, text: str, what: str) -> Element:
    """Parse XML.

    Parameters
    ----------
    path
        The file that holds it, for messages.
    text
        All of it. What it says of its own encoding does not count.
    what
        What it is called in messages: `XML header`.

    Raises
    ------
    MifaError
        MIFA202 when it declares a document type or entities, or is malformed.
    """
    check_xml(path, text, what)
    try:
        return ElementTree.fromstring(text)  # noqa: S314 - no document type is let through
    except (ElementTree.ParseError, ValueError) as error:
        raise MifaError("MIFA202", f"its {what} cannot be read: {error}", str(path)) from error


def read_xml(path: Path, root: str) -> Element:
    """Read an XML file whole, within budgets. The parser itself refuses document types, in whichever encoding.

    Parameters
    ----------
    path
        The file.
    root
        What its root element must be called.

    Raises
    ------
    MifaError
        MIFA202 when it cannot be read, is malformed or declares a document type, MIFA204 when its root is another,
        MIFA226 when it is over budget.
    """
    builder = _Builder(path, root)
    for _ in _parse(path, builder):
        pass
    return builder.close()


def iterate_xml(path: Path, root: str, wanted: Collection[str]) -> Iterator[tuple[tuple[Element, ...], Element]]:
    """Yield some elements of an XML file as they end, and forget all others at once: memory stays small.

    Parameters
    ----------
    path
        The file.
    root
        What its root element must be called.
    wanted
        Names of elements. They come whole, with all that is in them.

    Yields
    ------
    ancestors, element
        Those that the element stands in, outermost first, of which attributes are known; and itself.

    Raises
    ------
    MifaError
        As `read_xml`.
    """
    builder = _Picker(path, root, wanted)
    for _ in _parse(path, builder):
        yield from builder.picked
        builder.picked.clear()


@lru_cache(maxsize=1)
def start_tags(head: bytes) -> tuple[str, ...]:
    """Return the elements that start in the first part of an XML file, namespaces as `{...}name`; few if it is none."""
    from defusedxml.ElementTree import DefusedXMLParser

    tags = _Tags()
    with suppress(ElementTree.ParseError, ValueError, LookupError):  # what was seen until then is what there is
        DefusedXMLParser(target=tags, forbid_dtd=True).feed(head)
    return tuple(tags.seen)


def local_name(element: Element) -> str:
    """Return what an element is called, in whichever namespace."""
    return element.tag.rpartition("}")[2]


def named(parent: Element, name: str) -> Iterator[Element]:
    """Yield the children called `name`, in whichever namespace."""
    return (child for child in parent if local_name(child) == name)


class _Builder:
    """What the parser tells of a file: it becomes a tree, within budgets."""

    def __init__(self, path: Path, root: str) -> None:
        self._path, self._root = path, root
        self._tree = ElementTree.TreeBuilder()
        self._parts = 0
        self.ancestors: list[Element] = []

    def start(self, tag: str, attributes: dict[str, str]) -> Element:
        self._parts += 1 + len(attributes)
        if self._parts > MAX_XML_PARTS:
            raise MifaError("MIFA226", f"has more than {MAX_XML_PARTS:,} elements and attributes", str(self._path))
        if len(self.ancestors) == MAX_XML_DEPTH:
            raise MifaError("MIFA226", f"is nested more than {MAX_XML_DEPTH} deep", str(self._path))
        element = self._tree.start(tag, attributes)
        if not self.ancestors and local_name(element) != self._root:
            name = local_name(element)[:100]
            raise MifaError("MIFA204", f"is XML of {name!r}, not of {self._root!r}", str(self._path))
        self.ancestors.append(element)
        return element

    def end(self, tag: str) -> Element:
        self.ancestors.pop()
        return self._tree.end(tag)

    def data(self, text: str) -> None:
        self._tree.data(text)

    def close(self) -> Element:
        return self._tree.close()


class _Picker(_Builder):
    """Keeps what is wanted until it was handed out."""

    def __init__(self, path: Path, root: str, wanted: Collection[str]) -> None:
        super().__init__(path, root)
        self._wanted, self._within = wanted, 0
        self.picked: list[tuple[tuple[Element, ...], Element]] = []

    def start(self, tag: str, attributes: dict[str, str]) -> Element:
        element = super().start(tag, attributes)
        self._within += local_name(element) in self._wanted
        return element

    def end(self, tag: str) -> Element:
        element = super().end(tag)
        if local_name(element) in self._wanted:
            self._within -= 1
            self.picked.append((tuple(self.ancestors), element))
        if self.ancestors and not self._within:
            self.ancestors[-1].remove(element)
        return element


class _Tags:
    """Which elements start."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self.seen.append(tag)


def _parse(path: Path, builder: _Builder) -> Iterator[None]:
    """Feed a file to a builder; yield after each piece of it."""
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import DefusedXMLParser

    parser = DefusedXMLParser(target=builder, forbid_dtd=True)
    size = 0
    try:
        if not path.is_file():
            raise MifaError("MIFA202", "is not a file", str(path))
        with path.open("rb") as stream:
            while piece := stream.read(_CHUNK):
                size += len(piece)
                if size > MAX_ANNOTATION_BYTES:
                    raise MifaError("MIFA226", f"is larger than {MAX_ANNOTATION_BYTES:,} bytes", str(path))
                parser.feed(piece)
                # Expat goes through an unfinished tag again with each piece.
                if size - parser.parser.CurrentByteIndex > MAX_XML_TOKEN_BYTES:
                    raise MifaError("MIFA226", f"has a tag of more than {MAX_XML_TOKEN_BYTES:,} bytes", str(path))
                yield
        parser.close()
        yield
    except DefusedXmlException:
        raise MifaError("MIFA202", "declares a document type, which is not read", str(path)) from None
    except OSError as error:
        raise MifaError("MIFA202", f"cannot be read: {error.strerror}", str(path)) from error
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise MifaError("MIFA202", f"cannot be read as XML: {str(error)[:200]}", str(path)) from error
