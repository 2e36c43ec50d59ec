"""Lab folders of tiny images."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image


@pytest.fixture(scope="session")
def fill() -> Callable[[Path, Iterable[str]], Path]:
    """Return the function that puts a small grey PNG at each path below a folder."""
    buffer = BytesIO()
    Image.fromarray(np.zeros((4, 6), np.uint8)).save(buffer, format="PNG")

    def filled(folder: Path, paths: Iterable[str]) -> Path:
        for path in paths:
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(buffer.getvalue())
        return folder

    return filled
