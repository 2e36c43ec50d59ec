"""What leaves a dataset: annotations for another tool, `export`, and all that a destination is sent, `package`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mifakit.api.opening import open_loose
from mifakit.api.paths import PathLike, check_space, writing_to
from mifakit.checks.privacy import check_privacy
from mifakit.conversion.staging import check_output, staged
from mifakit.dataset.checksums import dataset_sizes
from mifakit.errors import NothingBuiltError
from mifakit.exports.annotation_sets import choose_set
from mifakit.exports.registry import find_export
from mifakit.findings import Finding
from mifakit.packaging.readiness import as_error, check_sendable
from mifakit.packaging.registry import find_package
from mifakit.packaging.scrubbing import scrubbed
from mifakit.packaging.writing import write_package

_SCRUBBED = "scrubbed"
"""The folder beside the unfinished package where the dataset is without what is private."""


@dataclass(frozen=True)
class Packaged:
    """What is ready to be sent.

    Attributes
    ----------
    path
        The folder.
    files, total
        How many files, and their bytes.
    findings
        What was replaced in it, and what the destination will not take as it is.
    """

    path: Path
    files: int
    total: int
    findings: tuple[Finding, ...]


def export(dataset: PathLike, to: str, output: PathLike, annotation_set: str | None = None) -> list[Finding]:
    """Write a dataset's annotations in the format of another tool.

    Parameters
    ----------
    dataset
        The dataset; only read.
    to
        The format: `coco`, `ctc`, `geojson`, `imagej`, `label-tiff`, `yolo`, or what plugins add.
    output
        The folder to write; must not exist. It takes its name once it is whole.
    annotation_set
        Which set; may be left out when there is one.

    Returns
    -------
    list
        What the format has no place for.

    Raises
    ------
    MifaError
        MIFA506 no such format, MIFA509 no such set; MIFA002, MIFA003, MIFA004, MIFA006 the output.
    """
    opened, chosen, final = open_loose(dataset), find_export(to), Path(output)
    name = choose_set(opened, annotation_set)
    check_output(final, opened.path)
    with writing_to(output), staged(final) as staging:
        return chosen.write(opened, name, staging.content)


def package(dataset: PathLike, destination: str, output: PathLike, *, scrub: bool = False) -> Packaged:
    """Make of a dataset exactly what a destination is sent, with a guide of what to do with it.

    Parameters
    ----------
    dataset
        The dataset; only read.
    destination
        `bia`, `zenodo`, `huggingface`, `bioimageio`, or what plugins add.
    output
        The folder to write; must not exist. It takes its name once it is whole.
    scrub
        Whether what is private is replaced in what is sent; else nothing is packaged as long as there is any.

    Raises
    ------
    NothingBuiltError
        When a record is missing, the licence is not taken there, or something private would leave.
    MifaError
        MIFA406 a damaged file, MIFA550 no such destination, MIFA551, MIFA552 what cannot be sent;
        MIFA002, MIFA003, MIFA004, MIFA006 the output.
    """
    opened, chosen, final = open_loose(dataset), find_package(destination), Path(output)
    private = list(check_privacy(opened))
    kept = [as_error(one) for one in private if one.is_error or not scrub]  # errors: what could not even be read
    if refused := [*check_sendable(opened, chosen), *kept]:
        raise NothingBuiltError(refused, str(dataset), "packaged")
    check_output(final, opened.path)
    name = opened.path.resolve().name
    with writing_to(output), staged(final) as staging:
        check_space(final, sum(dataset_sizes(opened.path).values()))
        source, replaced = opened, list[Finding]()
        if private:
            source, replaced = scrubbed(opened, staging.content.with_name(_SCRUBBED) / name)
            if left := [as_error(one) for one in check_privacy(source)]:
                raise NothingBuiltError(left, str(dataset), "packaged")
        contents, noticed = write_package(chosen, source, name, staging.content)
    return Packaged(final, len(contents.sizes), contents.total, (*replaced, *noticed))
