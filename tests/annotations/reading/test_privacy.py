"""What is private, in all that files say."""

from __future__ import annotations

import pytest

from mifakit.annotations.reading.privacy import is_private, public


@pytest.mark.parametrize(
    "text",
    [
        "mailto:jo@example.org",
        "by jo@example.org",
        "/home/jo/a.png",
        "/Users/jo",
        "file:///home/jo/a.png",
        "at /" + "root/x",
        "C:\\Users\\jo\\a.png",
        "C:/Users/jo",
        "\\\\server\\users\\jo",
        "C:\\Documents and Settings\\jo",
        "/mnt/data/home/jo/a.png",
    ],
)
def test_private(text: str) -> None:
    assert is_private(text)
    assert public(text) is None


@pytest.mark.parametrize("text", ["homes/root", "plates/homes/a.png", "10 @ 20x", "a @ b", "/data/plate/a.png"])
def test_public(text: str) -> None:
    assert not is_private(text)
    assert public(f" {text} ") == text


def test_nothing() -> None:
    assert public(None) is public("") is public("  ") is None
