"""The packages of the guides, built and installed as a stranger's, with worse ones beside one of them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.sites import HANGS, install

GUIDES = Path(__file__).parents[2] / "docs" / "guides"
_FILE = re.compile(r"^`([\w.]+)`:\n\n```\w+\n(.*?)^```", re.DOTALL | re.MULTILINE)


class Package(NamedTuple):
    """A guide's package: its files, and the folder that it is installed in."""

    source: Path
    site: Path

    @property
    def environment(self) -> Mapping[str, str]:
        """Return variables with which a new Python finds what is installed."""
        return {**os.environ, "PYTHONPATH": str(self.site)}

    def python(self, *arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Run Python where the package is installed."""
        command = [sys.executable, *map(str, arguments)]
        return subprocess.run(
            command, cwd=cwd, env=self.environment, capture_output=True, text=True, timeout=120, check=False
        )

    def check_contract(self) -> None:
        """Assert that the package's own tests pass, and that there are some."""
        done = self.python("-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error", cwd=self.source)
        assert done.returncode == 0, done.stdout
        assert "passed" in done.stdout
        assert "failed" not in done.stdout


def taken_from(guide: str, home: Path) -> Package:
    """Take a package from a guide, build its wheel, and install that into a folder."""
    package = Package(home / "source", home / "site")
    package.source.mkdir()
    for name, code in _FILE.findall((GUIDES / guide).read_text(encoding="utf-8")):
        (package.source / name).write_text(code, encoding="utf-8")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(home / "wheels")]
    subprocess.run(build, cwd=package.source, check=True, capture_output=True)
    (wheel,) = (home / "wheels").iterdir()
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(package.site)
    return package


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Package:
    """Install the reader of its guide."""
    return taken_from("write-a-reader.md", tmp_path_factory.mktemp("labcam"))


@pytest.fixture(scope="session")
def spots(tmp_path_factory: pytest.TempPathFactory) -> Package:
    """Install the annotation format of its guide."""
    return taken_from("write-an-annotation-format.md", tmp_path_factory.mktemp("spots"))


@pytest.fixture(scope="session")
def bad_company(package: Package) -> Package:
    """Install plugins beside it that raise, leave, hang and are none."""
    modules = {
        "bad_raises.py": "raise RuntimeError('no luck')\n",
        "bad_leaves.py": "import sys\nsys.exit('gone')\n",
        "bad_hangs.py": HANGS,
        "bad_is_none.py": "class Reader: pass\n",
        # Python runs this when it starts: tests are less patient than people.
        "sitecustomize.py": "from mifakit import imports\nimports.PATIENCE = 0.3\n",
    }
    plugins = {name[:-3]: f"{name[:-3]}:Reader" for name in modules if name.startswith("bad")}
    install(package.site, "bad-company", modules, {"mifakit.readers": plugins})
    return package
