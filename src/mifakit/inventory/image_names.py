"""The image that an annotation file names -> the image of the lab folder. Pure."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from mifakit.inventory.conventions import image_stem

_UPLOAD_PREFIX = re.compile(r"^[0-9a-f]{8}-(?=.)")
"""Label Studio puts it before the name of a file that was uploaded."""


class ImageNames:
    """Finds images by what annotation files call them.

    Names were written on other machines: folders have moved, suffixes changed. What agrees best counts; what agrees
    with several images equally well is none of them.

    Parameters
    ----------
    paths
        Of all images, relative to the lab folder, by their keys.
    """

    def __init__(self, paths: Iterable[tuple[str, str]]) -> None:
        self._tables: dict[Callable[[str], str], dict[str, list[str]]] = {}
        for derive in (_whole, _name, _stem):
            table: dict[str, list[str]] = defaultdict(list)
            for key, path in paths:
                table[derive(path).casefold()].append(key)
            self._tables[derive] = table

    def find(self, name: str, annotation: str) -> list[str]:
        """Return the keys of the images that a name may mean: one, several or none.

        Parameters
        ----------
        name
            As the annotation file writes it: a name, a path of any system, or a web address.
        annotation
            Path of that file in the lab folder.
        """
        path = _as_path(name)
        home = str(PurePosixPath(annotation).parent)
        wholes = self._tables[_whole]
        for whole in (path, posixpath.normpath(f"{home}/{path}")):
            if found := wholes.get(whole.casefold()):
                return found
        for derive in (_name, _stem):
            for wanted in (path, _UPLOAD_PREFIX.sub("", _name(path))):
                found = self._tables[derive].get(derive(wanted).casefold(), [])
                if len(found) > 1:
                    found = _nearest(found, path)
                if found:
                    return found
        return []


def _as_path(name: str) -> str:
    if "://" in name:
        name = unquote(urlsplit(name).path)
    return posixpath.normpath(name.replace("\\", "/").strip()).lstrip("/")


def _whole(path: str) -> str:
    return path


def _name(path: str) -> str:
    return PurePosixPath(path).name


def _stem(path: str) -> str:
    return image_stem(path)


def _nearest(keys: list[str], path: str) -> list[str]:
    """Return those that share most folders with a path, counted from the file upwards."""
    folders = PurePosixPath(path.casefold()).parent.parts[::-1]

    def shared(key: str) -> int:
        own = PurePosixPath(key.casefold()).parent.parts[::-1]
        same = 0
        while same < min(len(own), len(folders)) and own[same] == folders[same]:
            same += 1
        return same

    best = max(map(shared, keys))
    return [key for key in keys if shared(key) == best]
