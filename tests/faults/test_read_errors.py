"""A source on a failing disk: it is named, and costs no other."""

from __future__ import annotations

import errno
from collections import Counter
from collections.abc import Callable

import pytest
from tests.faults.builds import run_build
from tests.faults.forms import LONG, points
from tests.faults.lab import Lab, fingerprint
from tests.faults.shim import Fault, Shim


@pytest.mark.parametrize("source", ["images/plane.tif", "masks/plane.tif"][: 2 if LONG else 1])
def test_a_sector_that_cannot_be_read(lab: Lab, shim: Callable[..., Shim], tally: Counter[str], source: str) -> None:
    path = lab.folder / source
    counter = shim(path, Fault(0, errno.EIO, calls="reads"))
    assert run_build(lab, environment=counter.environment).code == 0
    lab.fresh_disk()
    for number in sorted({2, *points(counter.calls, short=1)}):  # after 1 it can be opened, and then no more
        when = f"read {number} of about {counter.calls} failed"
        fault = Fault(number, errno.EIO, lasts=True, calls="reads")
        result = run_build(lab, environment=shim(path, fault).environment)
        tally["reads that failed"] += 1
        assert result.code == 3, f"{when}\n{result.err}"
        assert len(result.errors()) == 1, f"{when}\n{result.out}{result.err}"
        error = result.errors()[0]
        assert error.startswith("error[MIFA202]"), error
        assert source in error, error
        images = {name.split("/")[0] for name in fingerprint(lab.out / "images")}
        assert images == {"stack.ome.zarr", "unmasked.ome.zarr"}, when
        lab.fresh_disk()
