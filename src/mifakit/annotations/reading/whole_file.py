"""A file of which everything is known once it was opened, whatever the size of its images."""

from __future__ import annotations

from dataclasses import dataclass

from mifakit.annotations.base import Annotation, Grid, NamedImage
from mifakit.findings import Finding


@dataclass(frozen=True)
class WholeFile:
    """An annotation file: its images, and what it says of each.

    Attributes
    ----------
    images, companions, findings
        See `AnnotationFile`.
    annotations
        One an image.
    """

    images: tuple[NamedImage, ...]
    annotations: tuple[Annotation, ...]
    companions: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()

    def read(self, index: int, grid: Grid) -> Annotation:
        """See `AnnotationFile.read`."""
        return self.annotations[index]
