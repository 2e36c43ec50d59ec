"""Model packages of bioimage.io, folder, ZIP archive or description alone: read, and copied with another text."""

from __future__ import annotations

import os
import re
import shutil
import stat
import zipfile
import zlib
from collections import Counter
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from mifakit.bioimageio.descriptions import parse_description
from mifakit.errors import MifaError
from mifakit.sources.archives import open_archive
from mifakit.sources.limits import MAX_SHEET_BYTES
from mifakit.sources.yaml_text import read_text

NAMES = ("rdf.yaml", "bioimageio.yaml", "model.yaml")
"""What a description is called in a package, in the order in which bioimageio.spec looks for it."""

_BUDGET = 64 * 1024**3
"""Of what a package unpacks to: it holds weights."""


@dataclass(frozen=True)
class ModelPackage:
    """A model as its description says it.

    Attributes
    ----------
    path
        The folder, the archive, or the description itself.
    description_name
        What the description is called.
    text
        The description as it stands there, comments and all.
    """

    path: Path
    description_name: str
    text: str

    @cached_property
    def description(self) -> dict[str, Any]:
        """What the description says."""
        return parse_description(self.text, str(self.path), "MIFA534")

    @property
    def folder(self) -> Path:
        """The folder that the paths in the description start from, as far as there is one."""
        return self.path if self.path.is_dir() else self.path.parent

    def write(self, output: Path, text: str) -> None:
        """Write a copy that has another description, of the same kind: folder, archive or file; whole or not at all.

        Raises
        ------
        MifaError
            MIFA534 when a part of it cannot be copied.
        OSError
            When the output cannot be written.
        """
        part = output.with_name(f".{output.name}.part")
        try:
            if self.path.is_dir():
                _copy_folder(self.path, part)
                (part / self.description_name).write_text(text, encoding="utf-8", newline="")
            elif zipfile.is_zipfile(self.path):
                _copy_archive(self.path, part, self.description_name, text)
            else:
                part.write_text(text, encoding="utf-8", newline="")
            part.replace(output)
        finally:
            if part.is_dir():
                shutil.rmtree(part)
            part.unlink(missing_ok=True)


def read_package(path: Path) -> ModelPackage:
    """Read the description of a model package.

    Raises
    ------
    MifaError
        MIFA001 when there is nothing, MIFA534 when it is not the package of a model.
    """
    if not path.exists():
        raise MifaError("MIFA001", "there is no such file or folder", str(path))
    if path.is_dir():
        name = next((name for name in NAMES if (path / name).is_file()), None)
        if name is None:
            raise MifaError("MIFA534", f"holds none of {', '.join(NAMES)}", str(path))
        package = ModelPackage(path, name, _text(path / name))
    elif path.is_file() and zipfile.is_zipfile(path):
        package = _read_archive(path)
    else:
        package = ModelPackage(path, path.name, _text(path))
    kind = package.description.get("type")
    if kind != "model":
        raise MifaError("MIFA534", f"its type is {kind!r}, not model", str(path / package.description_name))
    return package


def _text(path: Path) -> str:
    try:
        return read_text(path)
    except MifaError as error:
        raise MifaError("MIFA534", error.finding.message, error.finding.place) from error


def _read_archive(path: Path) -> ModelPackage:
    try:
        with open_archive(path, _BUDGET), zipfile.ZipFile(path) as archive:
            _check_members(archive, path)
            name = next((name for name in NAMES if name in archive.namelist()), None)
            if name is None:
                raise MifaError("MIFA534", f"holds none of {', '.join(NAMES)}", str(path))
            if archive.getinfo(name).file_size > MAX_SHEET_BYTES:
                raise MifaError("MIFA534", f"its {name} is larger than {MAX_SHEET_BYTES:,} bytes", str(path))
            return ModelPackage(path, name, archive.read(name).decode("utf-8-sig"))
    except MifaError as error:
        raise MifaError("MIFA534", error.finding.message, str(path)) from error
    except (OSError, EOFError, ValueError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error) as error:
        raise MifaError("MIFA534", f"its description cannot be read: {error}", str(path)) from error


def _check_members(archive: zipfile.ZipFile, path: Path) -> None:
    """Refuse what would leave the folder where it is unpacked, and a name that could mean either of two files."""
    counts = Counter(archive.namelist())
    for info in archive.infolist():
        name = info.filename.replace("\\", "/")
        if name.startswith("/") or ".." in name.split("/") or re.match("[A-Za-z]:", name):
            raise MifaError("MIFA534", f"its member {info.filename!r} leads out of the package", str(path))
        if stat.S_ISLNK(info.external_attr >> 16):
            raise MifaError("MIFA534", f"its member {info.filename!r} is a link", str(path))
        if counts[info.filename] > 1:
            raise MifaError("MIFA534", f"its member {info.filename!r} stands twice", str(path))


def _copy_folder(folder: Path, target: Path) -> None:
    for root, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = Path(root) / name
            if path.is_symlink() or not (path.is_file() or path.is_dir()):
                raise MifaError("MIFA534", "is a link or a device, which may lead out of the package", str(path))
    shutil.copytree(folder, target)


def _copy_archive(path: Path, target: Path, description_name: str, text: str) -> None:
    """Copy an archive member by member, each as it was packed; names are never made into paths."""
    try:
        with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w") as copied:
            for info in source.infolist():
                if info.filename == description_name:
                    copied.writestr(copy(info), text.encode())
                    continue
                with source.open(info) as stream, copied.open(copy(info), "w", force_zip64=True) as out:
                    shutil.copyfileobj(stream, out, 2**20)
    except (EOFError, ValueError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error) as error:
        raise MifaError("MIFA534", f"cannot be copied: {error}", str(path)) from error
