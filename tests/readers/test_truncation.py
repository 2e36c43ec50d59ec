"""Real files, cut anywhere: an error, or every pixel as before; with tifffile's log silenced as well.

Small files of each kind are cut by the contract suite in test_contract.py.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mifakit.errors import MifaError

Pixels = np.ndarray[Any, Any]


@pytest.mark.parametrize("silent", [False, True], ids=["log", "no-log"])
def test_a_cut_file_is_an_error(
    any_real_file: Path,
    tmp_path: Path,
    read_all: Callable[..., Pixels],
    monkeypatch: pytest.MonkeyPatch,
    silent: bool,
) -> None:
    monkeypatch.setattr(logging.getLogger("tifffile"), "disabled", silent)
    data = any_real_file.read_bytes()
    whole = read_all(any_real_file)
    cut = tmp_path / any_real_file.name
    refused = 0
    for percent in range(1, 100):
        cut.write_bytes(data[: len(data) * percent // 100])
        try:
            found = read_all(cut)
        except MifaError as error:
            assert error.code == "MIFA203", f"{percent} %: {error}"
            refused += 1
        else:
            np.testing.assert_array_equal(found, whole, err_msg=f"cut to {percent} %", strict=True)
    assert refused >= 80
