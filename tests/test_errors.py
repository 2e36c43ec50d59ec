"""Errors survive the way from one process to another."""

import pickle

import pytest

from mifakit.errors import MifaError, NothingBuiltError
from mifakit.findings import Finding, Place

FINDINGS = [Finding.of("MIFA101", "authors is empty", Place("mifa.yaml", 3)), Finding.of("MIFA121", "no date")]


@pytest.mark.parametrize(
    "error",
    [
        MifaError("MIFA203", "is cut off", Place("a.tif"), "copy it again"),
        NothingBuiltError(FINDINGS, "mifa.yaml", "packaged"),
    ],
)
def test_an_error_is_the_same_after_the_way_home(error: MifaError) -> None:
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is type(error)
    assert str(back) == str(error)
    assert vars(back) == vars(error)
