"""What the doctor sees."""

from __future__ import annotations

import json
import platform
from dataclasses import replace
from pathlib import Path

import pytest
from tests.sites import install

import mifakit
from mifakit.conversion.machine import available_cores, available_memory
from mifakit.installation.needs import Need


def test_what_we_bring_along() -> None:
    found = mifakit.doctor()
    assert (found.mifakit, found.python) == (mifakit.__version__, platform.python_version())
    assert (found.machine.cores, found.machine.memory) == (available_cores(), available_memory())
    assert 1 <= found.machine.workers <= found.machine.cores
    ours = {known.format.name: known for known in found.formats if known.reader.distribution == "mifakit"}
    assert {"OME-TIFF", "PNG", "JPEG"} <= set(ours)
    assert ours["PNG"].ready
    assert ours["PNG"].reader.package == f"mifakit {mifakit.__version__}"
    assert all(need.met or need.only for need in found.core)
    assert {"tiff", "png", "jpeg"} <= {plugin.name for plugin in found.readers}
    assert {"coco", "table"} <= {plugin.name for plugin in found.annotations}
    assert {"coco", "label_tiff"} <= {plugin.name for plugin in found.exports}
    assert {"ro_crate"} <= {plugin.name for plugin in found.records}
    assert {"checksums"} <= {plugin.name for plugin in found.checks}
    assert not [
        finding for finding in found.findings if "mifakit." in finding.message and "of mifakit" in finding.message
    ]


def test_what_is_broken_is_a_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    groups = [f"mifakit.{room}" for room in ("readers", "annotations", "documents", "exports", "records", "checks")]
    install(tmp_path, "broken-toys", plugins={group: {"broken": "no_such_module:Toy"} for group in groups})
    monkeypatch.syspath_prepend(tmp_path)
    found = mifakit.doctor()
    broken = [finding.message for finding in found.findings if "of broken-toys 1.0" in finding.message]
    assert len(broken) == 5
    record = json.loads(json.dumps(found.to_record()))
    mine = [one for one in record["readers"] if one["distribution"] == "broken-toys"]
    assert mine == [{"name": "broken", "distribution": "broken-toys", "version": "1.0", "loads": False, "formats": []}]
    assert len(record["findings"]) == len(found.findings)
    tiff = next(one for one in record["readers"] if one["name"] == "tiff")
    assert tiff["formats"][0]["name"] == "OME-TIFF"


def test_a_core_package_that_is_too_old_is_a_finding() -> None:
    found = replace(mifakit.doctor(), core=(Need("toy", ">=2", "1.0"), Need("other", "", None, "os_name == 'os2'")))
    assert [finding.message for finding in found.findings if finding.code == "MIFA217"] == [
        "mifakit needs toy>=2 (1.0 is installed)"
    ]
