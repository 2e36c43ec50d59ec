"""`mifa link-model`: both sides name each other, are valid to bioimageio.spec, and nothing else changes."""

from __future__ import annotations

import gc
import hashlib
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

import mifakit
from mifakit.cli.app import app
from mifakit.conversion.resources import Resources
from mifakit.errors import MifaError

# bioimageio.spec leaves the files open that it looks into.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")

MakeModel = Callable[..., Path]
ADDRESS = "https://bioimage.io/#/?id=affable-shark"
TEMPLATE = Path(__file__).resolve().parents[2] / "templates" / "image-classes"


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("linked") / "dataset"
    mifakit.build(TEMPLATE / "mifa.yaml", folder, resources=Resources(workers=1))
    return folder


@pytest.fixture
def dataset(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "dataset"))


@pytest.fixture
def archived(dataset: Path) -> Path:
    """The same with an accession number."""
    sheet = dataset / "mifa.yaml"
    text = sheet.read_text(encoding="utf-8")
    assert "\nstudy:\n" in text
    sheet.write_text(text.replace("\nstudy:\n", "\nstudy:\n  accession: S-BIAD634\n"), encoding="utf-8")
    mifakit.describe(dataset)
    return dataset


def state(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def spec_summary(path: Path) -> Any:
    from bioimageio.spec import ValidationContext, load_description

    with ValidationContext(perform_io_checks=True, log_warnings=False):
        description = load_description(path)
    gc.collect()
    assert description.validation_summary.status == "valid-format", description.validation_summary.display()
    return description


def refused(code: str, *arguments: Any, **options: Any) -> str:
    with pytest.raises(MifaError) as caught:
        mifakit.link_model(*arguments, **options)
    assert caught.value.code == code
    return str(caught.value)


def test_a_dataset_without_id_is_described_in_the_model(make_model: MakeModel, dataset: Path, tmp_path: Path) -> None:
    model, output = make_model(), tmp_path / "linked"
    before, rows = state(model), (dataset / "mifa.yaml").read_text(encoding="utf-8").splitlines()
    linked = mifakit.link_model(model, dataset, output)
    assert state(model) == before, "the source changed"

    description = spec_summary(output)
    title = mifakit.open(dataset).sheet.study.title
    assert description.training_data.config["mifa"]["study"]["title"] == title
    assert {name: digest for name, digest in state(output).items() if name != "rdf.yaml"} == {
        name: digest for name, digest in before.items() if name != "rdf.yaml"
    }
    old, new = ((folder / "rdf.yaml").read_text(encoding="utf-8") for folder in (model, output))
    assert new.startswith(f"{old}training_data:\n")

    assert linked.address == ADDRESS
    added = [row for row in (dataset / "mifa.yaml").read_text(encoding="utf-8").splitlines() if row not in rows]
    assert added == [f'  ai_models_trained: ["{ADDRESS}"]']
    record = spec_summary(dataset / "records/bioimageio/bioimageio.yaml")
    assert record.links == ["affable-shark"]
    study = yaml.safe_load((dataset / "records/mifa/study.yaml").read_text(encoding="utf-8"))
    assert study["ai_models_trained"] == [ADDRESS]
    assert [one for one in mifakit.validate(dataset) if one.is_error] == []


def test_a_dataset_with_an_id_is_named_by_it(make_model: MakeModel, archived: Path, tmp_path: Path) -> None:
    mifakit.link_model(make_model(), archived, tmp_path / "linked")
    assert str(spec_summary(tmp_path / "linked").training_data.id) == "s-biad634"


def test_running_twice_changes_nothing(make_model: MakeModel, dataset: Path, tmp_path: Path) -> None:
    model, output = make_model(), tmp_path / "linked"
    mifakit.link_model(model, dataset, output)
    once = state(dataset), state(output)
    mifakit.link_model(model, dataset, output)
    mifakit.link_model(output, dataset, output)
    mifakit.link_model(output, dataset, tmp_path / "again")
    assert (state(dataset), state(output)) == once
    assert state(tmp_path / "again") == once[1]


def _link() -> zipfile.ZipInfo:
    link = zipfile.ZipInfo("more.onnx")
    link.external_attr = 0o120777 << 16
    return link


@pytest.mark.parametrize(
    ("member", "complaint"),
    [
        ("../evil.txt", "leads out of the package"),
        ("a/../../evil.txt", "leads out of the package"),
        ("/tmp/evil.txt", "leads out of the package"),
        ("C:evil.txt", "leads out of the package"),
        ("a\\..\\..\\evil.txt", "leads out of the package"),
        (_link(), "is a link"),
        ("rdf.yaml", "stands twice"),
    ],
    ids=str,
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_zip_that_could_harm_who_unpacks_it_is_not_passed_on(
    make_model: MakeModel, archived: Path, tmp_path: Path, member: str | zipfile.ZipInfo, complaint: str
) -> None:
    folder = make_model()
    with zipfile.ZipFile(tmp_path / "model.zip", "w") as archive:
        for path in sorted(folder.iterdir()):
            archive.write(path, path.name)
        archive.writestr(member, "../../etc/passwd")
    before = (archived / "mifa.yaml").read_bytes()
    with pytest.raises(MifaError, match=f"MIFA534.*{complaint}"):
        mifakit.link_model(tmp_path / "model.zip", archived, tmp_path / "linked.zip")
    assert not (tmp_path / "linked.zip").exists()
    assert (archived / "mifa.yaml").read_bytes() == before


def test_a_zip_keeps_its_other_members(make_model: MakeModel, archived: Path, tmp_path: Path) -> None:
    model = make_model()
    with zipfile.ZipFile(tmp_path / "model.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(model.iterdir()):
            archive.write(path, path.name)
    mifakit.link_model(tmp_path / "model.zip", archived, tmp_path / "linked.zip")
    assert str(spec_summary(tmp_path / "linked.zip").training_data.id) == "s-biad634"
    with zipfile.ZipFile(tmp_path / "model.zip") as old, zipfile.ZipFile(tmp_path / "linked.zip") as new:
        assert new.testzip() is None
        assert new.namelist() == old.namelist()
        for one, other in zip(old.infolist(), new.infolist(), strict=True):
            assert (one.date_time, one.compress_type) == (other.date_time, other.compress_type)
            assert old.read(one) == new.read(other) or one.filename == "rdf.yaml"


def test_a_description_alone(make_model: MakeModel, archived: Path, tmp_path: Path) -> None:
    model = make_model()
    mifakit.link_model(model / "rdf.yaml", archived, tmp_path / "linked.yaml")
    text = (model / "rdf.yaml").read_text(encoding="utf-8")
    assert (tmp_path / "linked.yaml").read_text(encoding="utf-8") == f"{text}training_data:\n  id: s-biad634\n"


def test_other_training_data_is_told_and_replaced_on_request(
    make_model: MakeModel, archived: Path, tmp_path: Path
) -> None:
    model, output = make_model(end="training_data: {id: old-data}  # from 2019\n"), tmp_path / "linked"
    before = state(archived)
    assert "old-data" in refused("MIFA535", model, archived, output)
    assert not output.exists()
    assert state(archived) == before
    mifakit.link_model(model, archived, output, replace=True)
    assert str(spec_summary(output).training_data.id) == "s-biad634"
    assert (output / "rdf.yaml").read_text(encoding="utf-8").endswith("training_data:\n  id: s-biad634\n# from 2019\n")


def test_a_model_that_is_named_already_is_not_named_again(make_model: MakeModel, dataset: Path, tmp_path: Path) -> None:
    sheet = dataset / "mifa.yaml"
    other = "https://bioimage.io/#/artifacts/affable-shark"
    text = sheet.read_text(encoding="utf-8").replace("\nstudy:\n", f"\nstudy:\n  ai_models_trained: {other}\n")
    sheet.write_text(text, encoding="utf-8")
    mifakit.link_model(make_model(), dataset, tmp_path / "linked")
    assert sheet.read_text(encoding="utf-8") == text
    assert spec_summary(dataset / "records/bioimageio/bioimageio.yaml").links == ["affable-shark"]


def test_a_model_without_id_needs_an_address(make_model: MakeModel, dataset: Path, tmp_path: Path) -> None:
    model = make_model(identifier=None)
    refused("MIFA536", model, dataset, tmp_path / "linked")
    refused("MIFA117", model, dataset, tmp_path / "linked", url="affable shark")
    mifakit.link_model(model, dataset, tmp_path / "linked", url="https://doi.org/10.5281/zenodo.1")
    assert mifakit.open(dataset).sheet.study.ai_models_trained == ["https://doi.org/10.5281/zenodo.1"]


def test_what_is_no_model_is_refused(make_model: MakeModel, dataset: Path, tmp_path: Path) -> None:
    before = state(dataset)
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken.yaml").write_text("type: [model\n")
    (tmp_path / "list.yaml").write_text("- type: model\n")
    (tmp_path / "tag.yaml").write_text("type: model\nx: !!python/object/apply:os.getcwd []\n")
    (tmp_path / "bytes.zip").write_bytes(b"PK\x03\x04 no zip")
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("inside/rdf.yaml", "type: model")
    record = dataset / "records/bioimageio"
    for path in (
        *(tmp_path / name for name in ("empty", "broken.yaml", "list.yaml", "tag.yaml", "bytes.zip")),
        tmp_path / "other.zip",
        record,
        record / "bioimageio.yaml",
    ):
        refused("MIFA534", path, dataset, tmp_path / "linked")
    assert "'dataset', not model" in refused("MIFA534", record, dataset, tmp_path / "linked")
    refused("MIFA001", tmp_path / "nowhere", dataset, tmp_path / "linked")
    assert not (tmp_path / "linked").exists()
    assert state(dataset) == before


def test_a_link_that_leads_out_is_not_followed(make_model: MakeModel, dataset: Path, tmp_path: Path) -> None:
    model = make_model()
    (model / "more").symlink_to(tmp_path)
    assert "link" in refused("MIFA534", model, dataset, tmp_path / "linked")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dataset", "model"]


def test_a_model_that_bioimage_io_would_refuse(make_model: MakeModel, dataset: Path, tmp_path: Path) -> None:
    model = make_model()
    description = model / "rdf.yaml"
    description.write_text(description.read_text(encoding="utf-8").replace("Tiny nuclei", "Tiny/nuclei"))
    before = state(dataset)
    assert "name" in refused("MIFA537", model, dataset, tmp_path / "linked")
    assert state(dataset) == before


def test_without_the_validator_it_is_said(
    make_model: MakeModel, dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mifakit.bioimageio.linking.can_validate", lambda: False)
    linked = mifakit.link_model(make_model(), dataset, tmp_path / "linked")
    assert [one.code for one in linked.findings if one.code == "MIFA533"] == ["MIFA533"]
    monkeypatch.undo()
    again = mifakit.link_model(tmp_path / "linked", dataset, tmp_path / "linked")
    assert [one.code for one in again.findings if one.code == "MIFA533"] == []


@pytest.mark.parametrize(("name", "code"), [("taken", "MIFA002"), ("dataset/linked", "MIFA003")])
def test_the_output_is_new_and_elsewhere(
    make_model: MakeModel, dataset: Path, tmp_path: Path, name: str, code: str
) -> None:
    (tmp_path / "taken").mkdir()
    before = state(dataset)
    refused(code, make_model(), dataset, tmp_path / name)
    assert state(dataset) == before


def test_the_command_line(make_model: MakeModel, archived: Path, tmp_path: Path) -> None:
    arguments = ["link-model", str(make_model()), str(archived), "-o", str(tmp_path / "linked")]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0
    assert f"{tmp_path / 'linked'}: training_data is s-biad634." in done.stderr
    assert f"ai_models_trained has {ADDRESS}." in done.stderr
