"""What proves that a format is read: a file that is opened, or a test that writes such files and looks at them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tests.conftest import REPOSITORY


class Real(NamedTuple):
    """A file or folder below `shared/real-data`, as a microscope or a program of the field left it."""

    path: str

    def __str__(self) -> str:
        return f"`{self.path}`"


class Written(NamedTuple):
    """A file that a library writes which the reader does not read with."""

    name: str
    by: str
    write: Callable[[Path], None]

    def __str__(self) -> str:
        return f"written by {self.by}"


class Elsewhere(NamedTuple):
    """A test, by its path from the repository's root, that reads such files and looks at what they carry."""

    test: str
    by: str

    def __str__(self) -> str:
        return f"written by {self.by}"


Proof = Real | Written | Elsewhere


def provide(proof: Proof, folder: Path, real_file: Callable[[str], Path]) -> Path | None:
    """Return a proof's file; the test is skipped where the real ones are absent."""
    match proof:
        case Real(path):
            return real_file(path)
        case Written(name, _, write):
            write(folder / name)
            return folder / name
        case Elsewhere(test, _):
            file, *names = test.split("::")
            text = (REPOSITORY / file).read_text(encoding="utf-8")
            assert all(f"def {one}(" in text or f"class {one}" in text for one in names), f"there is no test {test}"
            return None
