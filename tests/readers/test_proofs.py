"""Every format opens, and carries what it claims: shown on the files of `proofs.py`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.proofs import Elsewhere, provide
from tests.readers.proofs import PROOFS, UNPROVEN

from mifakit.plugins import find_plugins
from mifakit.readers.base import Carries, Format, ImageFacts, Reader
from mifakit.readers.registry import GROUP
from mifakit.readers.samples import ALPHA, RGB
from mifakit.testing import check_facts

FORMATS: dict[str, tuple[Reader, Format]] = {
    known.name: (plugin.loaded, known)
    for plugin in find_plugins(GROUP, protocol=Reader)
    if plugin.distribution == "mifakit"
    for known in plugin.loaded.formats
}


def carried(facts: ImageFacts) -> set[Carries]:
    """Return what an image says of itself; that red is red does not count."""
    channels = [channel for channel in facts.channels if channel not in (*RGB, ALPHA)]
    found = {
        Carries.PIXEL_SIZE: {"y", "x"} <= set(facts.spacing),
        Carries.TIME_STEP: "t" in facts.spacing,
        Carries.CHANNELS: any(channel.name for channel in channels),
        Carries.COLORS: any(channel.color for channel in channels),
        Carries.WAVELENGTHS: any(channel.excitation or channel.emission for channel in channels),
        Carries.INSTRUMENT: facts.acquisition.instrument,
        Carries.OBJECTIVE: facts.acquisition.objective,
        Carries.DATE: facts.acquisition.acquired,
        Carries.SCENES: len(facts.scenes) > 1,
    }
    assert set(found) == set(Carries)
    return {one for one, there in found.items() if there}


def test_formats_without_a_proof_are_known() -> None:
    assert set(FORMATS) - set(PROOFS) == UNPROVEN, "give the format a line in tests/readers/proofs.py"
    assert set(PROOFS) <= set(FORMATS)


@pytest.mark.parametrize("name", PROOFS)
def test_a_format_carries_what_it_claims(name: str, tmp_path: Path, real_file: Callable[[str], Path]) -> None:
    reader, known = FORMATS[name]
    found: set[Carries] = set()
    for proof in PROOFS[name]:
        path = provide(proof, tmp_path, real_file)
        if path is None:
            continue
        assert path.name.lower().endswith(known.suffixes)
        with reader.open(path) as image:
            check_facts(image.facts)
            last = tuple(slice(length - 1, length) for length in image.facts.shape)
            assert image.read(last).dtype == image.facts.dtype
            found |= carried(image.facts)
    elsewhere = any(isinstance(proof, Elsewhere) for proof in PROOFS[name])
    assert elsewhere or known.carries <= found, f"no proof that it carries {', '.join(known.carries - found)}"
