"""An environment of its own for each peer, with its pinned requirements. Plain `venv` and `pip`."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from benchmarks.peers import Peer


class NotInstalledError(Exception):
    """A peer cannot be had on this machine; the message says why, in one line."""


def prepare(peer: Peer, folder: Path) -> Path:
    """Return the interpreter that runs a peer, after installing what it requires, unless that has been done.

    Raises
    ------
    NotInstalledError
        When it cannot be installed.
    """
    if peer.program and not shutil.which(peer.program):
        raise NotInstalledError(f"`{peer.program}` is not a Python package, and not on the PATH of this machine")
    home = folder / peer.name
    python, marker = home / "bin" / "python", home / "installed.json"
    wanted = json.dumps([peer.python, peer.source, peer.requirements])
    if not (marker.exists() and marker.read_text(encoding="utf-8") == wanted):
        shutil.rmtree(home, ignore_errors=True)
        _run([find_python(peer.python), "-m", "venv", home])
        if peer.source:
            _pip(python, "install", "--editable", _unpacked_source(python, peer.source, home))
        if peer.requirements:
            _pip(python, "install", *peer.requirements)
        marker.write_text(wanted, encoding="utf-8")
    return python


def find_python(version: str) -> Path:
    """Return an interpreter of this version, as in `3.12`: this one, one on the PATH, or one of pyenv's."""
    if version in ("", f"{sys.version_info.major}.{sys.version_info.minor}"):
        return Path(sys.executable)
    found = shutil.which(f"python{version}")
    pyenv = sorted(Path.home().glob(f".pyenv/versions/{version}*/bin/python3"))
    # One that is on the PATH may be a shim that has no such version behind it.
    for candidate in [Path(found)] * bool(found) + pyenv:
        if subprocess.run([candidate, "-c", ""], capture_output=True, check=False).returncode == 0:  # noqa: S603
            return candidate
    raise NotInstalledError(f"it requires Python {version}, which this machine does not have")


def _unpacked_source(python: Path, requirement: str, home: Path) -> Path:
    name = requirement.split("==")[0]
    _pip(python, "download", "--no-deps", "--no-binary", name, "--dest", home / "source", requirement)
    (archive,) = (home / "source").glob("*.tar.gz")
    with tarfile.open(archive) as tar:
        tar.extractall(home / "source", filter="data")
    return home / "source" / archive.name.removesuffix(".tar.gz")


def _pip(python: Path, *arguments: str | Path) -> None:
    _run([python, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments])


def _run(command: list[str | Path]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        lines = [line.strip() for line in done.stderr.splitlines() if "ERROR" in line or "rror:" in line]
        raise NotInstalledError(lines[-1] if lines else f"exit code {done.returncode}")
