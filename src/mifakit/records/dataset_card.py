"""The dataset card: README.md, for people to read and for Hugging Face, which reads its front matter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from mifakit.dataset import layout
from mifakit.dataset.checksums import dataset_sizes
from mifakit.dataset.dataset import Dataset, Sample
from mifakit.dataset.packing import PACKED
from mifakit.dataset.rows import ROW_KINDS, SampleRow
from mifakit.dataset.splits import SPLITS
from mifakit.metadata.study_sheet import AnnotationSet, StudySheet
from mifakit.metadata.vocabularies import AnnotationType, License
from mifakit.records.addresses import doi_address
from mifakit.records.base import Record
from mifakit.records.lookup import annotation_set
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
            f"# {_line(sheet.study.title or 'Untitled dataset')}",
            _line(sheet.study.description or ""),
            _previews(dataset),
            _figures(dataset),
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
            configs=[{"config_name": "manifest", "data_files": layout.MANIFEST}],
        )
    )


def _previews(dataset: Dataset) -> str:
    """Return up to three pictures in a row, from across the dataset; of annotated samples where there are any."""
    pictures = [(sample, path) for sample in dataset if (path := _picture(dataset, sample))]
    candidates = [pair for pair in pictures if pair[0].row.annotations] or pictures
    if not candidates:
        return ""
    count = min(PREVIEWS, len(candidates))
    shown = [candidates[number * (len(candidates) - 1) // max(count - 1, 1)] for number in range(count)]
    return _table(
        [sample.id for sample, _ in shown],
        [[f"![{sample.id}]({quote(path)})" for sample, path in shown]],
        align="center",
    )


def _picture(dataset: Dataset, sample: Sample) -> str | None:
    """Return the preview with the first annotation on it; without one, the image's own."""
    candidates = [layout.preview_path(sample.id, name) for name in sample.row.annotations]
    candidates += [sample.row.preview] if sample.row.preview else []
    return next((path for path in candidates if (dataset.path / path).is_file()), None)


def _figures(dataset: Dataset) -> str:
    rows = [sample.row for sample in dataset]
    annotated = sum(bool(row.annotations) for row in rows)
    splits = Counter(row.split for row in rows if row.split)
    figures = {
        "Samples": f"{len(rows):,} ({annotated:,} annotated)",
        **{title: f"{count:,}" for name in dataset.annotation_sets for title, count in _counted(rows, name).items()},
        "Plates": _plates(rows),
        "Conditions": ", ".join(sorted({name for row in rows for name in row.conditions})),
        "Size of the images": _bytes(_image_bytes(dataset)),
        "Pixel size (x × y × z)": _various(_pixel_size(sample) for sample in dataset),
        "Time step": _various(f"{row.time_step:g} s" if row.time_step else "" for row in rows),
        "Axes": _various(row.axes for row in rows),
        "Pixel type": _various(row.dtype for row in rows),
        "Channels": _various(", ".join(row.channels) for row in rows),
        "Splits": ", ".join(f"{splits[name]:,} {name}" for name in SPLITS if splits[name]) or "none",
        "Organism": _various(
            organism.scientific_name or "" for sample in dataset.sheet.biosamples for organism in sample.organisms
        ),
        "Imaging": _various(
            method.name or "" for acquisition in dataset.sheet.acquisitions for method in acquisition.methods
        ),
    }
    return _table(["", ""], [[name, value] for name, value in figures.items() if value])


def _counted(rows: Sequence[SampleRow], name: str) -> dict[str, int]:
    """Return how many things of each kind a set has; kinds that it does not have are left out."""
    found = [row.annotations[name] for row in rows if name in row.annotations]
    counts = {
        f"{kind.capitalize()} in {name}": sum(getattr(one, kind) or 0 for one in found)
        for kind in ("objects", *ROW_KINDS)
    }
    graphs = sum(one.graph is not None for one in found)
    return {title: count for title, count in {**counts, f"Graphs in {name}": graphs}.items() if count}


def _plates(rows: Sequence[SampleRow]) -> str:
    wells = {(row.plate, row.well_row, row.well_column) for row in rows if row.plate}
    plates = {plate for plate, _, _ in wells}
    return f"{len(plates):,} ({len(wells):,} wells with images)" if plates else ""


def _image_bytes(dataset: Dataset) -> int:
    return sum(size for path, size in dataset_sizes(dataset.path).items() if path.startswith(f"{layout.IMAGES}/"))


def _pixel_size(sample: Sample) -> str:
    sizes = (sample.row.pixel_size_x, sample.row.pixel_size_y, sample.row.pixel_size_z)
    known = [f"{size:g}" for size in sizes if size]
    return f"{' × '.join(known)} µm" if known else "unknown"


def _various(values: Iterable[str]) -> str:
    """Return the different values, commonest first; beyond three, how many more there are."""
    counts = Counter(value for value in values if value)
    ordered = sorted(counts, key=lambda value: (-counts[value], value))
    more = f" and {len(ordered) - 3} more" if len(ordered) > 3 else ""
    return "; ".join(ordered[:3]) + more


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
    study, moment = sheet.study, sheet.study.release_date or sheet.version.timestamp
    names = ", ".join(author.full_name for author in sheet.authors if author.full_name)
    dataset = _sentence(
        f"{names} ({moment[:4]})" if names and moment else names,
        study.title,
        f"Version {sheet.version.version}" if sheet.version.version else None,
        f"BioImage Archive, {study.accession}" if study.accession else None,
    )
    papers = [
        _sentence(paper.authors, paper.title, paper.year, doi_address(paper.doi))
        for paper in study.publications
        if paper.title
    ]
    cited = [f"- {text}" for text in (dataset, *papers) if text]
    return "\n".join(["## Citation", "", *cited]) if cited else ""


def _sentence(*parts: str | None) -> str:
    return ". ".join(_line(part).rstrip(".") for part in parts if part)


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


def _bytes(size: int) -> str:
    """Return a size as people read it: `12.3 MB`."""
    value, unit = float(size), "bytes"
    for larger in ("kB", "MB", "GB", "TB"):
        if value < 1000:
            break
        value, unit = value / 1000, larger
    return f"{size} bytes" if unit == "bytes" else f"{value:.1f} {unit}"
