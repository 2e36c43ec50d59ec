"""Light and lenses in one form, whatever a file writes."""

from __future__ import annotations

import pytest

from mifakit.readers.optics import hex_color, iso_date, objective_name, wavelength


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (488, 488.0),
        ("561.5", 561.5),
        (0, None),
        (None, None),
        ("nan", None),
        ("inf", None),
        ("blue", None),
        (1e6, None),
    ],
)
def test_wavelength(value: float | str | None, expected: float | None) -> None:
    assert wavelength(value) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("#FF00aaBB", "00AABB"), ("#00aaBB", "00AABB"), ("00AABB", None), ("#0AB", None), ("", None), (None, None)],
)
def test_hex_color(text: str | None, expected: str | None) -> None:
    assert hex_color(text) == expected


@pytest.mark.parametrize(
    ("model", "magnification", "aperture", "expected"),
    [
        ("HC PL  APO 63x/1.30 GLYC ", 63.0, 1.3, "HC PL APO 63x/1.30 GLYC"),
        (None, 63.0, 1.4, "63x/1.4"),
        (" ", 10.0, None, "10x"),
        (None, 10.0, float("nan"), "10x"),
        (None, None, 1.4, None),
        (None, float("nan"), 1.4, None),
    ],
)
def test_objective_name(
    model: str | None, magnification: float | None, aperture: float | None, expected: str | None
) -> None:
    assert objective_name(model, magnification, aperture) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2020-09-06T11:30:42", "2020-09-06T11:30:42"),
        ("2019-05-02T14:23:11.1234567Z", "2019-05-02T14:23:11+00:00"),
        ("18/06/2014  15:55:27", None),
        (None, None),
    ],
)
def test_iso_date(text: str | None, expected: str | None) -> None:
    assert iso_date(text) == expected
