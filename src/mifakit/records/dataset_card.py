"""The dataset card: README.md, for people to read and for Hugging Face, which reads its front matter."""

from __future__ import annotations

from urllib.parse import quote

from mifakit.dataset import layout
from mifakit.dataset.dataset import Dataset
from mifakit.dataset.packing import PACKED
from mifakit.metadata.annotation_sets import AnnotationSet
from mifakit.metadata.study_sheet import StudySheet
from mifakit.metadata.vocabularies import AnnotationType, License
from mifakit.records.base import Record
from mifakit.records.credit import citation, publication_credit
from mifakit.records.figures import figures
from mifakit.records.lookup import annotation_set, dataset_title
from mifakit.records.pictures import pictures
from mifakit.records.serialisation import said, yaml_text

PREVIEWS = 3
TAGS = ["microscopy", "bioimaging", "ome-zarr", "mifa"]

TASKS = {
    AnnotationType.SEGMENTATION_MASK: "image-segmentation",
    AnnotationType.GEOMETRICAL_ANNOTATIONS: "image-segmentation",
    AnnotationType.CLASS_LABELS: "image-classification",
    AnnotationType.BOUNDING_BOXES: "object-detection",
    AnnotationType.POINT_ANNOTATIONS: "keypoint-detection",
}
"""Hugging Face's task of each kind of annotation that it has one for."""

SIZE_CATEGORIES = (
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"),
)


class DatasetCard(Record):
    """`README.md`."""

    name = "dataset_card"

    def render(self, dataset: Dataset) -> dict[str, bytes]:
        """Return the card."""
        sheet = dataset.sheet
        sections = (
            f"# {_line(dataset_title(sheet))}",
            _line(sheet.study.description or ""),
            _previews(dataset),
            _table(["", ""], [[name, figure] for name, figure in figures(dataset).items()]),
            *(_annotation_section(dataset, name) for name in dataset.annotation_sets),
            _opening(dataset),
            _citation(sheet),
            _license_section(sheet.study.license),
        )
        text = "\n\n".join(section for section in sections if section)
        return {layout.CARD: f"---\n{_front_matter(dataset)}---\n\n{text}\n".encode()}


def _front_matter(dataset: Dataset) -> str:
    sheet = dataset.sheet
    kinds = [kind for name in dataset.annotation_sets for kind in annotation_set(sheet, name).types]
    categories = (name for limit, name in SIZE_CATEGORIES if len(dataset) < limit)
    return yaml_text(
        said(
            license=sheet.study.license.spdx.lower() if sheet.study.license else None,
            pretty_name=_flat(sheet.study.title or ""),
            tags=list(dict.fromkeys([*TAGS, *map(_flat, sheet.study.keywords)])),
            task_categories=list(dict.fromkeys(TASKS[kind] for kind in kinds if kind in TASKS)),
            size_categories=[next(categories, "10M<n<100M")],
            annotations_creators=[] if dataset.annotation_sets else ["no-annotation"],
            configs=[{"config_name": "manifest", "data_files": layout.MANIFEST}],
        )
    )


def _previews(dataset: Dataset) -> str:
    """Return up to three pictures in a row."""
    shown = pictures(dataset, PREVIEWS)
    if not shown:
        return ""
    return _table(
        [sample.id for sample, _ in shown],
        [[f"![{sample.id}]({quote(path)})" for sample, path in shown]],
        align="center",
    )


def _annotation_section(dataset: Dataset, name: str) -> str:
    protocol = annotation_set(dataset.sheet, name)
    count = sum(name in sample.row.annotations for sample in dataset)
    lines = {
        "Kind": ", ".join(kind.value.replace("_", " ") for kind in protocol.types),
        "Annotated": f"{count:,} of {len(dataset):,} samples. {_line(protocol.coverage or '')}".strip(),
        "Method": protocol.method,
        "Criteria": protocol.criteria,
        "Confidence": protocol.confidence_level,
        "Classes": ", ".join(f"{value} = {meaning}" for value, meaning in protocol.classes.items()),
        "Annotators": _people(protocol),
    }
    items = [f"- **{title}:** {_line(text)}" for title, text in lines.items() if text]
    return "\n\n".join(
        part for part in (f"## Annotations: {name}", _line(protocol.overview or ""), "\n".join(items)) if part
    )


def _people(protocol: AnnotationSet) -> str:
    return ", ".join(author.full_name for author in protocol.authors if author.full_name)


def _opening(dataset: Dataset) -> str:
    if not dataset.samples:
        return ""
    sample = next((sample for sample in dataset if sample.row.labels), dataset.samples[0])
    lines = [
        "import mifakit",
        "",
        'dataset = mifakit.open(".")  # this folder',
        f'sample = dataset["{sample.id}"]',
        f"image = sample.image.compute()  # axes {sample.row.axes}",
        *(f'labels = sample.labels["{name}"].compute()  # 0 is background' for name in [*sample.row.labels][:1]),
    ]
    code = "\n".join(lines)
    packed = sample.row.store.endswith(PACKED)
    form, labels = (
        ("zipped OME-Zarr", f"their label images in `{layout.ANNOTATIONS}/`")
        if packed
        else ("OME-Zarr", "with their label images inside, in `labels/`")
    )
    where = (
        f"Images are {form} in `{layout.IMAGES}/`{_on_plates(dataset)}, {labels}. "
        f"`{layout.MANIFEST}` has one row a sample; `{layout.SHEET}` holds all that was said about the data."
    )
    return f"## Open it\n\n```python\n{code}\n```\n\n{where}"


def _on_plates(dataset: Dataset) -> str:
    plated = any(sample.row.plate for sample in dataset)
    return ", those of a plate as its `<row>/<column>/<field>`" if plated else ""


def _citation(sheet: StudySheet) -> str:
    papers = [publication_credit(paper) for paper in sheet.study.publications if paper.title]
    cited = [f"- {_line(text)}" for text in (citation(sheet), *papers) if text]
    return "\n".join(["## Citation", "", *cited]) if cited else ""


def _license_section(license_: License | None) -> str:
    if license_ is None:
        return ""
    return f"## Licence\n\n[{license_.spdx}]({license_.url})"


def _table(header: list[str], rows: list[list[str]], align: str = "left") -> str:
    rule = ":-:" if align == "center" else "---"
    lines = [header, [rule] * len(header), *rows]
    return "\n".join("| " + " | ".join(_line(cell).replace("|", "\\|") for cell in line) + " |" for line in lines)


def _flat(text: str) -> str:
    return " ".join(text.split())


def _line(text: str) -> str:
    """Return text as one line of Markdown in which no HTML tag opens."""
    return _flat(text).replace("<", "&lt;")
