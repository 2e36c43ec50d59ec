"""The inventory as a table that people look at."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import tifffile
from PIL import Image

import mifakit
from mifakit.inventory import listing
from mifakit.inventory.listing import list_files


def test_a_row_a_file(tmp_path: Path) -> None:
    for name in ("images/a.png", "images/b.png", "masks/a.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        Image.fromarray(np.arange(64, dtype=np.uint8).reshape(8, 8)).save(tmp_path / name)
    (tmp_path / "notes.txt").write_text("x")
    header, *rows = list_files(mifakit.scan(tmp_path))
    assert header[:4] == ["image", "annotations", "axes", "shape"]
    assert [row[:5] for row in rows] == [
        ["images/a.png", "masks/a.png", "cyx", "1 × 8 × 8", "uint8"],
        ["images/b.png", "none", "cyx", "1 × 8 × 8", "uint8"],
        ["notes.txt", "", "matches no pattern"],
    ]


def test_when_an_image_was_taken_is_told(tmp_path: Path) -> None:
    tifffile.imwrite(
        tmp_path / "a.ome.tif", np.zeros((8, 8), np.uint8), metadata={"AcquisitionDate": "2026-03-01T10:00:00"}
    )
    header, row = list_files(mifakit.scan(tmp_path))
    assert dict(zip(header, row, strict=True))["acquired"] == "2026-03-01T10:00:00"


def test_what_is_too_long_is_said_to_go_on(tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(listing, "_MOST_ROWS", 2)
    for name in "abcd":
        Image.fromarray(np.zeros((8, 8), np.uint8)).save(tmp_path / f"{name}.png")
    rows = list_files(mifakit.scan(tmp_path))
    assert [row[0] for row in rows] == ["image", "a.png", "b.png", "... and 2 more"]
