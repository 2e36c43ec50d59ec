"""Documents on disk."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mifakit.documents.reading import Reading
from mifakit.documents.registry import read_document

Read = Callable[..., Reading]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Return a function that writes a document, JSON for dicts and else as it is, and reads it."""

    def write_and_read(content: Any, name: str = "document") -> Reading:
        path = tmp_path / name
        text = content if isinstance(content, (str, bytes)) else json.dumps(content)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_document(path)

    return write_and_read
