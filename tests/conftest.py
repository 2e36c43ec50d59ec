"""Fixtures that every test may use."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
REAL_DATA = REPOSITORY.parent / "shared" / "real-data"
REFERENCE = REPOSITORY.parent / "shared" / "reference"


@pytest.fixture(scope="session")
def real_data() -> Callable[[str], Path]:
    """Return a folder of real files by name; the test is skipped, and says so, where it is absent."""

    def folder(name: str) -> Path:
        path = REAL_DATA / name
        if not path.is_dir():
            pytest.skip(f"real data {name!r} are not on this machine")
        return path

    return folder


@pytest.fixture(scope="session")
def real_file(real_data: Callable[[str], Path]) -> Callable[[str], Path]:
    """Return a real file by folder and name; the test is skipped where the folder is absent."""

    def file(name: str) -> Path:
        folder, _, rest = name.partition("/")
        return real_data(folder) / rest

    return file


@pytest.fixture(scope="session")
def reference() -> Callable[[str], Path]:
    """Return a reference file or folder by name; the test is skipped, and says so, where it is absent."""

    def path(name: str) -> Path:
        found = REFERENCE / name
        if not found.exists():
            pytest.skip(f"reference {name!r} is not on this machine")
        return found

    return path


@pytest.fixture(scope="session")
def run_block() -> Callable[[str, str, Path], str]:
    """Run a block of the docs, of bash or of python, in a folder, and return what it prints; it must succeed."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

    def run(language: str, code: str, folder: Path) -> str:
        command = ["bash", "-euo", "pipefail", "-c", code] if language == "bash" else [sys.executable, "-c", code]
        done = subprocess.run(
            command, cwd=folder, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{code}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    return run
