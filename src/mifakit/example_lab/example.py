"""The example that `mifa demo` writes: a lab folder, and its study sheet as its people would fill it in."""

from __future__ import annotations

from pathlib import Path

from mifakit.example_lab.lab_folder import write_lab_folder
from mifakit.metadata.annotation_sets import AnnotationSet
from mifakit.metadata.conversion_choices import Splits
from mifakit.metadata.image_sets import ImageSet
from mifakit.metadata.mifa import Author, Grant, Link, Organisation, Study, Version
from mifakit.metadata.rembi import Acquisition, Biosample, ImagingMethod, Organism, Specimen
from mifakit.metadata.study_sheet import StudySheet
from mifakit.metadata.vocabularies import AnnotationType, License
from mifakit.sheet.template import render_sheet

LAB, SHEET = "lab", "mifa.yaml"


def write_example(folder: Path) -> Path:
    """Write `lab/` and the sheet `mifa.yaml` into `folder`, and return the sheet's path."""
    folder.mkdir(parents=True, exist_ok=True)
    write_lab_folder(folder / LAB)
    sheet = folder / SHEET
    sheet.write_text(render_sheet(filled_sheet()), encoding="utf-8", newline="\n")
    return sheet


def filled_sheet() -> StudySheet:
    """Return the example's study sheet. The people in it are the ones ORCID invented for examples."""
    organisation = Organisation(name="EMBL-EBI", address="Hinxton, UK", ror="02catss52")
    author = Author(
        first_name="Josiah",
        last_name="Carberry",
        email="jcarberry@example.com",
        orcid="0000-0002-1825-0097",
        roles=["data acquisition", "data annotation"],
        organisations=[organisation],
    )
    return StudySheet(
        lab_folder=LAB,
        study=Study(
            title="Rendered nuclei of a cell line under cell-cycle arrest, with instance masks",
            description=(
                "EXAMPLE DATA, rendered by a computer: no cell was ever imaged. Two-channel widefield images of "
                "adherent cells, control and arrested in G1, with instance masks of nuclei, to train and test "
                "nuclear segmentation and to count cells."
            ),
            keywords=["nuclei", "segmentation", "fluorescence", "example data"],
            license=License.CC0,
            funding_statement="No funding was needed: the images were computed.",
            links=[Link(url="https://www.ebi.ac.uk/bioimage-archive/", description="Where such data are archived")],
            acknowledgements="We thank nobody's cells.",
            grants=[Grant(grant_id="EX-1234", funder="Example Research Council")],
            release_date="2026-12-01",
        ),
        authors=[author],
        version=Version(version="1.0", timestamp="2026-03-31T12:00:00+00:00"),
        biosamples=[
            Biosample(
                title="Adherent cells",
                organisms=[Organism(scientific_name="Homo sapiens", common_name="human", ncbi_taxon="9606")],
                biological_entity="An adherent human epithelial cell line",
                extrinsic_variables=["DMSO, 48 h", "CDK4/6 inhibitor 1 µM, 48 h"],
            )
        ],
        specimens=[
            Specimen(
                title="Cells on glass, DAPI and phalloidin",
                biosample="Adherent cells",
                preparation="Fixed in 4 % PFA, 0.1 % Triton, stained with DAPI and phalloidin-488.",
                growth_protocol="On glass, 48 h with the inhibitor or DMSO.",
            )
        ],
        acquisitions=[
            Acquisition(
                title="Widefield 20x",
                instrument="A computed widefield microscope with a 12-bit camera",
                parameters="20x/0.75 air, 0.325 µm per pixel, DAPI and 488 filter sets",
                methods=[ImagingMethod(name="fluorescence microscopy", fbbi_id="FBbi:00000246")],
            )
        ],
        images=[
            ImageSet(
                name="Nuclei and actin",
                description="Control and treated cells, DAPI and phalloidin.",
                files=["images/{condition}_{number}.tif", "images/{condition} {number}.tif"],
                biosample="Adherent cells",
                specimen="Cells on glass, DAPI and phalloidin",
                acquisition="Widefield 20x",
            )
        ],
        annotations=[
            AnnotationSet(
                name="nuclei",
                files=[
                    "masks/{condition}_{number}.tif",
                    "masks/{condition}_{number}.png",
                    "masks/{condition} {number}.tif",
                ],
                overview="Instance masks of all nuclei, one number each.",
                types=[AnnotationType.SEGMENTATION_MASK],
                method="Known by construction: each nucleus was drawn before it was imaged.",
                criteria="Every nucleus that reaches into the image; the two plates of an anaphase are two objects.",
                coverage="9 of 10 images were annotated; treated_05 is still to do.",
                confidence_level="Exact, but for the blur of the optics.",
                authors=[author],
            )
        ],
        splits=Splits(train=0.6, val=0.2, test=0.2),
    )
