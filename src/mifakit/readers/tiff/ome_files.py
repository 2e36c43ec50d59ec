"""The files that make one OME-TIFF: opening any of them opens the same images."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from mifakit.errors import MifaError
from mifakit.readers.guard import guarded
from mifakit.readers.tiff.ome import OmeDocument, looks_like_ome, metadata_file, read_ome
from mifakit.sources.limits import MAX_XML_BYTES

_XML_SUFFIXES = (".ome", ".xml")
_HINT = "copy all files of the image into one folder, or export it as one OME-TIFF"


@dataclass(frozen=True)
class OmeFiles:
    """An OME-TIFF of one or several files.

    Attributes
    ----------
    document
        What its XML says.
    root
        The TIFF to begin with: the one that holds the XML, else the first that a companion file lists.
    xml
        The text, when `root` does not hold it.
    files
        All files but the one that was opened, relative to its folder, sorted.
    """

    document: OmeDocument
    root: Path
    xml: str | None
    files: tuple[str, ...]


def find_ome_files(path: Path, description: str, describe: Callable[[Path], str]) -> OmeFiles | None:
    """Find all files of the image that a TIFF is, or is a part of; None when it is no OME-TIFF.

    Parameters
    ----------
    path
        The file that was opened.
    description
        The description in its first directory.
    describe
        Returns the description of another TIFF.

    Raises
    ------
    MifaError
        MIFA203 when a file is not there, MIFA202 when the XML cannot be used.
    """
    if not looks_like_ome(description):
        return None
    elsewhere = metadata_file(path, description)
    if elsewhere is None:
        return _files(path, read_ome(path, description, holder=path.name), path, None, {path.name})
    _check_there(path, (elsewhere,))
    if elsewhere.lower().endswith(_XML_SUFFIXES):
        xml = _companion(path.parent / elsewhere)
        document = read_ome(path, xml)
        if not document.files:
            raise MifaError("MIFA202", f"is a part of an OME-TIFF, but {elsewhere} names no files", str(path))
        return _files(path, document, path.parent / document.files[0], xml, {elsewhere})
    root = path.parent / elsewhere
    xml = describe(root)
    if not looks_like_ome(xml) or metadata_file(path, xml) is not None:
        raise MifaError("MIFA202", f"is a part of an OME-TIFF, but {elsewhere} does not describe it", str(path))
    return _files(path, read_ome(path, xml, holder=elsewhere), root, None, {elsewhere})


def _files(path: Path, document: OmeDocument, root: Path, xml: str | None, holder: set[str]) -> OmeFiles:
    members = {*document.files, *document.others} | holder
    if path.name not in members:
        raise MifaError("MIFA202", "is a part of an OME-TIFF which does not list it", str(path), _HINT)
    _check_there(path, document.others)
    return OmeFiles(document, root, xml, tuple(sorted(members - {path.name})))


def _check_there(path: Path, names: Iterable[str]) -> None:
    """Refuse missing files; tifffile would make up zeros for them."""
    absent = [name for name in names if not (path.parent / name).is_file()]
    if absent:
        more = f" and {len(absent) - 3} more" if len(absent) > 3 else ""
        message = f"is an OME-TIFF in several files, of which are missing: {', '.join(absent[:3])}{more}"
        raise MifaError("MIFA203", message, str(path), _HINT)


def _companion(path: Path) -> str:
    with guarded(path, "cannot be read"):
        with path.open("rb") as file:
            content = file.read(MAX_XML_BYTES + 1)
        if len(content) > MAX_XML_BYTES:
            raise MifaError("MIFA202", f"is larger than {MAX_XML_BYTES:,} bytes", str(path))
        return content.decode("utf-8-sig").strip()
