"""Write the parts of the docs that follow from the code: `make docs`; a test holds them up to date."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from records_page import records_page
from typer.main import get_command

from mifakit.annotations.base import AnnotationFormat
from mifakit.annotations.mifa_types import types_of
from mifakit.annotations.model import Kind
from mifakit.annotations.registry import GROUP as ANNOTATIONS
from mifakit.catalogue import CATALOGUE
from mifakit.cli.app import app
from mifakit.dataset.annotation_tables import COLUMNS as TABLE_COLUMNS
from mifakit.dataset.manifest import COLUMNS, CONDITION_COLUMN, SET_COLUMNS, condition_column
from mifakit.metadata.fields import SheetModel, example_of, need_of, source_of
from mifakit.metadata.image_formats import COLOUR_MASK, FILE_PER_OBJECT, LABEL_IMAGE
from mifakit.metadata.study_sheet import StudySheet
from mifakit.plugins import find_plugins
from mifakit.readers.base import Carries, Reader
from mifakit.readers.registry import GROUP as READERS
from mifakit.sheet.template import render_sheet
from mifakit.sheet.validation import models_in

ROOT = Path(__file__).resolve().parents[1]
MADE = "<!-- made by docs/generate.py; change the code, then: make docs -->\n"
FORMATS_HEAD = f"""{MADE}
# Formats

What mifakit opens. A format with an extra needs more packages: `pip install "mifakit[<extra>]"`. `mifa doctor` says
what is installed here, and what packages of others open ([write a reader](../guides/write-a-reader.md)).

Pixels, their type and their axes are always read. What else a file says is passed on where the format has a place for
it and only if it can be true: see MIFA205 among the [findings](findings.md).

A test opens the files of the last column and looks for all that their format carries. Real files are named as in the
collections that they come from, which are not part of this repository.

| format | suffixes | reader | extra | carries | shown by |
|---|---|---|---|---|---|
"""


ANNOTATIONS_HEAD = f"""{MADE}
# Annotations

What mifakit reads as annotations; [the guide](../guides/annotations.md) shows how. Every object keeps its id in the
file, its class, and its place: t, z and c count from 0; x and y are in pixels of the image, measured from the *corner*
of its first pixel, so that the middle of a pixel is at .5 and the square from 2 to 6 covers 4 × 4 pixels.

| what is found | type in MIFA | where it goes |
|---|---|---|
| label images, masks | `segmentation_mask` | `labels/<set>` in the image; a row an object in `objects.parquet` |
| outlines, lines | `geometrical_annotations` | `shapes.parquet`, GeoParquet; with `rasterise` label images too |
| boxes | `bounding_boxes` | the same |
| points | `point_annotations` | `points.parquet` |
| tracks, other graphs | `tracks`, `graphs` | `graphs/<sample>.geff` |
| classes of images | `class_labels` | `classes.parquet` |
| numbers of things | `counts` | `counts.parquet` |

All but label images are in `annotations/<set>/`.

`weak_annotations`, `derived_annotations` and `other` are what people say of any of these.

## Formats

A file shows by itself what it is. Where it cannot, as with tables, and with the three formats in image files, the study
sheet names the format under `annotations: format`; an image file of which nothing is said is a label image.

Ids, classes and places are kept of every format; what else is kept, the fourth column says. What is lost is told when
it is there. A test opens the files of the last column; real ones are named as in the collections that they come from,
which are not part of this repository.

| format | files | types in MIFA | kept | lost | shown by |
|---|---|---|---|---|---|
"""
IMAGE_FILES = {
    LABEL_IMAGE: ("label values", "nothing"),
    FILE_PER_OBJECT: ("one object a file, in the order of names", "pixels that an earlier file claims too"),
    COLOUR_MASK: ("classes, by the legend", "colours that the legend lacks: they become the nearest that it has"),
}
"""What is kept and lost of annotations in image files."""
TABLES_HEAD = """
## Tables

One Parquet a set and kind, for all samples; each has these columns first. `property:<name>` is what a file says
besides. Units and meanings stand in the metadata of the columns too. *On the corner grid*: as told above.

{rows}"""


def commands() -> str:
    """Return the command line's reference."""
    from typer.testing import CliRunner

    parts = [MADE, "# Commands\n"]
    runner = CliRunner()
    for name in get_command(app).commands:  # type: ignore[attr-defined]
        shown = runner.invoke(app, [name, "--help"], prog_name="mifa", env={"COLUMNS": "100"}).stdout
        parts.append(f"## mifa {name}\n\n```text\n{shown.strip()}\n```\n")
    parts.append(
        "## Exit codes\n\n"
        "| code | meaning |\n|---|---|\n| 0 | all is well; warnings may have been printed |\n"
        "| 1 | errors were found |\n"
        "| 2 | the command was not understood, or a path is wrong |\n| 3 | some inputs failed, the rest are done |\n"
        "| 4 | the surroundings failed: disk, permissions |\n| 130 | cancelled |\n"
    )
    return "\n".join(parts)


def findings() -> str:
    """Return the table of all codes."""
    rows = [
        f"| {_linked(code)} | {entry.title} | {entry.severity.value} | {entry.level.value if entry.level else ''} "
        f"| {entry.hint or ''} |"
        for code, entry in CATALOGUE.items()
    ]
    head = "| code | what | severity | level | usual mend |\n|---|---|---|---|---|\n"
    return (
        f"{MADE}\n# Findings\n\nThe hundreds say which step speaks: 0 the command, 1 the study sheet, 2 the lab "
        "folder, 3 the build, 4 the dataset,\n5 the records. Each code has a page, which `mifa explain` "
        f"prints.\n\n{head}" + "\n".join(rows) + "\n"
    )


def _linked(code: str) -> str:
    return f"[{code}](../../src/mifakit/explanations/{code}.md)"


def sheet_fields() -> str:
    """Return the table of the study sheet's fields."""
    head = "| field | needed for | meaning | example | rule |\n|---|---|---|---|---|\n"
    return (
        f"{MADE}\n# The study sheet\n\nA blank sheet: [templates/blank.yaml](../../templates/blank.yaml).\n\n"
        f"{head}" + "\n".join(_rows(StudySheet, "")) + "\n"
    )


def formats() -> str:
    """Return the table of the formats that mifakit's own readers open."""
    sys.path.insert(0, str(ROOT))
    from tests.readers.proofs import PROOFS

    rows = []
    for plugin in find_plugins(READERS, protocol=Reader):
        for known in plugin.loaded.formats if plugin.distribution == "mifakit" else ():
            suffixes = " ".join(f"`{suffix}`" for suffix in known.suffixes)
            carried = ", ".join(one.value for one in Carries if one in known.carries)
            extra = f"`{known.extra}`" if known.extra else ""
            proof = _shown(PROOFS.get(known.name, ()))
            rows.append(f"| {known.name} | {suffixes} | `{plugin.name}` | {extra} | {carried} | {proof} |")
    return FORMATS_HEAD + "\n".join(sorted(rows, key=str.casefold)) + "\n"


def annotation_formats() -> str:
    """Return the table of the annotation formats that mifakit itself reads, and where annotations go."""
    sys.path.insert(0, str(ROOT))
    from tests.annotations.proofs import PROOFS

    described = [
        (name, "any [image](formats.md)", {Kind.LABELS}, kept, lost) for name, (kept, lost) in IMAGE_FILES.items()
    ]
    for plugin in find_plugins(ANNOTATIONS, protocol=AnnotationFormat):
        if plugin.distribution == "mifakit":
            known = plugin.loaded
            files = " ".join(f"`{suffix}`" for suffix in known.suffixes)
            described.append((known.name, files, known.kinds, known.keeps, known.loses))
    rows = []
    for name, files, kinds, kept, lost in sorted(described, key=lambda one: one[0].casefold()):
        types = ", ".join(f"`{kind.value}`" for kind in types_of(kinds))
        rows.append(f"| {name} | {files} | {types} | {kept} | {lost} | {_shown(PROOFS[name])} |")
    return ANNOTATIONS_HEAD + "\n".join(rows) + "\n" + _tables()


def _shown(proofs: Iterable[object]) -> str:
    return ", ".join(dict.fromkeys(map(str, proofs))) or "none yet"


def _tables() -> str:
    """Return what the tables of annotations hold: first what all of them do."""
    first, *others = TABLE_COLUMNS.values()
    shared = {name: column for name, column in first.items() if all(other.get(name) == column for other in others)}
    parts = [TABLES_HEAD.format(rows=_columns(shared))]
    for kind, columns in TABLE_COLUMNS.items():
        own = {name: column for name, column in columns.items() if name not in shared}
        parts.append(f"### {kind}\n\n{_columns(own)}")
    return "\n".join(parts)


def _columns(columns: Mapping[str, tuple[object, str, str]]) -> str:
    rows = [f"| `{name}` | {type_} | {unit} | {meaning} |" for name, (type_, unit, meaning) in columns.items()]
    return "| column | type | unit | meaning |\n|---|---|---|---|\n" + "\n".join(rows) + "\n"


def _rows(model: type[SheetModel], prefix: str) -> Iterator[str]:
    for name, info in model.model_fields.items():
        inner = models_in(info.annotation)
        listed = "[]" if inner and getattr(info.annotation, "__origin__", None) is list else ""
        example = example_of(info)
        shown = ", ".join(map(str, example)) if isinstance(example, list) else "" if example is None else str(example)
        meaning = (info.description or "").replace("|", "\\|")
        need, source = need_of(info).value, source_of(info) or ""
        yield f"| `{prefix}{name}{listed}` | {need} | {meaning} | {shown} | {source} |"
        if inner:
            yield from _rows(inner[0], f"{prefix}{name}{listed}.")


def manifest() -> str:
    """Return the table of the manifest's columns."""
    rows = [f"| `{name}` | {kind} | {meaning} |" for name, (kind, meaning) in COLUMNS.items()]
    rows += [f"| `<set>.{name}` | {kind} | {meaning} |" for name, (kind, meaning) in SET_COLUMNS.items()]
    kind, meaning = CONDITION_COLUMN
    rows.append(f"| `{condition_column('<name>')}` | {kind} | {meaning} |")
    return (
        f"{MADE}\n# The manifest\n\n"
        "`manifest.parquet` for programs, `manifest.csv` for people (lists as JSON). One row a sample.\n"
        "Columns that begin with `<set>.` stand once for each annotation set, those that begin with `condition:`\n"
        "once for each condition of wells.\n\n"
        "| column | type | meaning |\n|---|---|---|\n" + "\n".join(rows) + "\n"
    )


PAGES = {
    "docs/reference/annotations.md": annotation_formats,
    "docs/reference/commands.md": commands,
    "docs/reference/findings.md": findings,
    "docs/reference/formats.md": formats,
    "docs/reference/study-sheet.md": sheet_fields,
    "docs/reference/manifest.md": manifest,
    "docs/reference/records.md": lambda: MADE + records_page(),
    "templates/blank.yaml": lambda: render_sheet(StudySheet()),
}


def main(target: Path) -> None:
    """Write every page below `target`."""
    for name, make in PAGES.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(make(), encoding="utf-8", newline="\n")


def draw_picture(path: Path) -> None:
    """Draw the README's picture: previews of the example dataset, without and with its annotation."""
    from PIL import Image

    import mifakit

    with TemporaryDirectory() as folder:
        dataset = mifakit.build(mifakit.demo(Path(folder) / "example"), Path(folder) / "dataset").path
        names = [f"{kind}{sample}.jpg" for sample in ("control_01", "treated_01") for kind in ("", "nuclei/")]
        pictures = [Image.open(dataset / "previews" / name).copy() for name in names]
    gap = 6
    width = sum(picture.width + gap for picture in pictures) - gap
    sheet = Image.new("RGB", (width, pictures[0].height), "white")
    left = 0
    for picture in pictures:
        sheet.paste(picture, (left, 0))
        left += picture.width + gap
    sheet.resize((sheet.width // 2, sheet.height // 2), Image.Resampling.LANCZOS).save(path)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        main(ROOT)
        draw_picture(ROOT / "docs" / "images" / "example.png")
