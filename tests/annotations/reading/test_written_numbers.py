"""Numbers as files write them, or refused."""

from __future__ import annotations

import pytest

from mifakit.annotations.reading.left_out import UnusableError
from mifakit.annotations.reading.written_numbers import digits, number, numbers, pixels, whole_number, words


def test_numbers() -> None:
    assert number(" 1.5e1 ", "x") == 15
    assert whole_number("3.0", "x") == 3
    for text in ("", "  ", None):
        with pytest.raises(UnusableError, match="without x"):
            number(text, "x")
    for text in ("a", "1,5", "nan", "-inf", "1e999", "1e18"):
        with pytest.raises(UnusableError, match="whose x is not a number") as caught:
            number(text, "x")
        assert caught.value.code == "MIFA361"
    for text in ("1.5", "1e15", "-1e10"):
        with pytest.raises(UnusableError, match="whose x is not a whole number"):
            whole_number(text, "x")


def test_digits() -> None:
    assert (digits(" 12 "), digits("0")) == (12, 0)
    assert not any(digits(text) for text in (None, "", "-1", "1.0", "a", "9" * 5_000))


@pytest.mark.parametrize("text", ["1,2 3,4", "1,2;3,4", " 1 2\n3 4 ", "1,2, 3,4"])
def test_several_numbers(text: str) -> None:
    assert numbers(words(text)).tolist() == [1, 2, 3, 4]


def test_several_that_are_none() -> None:
    assert numbers(words(None)).tolist() == []
    with pytest.raises(UnusableError, match="whose coordinates are not numbers") as caught:
        numbers(["1", "y"])
    assert caught.value.code == "MIFA361"


def test_sides_of_images() -> None:
    assert (pixels(12.0), pixels(0.5), pixels(-1), pixels(None)) == (12, None, None, None)
