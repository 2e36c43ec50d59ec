"""What a worker says of a sample that it finished."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mifakit.dataset.rows import SampleRow
from mifakit.findings import Finding


@dataclass(frozen=True)
class Converted:
    """A finished sample.

    Attributes
    ----------
    row
        Its row of the manifest.
    findings
        What was noticed on the way.
    sources
        The sha256 of each file of the lab folder that it was made of, by path.
    checksums
        The sha256 of each of its files, by path in the dataset.
    fingerprints
        What is the same for samples of the same annotation, by set; nothing where too little is said.
    parts
        The sha256 of its part of each table, by path among the parts.
    verified
        Whether its pixels were read back and compared.
    """

    row: SampleRow
    findings: tuple[Finding, ...]
    sources: Mapping[str, str]
    checksums: Mapping[str, str]
    verified: bool
    fingerprints: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, str] = field(default_factory=dict)
