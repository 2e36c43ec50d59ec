"""REMBI's image side: what was imaged, how it was prepared, how it was acquired."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator

from mifakit.metadata.fields import Need, SheetModel, as_list, declare
from mifakit.metadata.identifiers import Fbbi, Rrid, Taxon
from mifakit.metadata.mifa import Text, TextList

RridList = Annotated[list[Rrid], BeforeValidator(as_list)]


class Organism(SheetModel):
    """The species."""

    scientific_name: Text = declare(Need.ARCHIVE, "Scientific name.", "Homo sapiens", source="Biosample.Organism")
    common_name: Text = declare(Need.OPTIONAL, "Common name.", "human", source="Biosample.Organism")
    ncbi_taxon: Taxon = declare(Need.OPTIONAL, "NCBI taxon id.", "9606", source="bia:Taxon")


class Biosample(SheetModel):
    """What was imaged."""

    title: Text = declare(
        Need.ARCHIVE, "A short name that other entries refer to.", "HaCaT cells", source="Biosample.Title"
    )
    organisms: Annotated[list[Organism], BeforeValidator(as_list)] = declare(
        Need.ARCHIVE, "The species.", source="Biosample.Organism", default=list
    )
    biological_entity: Text = declare(
        Need.ARCHIVE,
        "What was imaged: cells, tissue, organ.",
        "HaCaT keratinocytes, a human skin cell line",
        source="Biosample.Biological entity",
    )
    description: Text = declare(
        Need.OPTIONAL, "More about the sample.", "Passages 12 to 15.", source="Biosample.Description"
    )
    intrinsic_variables: TextList = declare(
        Need.OPTIONAL,
        "What differs by nature: genotype, disease.",
        ["wild type", "p53 knockout"],
        source="Biosample.Intrinsic variable",
        default=list,
    )
    extrinsic_variables: TextList = declare(
        Need.OPTIONAL,
        "What was done to it: drug, dose.",
        ["staurosporine 1 µM"],
        source="Biosample.Extrinsic variable",
        default=list,
    )
    experimental_variables: TextList = declare(
        Need.OPTIONAL,
        "What was varied in the experiment: time, depth.",
        ["time after treatment"],
        source="Biosample.Experimental variable",
        default=list,
    )
    rrids: RridList = declare(
        Need.OPTIONAL,
        "RRIDs of the cell line, strain or plasmid, from scicrunch.org.",
        ["RRID:CVCL_0038"],
        source="REMBI Biosample identity",
        default=list,
    )


class SignalChannel(SheetModel):
    """What one channel of the images shows, and how."""

    label: Text = declare(
        Need.OPTIONAL, "The channel's name, as in the files.", "DAPI", source="bia:SignalChannel channelLabel"
    )
    content: Text = declare(Need.OPTIONAL, "What it shows.", "nuclei", source="REMBI Specimen Channel - content")
    biological_entity: Text = declare(
        Need.OPTIONAL,
        "The molecule or structure that is labelled.",
        "DNA",
        source="REMBI Specimen Channel - biological entity",
    )
    contrast_mechanism: Text = declare(
        Need.OPTIONAL,
        "Where the signal comes from.",
        "fluorescence of DAPI",
        source="REMBI Specimen Signal/contrast mechanism",
    )


class Specimen(SheetModel):
    """How the sample was prepared for imaging."""

    title: Text = declare(
        Need.ARCHIVE,
        "A short name that other entries refer to.",
        "DAPI-stained cells on glass",
        source="Specimen.Title",
    )
    biosample: Text = declare(
        Need.ARCHIVE,
        "The title of the biosample it was made from.",
        "HaCaT cells",
        source="bia:Specimen biologicalEntity",
    )
    preparation: Text = declare(
        Need.ARCHIVE,
        "How it was fixed, stained, mounted.",
        "Fixed in 4 % PFA, stained with DAPI.",
        source="Specimen.Sample preparation protocol",
    )
    growth_protocol: Text = declare(
        Need.OPTIONAL,
        "How cells or animals were grown.",
        "DMEM with 10 % FCS at 37 °C.",
        source="Specimen.Growth protocol",
    )
    experimental_status: Text = declare(
        Need.OPTIONAL, "Control or test, and of what.", "control", source="REMBI Specimen Experimental status"
    )
    location: Text = declare(
        Need.OPTIONAL,
        "Where in the biosample it was taken from.",
        "cortex, 2 mm below the surface",
        source="REMBI Specimen Location within biosample",
    )
    channels: list[SignalChannel] = declare(
        Need.OPTIONAL, "What each channel shows.", source="REMBI Specimen Channel", default=list
    )
    rrids: RridList = declare(
        Need.OPTIONAL,
        "RRIDs of antibodies and other reagents.",
        ["RRID:AB_2313773"],
        source="REMBI Specimen Preparation method",
        default=list,
    )


class ImagingMethod(SheetModel):
    """An imaging method of the FBbi ontology."""

    name: Text = declare(
        Need.ARCHIVE, "Its FBbi name.", "confocal microscopy", source="Image acquisition.Imaging method"
    )
    fbbi_id: Fbbi = declare(Need.OPTIONAL, "Its FBbi id.", "FBbi:00000251", source="bia:fbbiId")


class Acquisition(SheetModel):
    """How the images were taken."""

    title: Text = declare(
        Need.ARCHIVE,
        "A short name that other entries refer to.",
        "Widefield 20x",
        source="Image acquisition.Title",
    )
    instrument: Text = declare(
        Need.ARCHIVE,
        "The microscope and camera.",
        "Zeiss Axio Observer Z1, Hamamatsu ORCA-Flash4.0",
        source="Image acquisition.Imaging instrument",
    )
    parameters: Text = declare(
        Need.ARCHIVE,
        "Objective, filters, exposure and what else matters.",
        "20x/0.8 NA air, DAPI filter set, 100 ms exposure",
        source="Image acquisition.Image acquisition parameters",
    )
    methods: Annotated[list[ImagingMethod], BeforeValidator(as_list)] = declare(
        Need.ARCHIVE, "Imaging methods.", source="Image acquisition.Imaging method", default=list
    )


class ImageAnalysis(SheetModel):
    """How results were taken from the images."""

    title: Text = declare(Need.ARCHIVE, "A short name.", "Cell counting", source="Image analysis.Title")
    overview: Text = declare(
        Need.ARCHIVE,
        "What was done.",
        "Nuclei were counted in Fiji after thresholding.",
        source="Image analysis.Image analysis overview",
    )
    features: Text = declare(
        Need.OPTIONAL,
        "Which features were measured.",
        "area and mean intensity of nuclei",
        source="bia:featuresAnalysed",
    )


class ImageCorrelation(SheetModel):
    """How images of different instruments were laid on each other."""

    title: Text = declare(Need.ARCHIVE, "A short name.", "CLEM alignment", source="Image correlation.Title")
    alignment: Text = declare(
        Need.ARCHIVE,
        "How they were aligned in space and time.",
        "Fiducials, affine transformation.",
        source="Image correlation.Spatial and temporal alignment",
    )
    fiducials: Text = declare(
        Need.OPTIONAL, "Fiducials used.", "100 nm TetraSpeck beads", source="Image correlation.Fiducials used"
    )
    related_images: Text = declare(
        Need.OPTIONAL,
        "Which images belong together, and how they are related.",
        "clem_01.tif is the fluorescence of em_01.tif",
        source="REMBI Image correlation Related images and relationship",
    )
    transformation_matrix: Text = declare(
        Need.OPTIONAL, "The transformation.", source="Image correlation.Transformation matrix"
    )
