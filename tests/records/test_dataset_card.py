from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import huggingface_hub
import pytest
from ruamel.yaml import YAML

from mifakit.dataset.dataset import Dataset
from mifakit.metadata.study_sheet import StudySheet
from mifakit.records.dataset_card import DatasetCard

MakeDataset = Callable[..., Dataset]

# https://github.com/huggingface/hub-docs/blob/main/datasetcard.md
HUGGING_FACE_SIZES = {"n<1K", "1K<n<10K", "10K<n<100K", "100K<n<1M", "1M<n<10M", "10M<n<100M"}


def card(dataset: Dataset) -> tuple[dict[str, Any], str]:
    text = DatasetCard().render(dataset)["README.md"].decode()
    _, front, body = text.split("---\n", 2)
    return YAML(typ="safe").load(front), body


@pytest.fixture
def full(make_dataset: MakeDataset, full_sheet: StudySheet) -> Dataset:
    return make_dataset(full_sheet)


def test_hugging_face_reads_the_front_matter(full: Dataset) -> None:
    front, _ = card(full)
    assert front["license"] == "cc-by-4.0"
    assert front["pretty_name"] == "Nuclei in a human skin cell line, annotated"
    assert front["task_categories"] == ["image-segmentation", "image-classification"]
    assert set(front["size_categories"]) <= HUGGING_FACE_SIZES
    assert {"nuclei", "microscopy"} <= set(front["tags"])
    assert all(isinstance(tag, str) for tag in front["tags"])


def test_hugging_faces_own_library_knows_every_key(variant: Dataset) -> None:
    text = DatasetCard().render(variant)["README.md"].decode()
    data = huggingface_hub.DatasetCard(text).data
    front, _ = card(variant)
    assert data.to_dict() == front
    known = inspect.signature(huggingface_hub.DatasetCardData.__init__).parameters
    assert set(front) - {"tags", "configs"} <= set(known)  # which it takes as they are
    assert front.get("annotations_creators") == (None if variant.annotation_sets else ["no-annotation"])


@pytest.mark.parametrize("figure", ["| Samples | 4 (3 annotated) |", "| Objects in nuclei | 24 |",
                                    "| Pixel size (x × y × z) | 0.325 × 0.325 µm |",
                                    "| Splits | 2 train, 1 val, 1 test |"])  # fmt: skip
def test_figures_are_those_of_the_manifest(full: Dataset, figure: str) -> None:
    assert figure in card(full)[1]


def test_pictures_are_of_annotated_samples_and_exist(full: Dataset) -> None:
    shown = re.findall(r"!\[.*?\]\((.*?)\)", card(full)[1])
    assert shown == [f"previews/nuclei/{sample}.jpg" for sample in ("0001", "0002", "NA")]
    (full.path / shown[0]).unlink()
    assert shown[0] not in card(full)[1]


def test_pictures_are_from_across_the_dataset(make_dataset: MakeDataset) -> None:
    body = card(make_dataset(StudySheet(), dict.fromkeys("abcdefg", ())))[1]
    assert re.findall(r"!\[(.*?)\]", body) == ["a", "d", "g"]


def test_text_of_people_does_not_break_the_page(full: Dataset) -> None:
    body = card(full)[1]
    assert "<b>" not in body
    assert "Images of nuclei | with a &lt;b>bar&lt;/b>, to train nuclear segmentation." in body


def test_no_e_mail_address_and_no_lab_folder(full: Dataset) -> None:
    text = DatasetCard().render(full)["README.md"].decode()
    assert "@" not in text
    assert "secret" not in text


def test_the_snippet_runs(full: Dataset) -> None:
    (full.path / "mifa.yaml").write_text("study:\n  title: A title\n", encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", card(full)[1], flags=re.DOTALL)
    code += "assert image.shape == (1, 16, 16) == labels.shape\n"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=full.path, env=os.environ, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr


def test_annotations_say_how_they_were_made(full: Dataset) -> None:
    body = card(full)[1]
    assert "## Annotations: nuclei" in body
    assert "- **Method:** Outlined in Fiji" in body
    assert "- **Annotators:** Truman Grayson, Marie Skłodowska–Curie" in body


def test_citation_names_authors_version_and_accession(full: Dataset) -> None:
    body = card(full)[1]
    assert (
        "- Josiah Carberry, Marie Skłodowska–Curie (2026). Nuclei in a human skin cell line, annotated. "
        "Version 1.0. BioImage Archive, S-BIAD634. https://doi.org/10.6019/S-BIAD634" in body
    )
    assert "https://doi.org/10.1242/jcs.033340" in body


def test_a_blank_sheet_still_gives_a_card(make_dataset: MakeDataset) -> None:
    front, body = card(make_dataset(StudySheet(), {"a": ()}))
    assert "license" not in front
    assert "# Untitled dataset" in body
    assert "## Citation" not in body
    assert "## Licence" not in body


def test_same_dataset_same_bytes(make_dataset: MakeDataset, full_sheet: StudySheet) -> None:
    cards = [DatasetCard().render(make_dataset(full_sheet, name=name)) for name in ("one", "two")]
    assert cards[0] == cards[1]
