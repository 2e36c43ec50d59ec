"""`records/gallery.html`: the dataset at a glance, as the archive's gallery of AI-ready datasets shows one.

One page that needs nothing from the web, and no JavaScript. Pictures are the dataset's own previews.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple
from urllib.parse import quote

from mifakit.dataset import layout
from mifakit.dataset.dataset import Dataset, Sample
from mifakit.metadata.study_sheet import StudySheet
from mifakit.records.base import Record
from mifakit.records.credit import ARCHIVE, citation, creators, dataset_address
from mifakit.records.figures import counts, figures
from mifakit.records.html import Html, element, joined, page
from mifakit.records.json_ld import dataset_document
from mifakit.records.lookup import annotation_set, image_set, imaging_methods, organisms

MOST_PAIRS = 50
"""In the table: a page of all would be slow to open, and nobody would read it."""
UP = "../"
"""From the page to the dataset."""


class Pair(NamedTuple):
    """A sample with one annotation of it, or with none."""

    sample: Sample
    annotation_set: str | None


class Gallery(Record):
    """`records/gallery.html`."""

    name = "gallery"

    def render(self, dataset: Dataset) -> dict[str, bytes]:
        """Return the page."""
        sheet = dataset.sheet
        title = sheet.study.title or "Untitled dataset"
        body = element(
            "main",
            _header(sheet, title, "Annotated microscopy dataset" if dataset.annotation_sets else "Microscopy dataset"),
            _figures(dataset),
            _example(dataset),
            _annotations(dataset),
            _images(dataset),
            _pairs(dataset),
            _models(sheet),
            _citation(sheet),
            _links(sheet),
            _footer(),
        )
        return {layout.GALLERY: page(title, _style(), dataset_document(dataset), body).encode()}


@cache
def _style() -> str:
    return files("mifakit.records").joinpath("gallery.css").read_text("utf-8")


def _header(sheet: StudySheet, title: str, kind: str) -> Html:
    study = sheet.study
    summary, *more = (study.description or "").strip().splitlines() or [""]
    people = ", ".join(author.full_name for author in creators(sheet))
    license_ = study.license
    return element(
        "header",
        element("p", kind, class_="kind"),
        element("h1", title),
        element("p", summary, class_="summary") if summary else None,
        [element("p", line) for line in more if line.strip()],
        element("p", people, class_="people") if people else None,
        element(
            "ul",
            element("li", element("a", license_.spdx, href=license_.url), class_="license") if license_ else None,
            [element("li", word) for word in dict.fromkeys(study.keywords)],
            class_="tags",
        )
        if license_ or study.keywords
        else None,
    )


def _figures(dataset: Dataset) -> Html:
    terms = [joined(element("dt", name), element("dd", text)) for name, text in figures(dataset).items()]
    return element("dl", [element("div", term) for term in terms], class_="figures")


def _example(dataset: Dataset) -> Html | None:
    """Return one image beside the same image with its annotation; of the one of which most is told."""
    both = [
        (_told(sample, name), plain, shown, sample, name)
        for sample, name in _all_pairs(dataset)
        if name and (plain := _preview(dataset, sample)) and (shown := _preview(dataset, sample, name))
    ]
    if both:
        _, plain, shown, sample, name = max(both, key=lambda one: one[0])  # the first of equals
        pictures = [(plain, f"The image {sample.id}"), (shown, f"The same with its annotation {name}")]
        return _section("Example", element("div", [_figure(*one) for one in pictures], class_="example"))
    plain = next((path for sample in dataset if (path := _preview(dataset, sample))), None)
    return _section("Example", element("div", _figure(plain, "One of the images"), class_="example")) if plain else None


def _told(sample: Sample, name: str) -> int:
    """Return how many things an annotation tells of a sample."""
    return sum(counts(sample.row.annotations[name]).values())


def _figure(path: str, caption: str) -> Html:
    return element("figure", element("img", src=UP + quote(path), alt=caption), element("figcaption", caption))


def _annotations(dataset: Dataset) -> Html | None:
    cards = [_annotation_card(dataset, name) for name in dataset.annotation_sets]
    return _section("Annotations", cards) if cards else None


def _annotation_card(dataset: Dataset, name: str) -> Html:
    protocol = annotation_set(dataset.sheet, name)
    rows = [sample.row for sample in dataset if name in sample.row.annotations]
    components = list(dict.fromkeys(row.component for row in rows))
    people = ", ".join(author.full_name for author in protocol.authors if author.full_name)
    facts = {
        "Organism": ", ".join(organisms(dataset.sheet, components)),
        "Imaging method": ", ".join(imaging_methods(dataset.sheet, components)),
        "Annotation type": ", ".join(kind.value.replace("_", " ") for kind in protocol.types),
        "Annotation method": protocol.method,
        "Annotated": f"{len(rows):,} of {len(dataset):,} samples",
        "Coverage": protocol.coverage,
        "Criteria": protocol.criteria,
        "Confidence": protocol.confidence_level,
        "Classes": ", ".join(f"{value} {meaning}" for value, meaning in protocol.classes.items()),
        "Annotators": people,
    }
    return _card(name, protocol.overview, facts)


def _images(dataset: Dataset) -> Html | None:
    """Return what the image sets show."""
    names = dict.fromkeys(sample.row.component for sample in dataset)
    cards = []
    for name in names:
        facts = {
            "Images": f"{sum(sample.row.component == name for sample in dataset):,}",
            "Organism": ", ".join(organisms(dataset.sheet, [name])),
            "Imaging method": ", ".join(imaging_methods(dataset.sheet, [name])),
        }
        cards.append(_card(name, image_set(dataset.sheet, name).description, facts))
    return _section("Images", cards) if cards else None


def _card(title: str, text: str | None, facts: Mapping[str, str | None]) -> Html:
    told = [joined(element("dt", name), element("dd", fact)) for name, fact in facts.items() if fact]
    return element(
        "div",
        element("h3", title),
        element("p", text) if text else None,
        element("dl", told, class_="facts"),
        class_="set",
    )


def _all_pairs(dataset: Dataset) -> Iterator[Pair]:
    """Yield every image with each of its annotations; images without any too."""
    for sample in dataset:
        yield from (Pair(sample, name) for name in sample.row.annotations or [None])


def _pairs(dataset: Dataset) -> Html | None:
    pairs = list(_all_pairs(dataset))
    if not pairs:
        return None
    wanted = {
        "With annotation": dataset.annotation_sets,
        "Annotation": dataset.annotation_sets,
        "Split": _split(dataset),
    }
    heads = [head for head in ("Image", "With annotation", "Annotation", "Size", "Split") if wanted.get(head, True)]
    caption = "Each image with its annotation; pictures" if dataset.annotation_sets else "Pictures"
    shown = pairs[:MOST_PAIRS]
    left = len(pairs) - len(shown)
    table = element(
        "table",
        element("caption", f"{caption} are of the middle plane"),
        element("thead", element("tr", [element("th", head, scope="col") for head in ("Sample", *heads)])),
        element("tbody", [_row(dataset, pair, heads) for pair in shown]),
    )
    manifest = element("a", layout.MANIFEST_CSV, href=UP + layout.MANIFEST_CSV)
    note = element("p", f"{left:,} more are listed in ", manifest, ".", class_="note") if left else None
    return _section("Samples", _scrolled(table), note)


def _scrolled(table: Html) -> Html:
    """Return a table that may be wider than the screen; the keyboard can scroll what it can reach."""
    return element("div", table, class_="pairs", role="region", aria_label="Images and annotations", tabindex="0")


def _split(dataset: Dataset) -> bool:
    return any(sample.row.split for sample in dataset)


def _row(dataset: Dataset, pair: Pair, heads: Iterable[str]) -> Html:
    """Return what the table says of an annotated image, in the columns of these heads."""
    row, name = pair.sample.row, pair.annotation_set
    found = [(kind, count) for kind, count in counts(row.annotations[name]).items() if count] if name else []
    told = ", ".join(f"{count:,} {kind.lower()}" for kind, count in found)
    annotation = f"{name}: {told}" if told else name or "none"
    size = " × ".join(f"{length:,}" for length in row.shape)
    alt = f"Image {pair.sample.id}"
    cells = {
        "Image": _thumbnail(_preview(dataset, pair.sample), alt),
        "With annotation": _thumbnail(_preview(dataset, pair.sample, name), f"{alt} with {name}") if name else "–",
        "Annotation": annotation,
        "Size": f"{size} ({row.axes})",
        "Split": row.split or "–",
    }
    return element("tr", element("th", pair.sample.id, scope="row"), [element("td", cells[head]) for head in heads])


def _thumbnail(path: str | None, alt: str) -> Html | str:
    return element("img", src=UP + quote(path), alt=alt, loading="lazy") if path else "–"


def _preview(dataset: Dataset, sample: Sample, annotation_set_name: str | None = None) -> str | None:
    """Return the path of a preview, if there is one."""
    path = layout.preview_path(sample.id, annotation_set_name)
    return path if (dataset.path / path).is_file() else None


def _models(sheet: StudySheet) -> Html | None:
    return _link_list("Models trained with these data", ((url, url) for url in sheet.study.ai_models_trained if url))


def _links(sheet: StudySheet) -> Html | None:
    study = sheet.study
    address = dataset_address(study)
    own = [(f"{study.accession} in the {ARCHIVE}", address)] if address else []
    return _link_list("Links", [*own, *((link.description or link.url, link.url) for link in study.links if link.url)])


def _link_list(title: str, links: Iterable[tuple[str | None, str]]) -> Html | None:
    items = [element("li", element("a", text, href=url, rel="noopener")) for text, url in links]
    return _section(title, element("ul", items)) if items else None


def _citation(sheet: StudySheet) -> Html | None:
    text = citation(sheet)
    return _section("Cite it", element("p", text, class_="citation")) if text else None


def _footer() -> Html:
    return element(
        "footer",
        "Everything that was said about these data is in ",
        element("a", layout.SHEET, href=UP + layout.SHEET),
        "; every sample in ",
        element("a", layout.MANIFEST_CSV, href=UP + layout.MANIFEST_CSV),
        ".",
    )


def _section(title: str, *content: Any) -> Html:
    return element("section", element("h2", title), *content)
