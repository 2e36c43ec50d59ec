"""How to make each rule of the study sheet, and of sheet and files, fire: pieces of a sheet in order, and others."""

from __future__ import annotations

AUTHOR = "authors:\n"
SPLITS = "splits:\n  train: 0.6\n  val: 0.2\n  test: 0.2\n"
PAPER = "  publications:\n    - title: T\n      authors: A\n      doi: {}\n      pubmed_id: {}\n  accession"

# What stands there, and what makes the rule speak. Without the change nothing is found at all.
SHEETS: dict[str, tuple[str, str]] = {
    "MIFA100": ("study:\n", "study: \udcff\n"),
    "MIFA101": ("  title: Nuclei in small synthetic images for tests", "  title:"),
    "MIFA102": ("    criteria: All of them.", "    criteria:"),
    "MIFA103": ("  license: CC0", "  license: CC0\n  licence: CC0"),
    "MIFA104": ("  license: CC0", "  license: MIT"),
    "MIFA105": ("      x: 0.325", "      x: wide"),
    "MIFA106": ("study:\n", "study: [\n"),
    "MIFA107": ("  license: CC0", "\tlicense: CC0"),
    "MIFA108": ("  license: CC0", "  license: CC0\n  license: CC0"),
    "MIFA111": ("orcid: 0000-0002-1825-0097", "orcid: 0000-0002-1825-0098"),
    "MIFA112": ("  accession", PAPER.format("https://doi.org/DOI TBD", "18492790")),
    "MIFA113": ("ror: https://ror.org/02catss52", "ror: https://ror.org/02catss53"),
    "MIFA114": ("email: jcarberry@example.com", "email: jcarberry(at)example.com"),
    "MIFA115": ("release_date: 2026-12-01", "release_date: 1.12.2026"),
    "MIFA116": ("  accession", PAPER.format("10.1242/jcs.033340", "pending")),
    "MIFA117": ("url: https://example.org/code", "url: our website"),
    "MIFA118": ("ncbi_taxon: 9606", "ncbi_taxon: human"),
    "MIFA119": ("    preparation:", "    rrids: [the blue one]\n    preparation:"),
    "MIFA120": ("fbbi_id: FBbi:00000246", "fbbi_id: the usual"),
    "MIFA121": ("    acquisition: Widefield", "    acquisition:"),
    "MIFA122": ("    acquisition: Widefield", "    acquisition: Confocal"),
    "MIFA123": ("specimens:\n", "specimens:\n  - title: Slides\n    biosample: Cells\n    preparation: Frozen.\n"),
    "MIFA124": (SPLITS, ""),
    "MIFA125": ("images/{name}.tif", "images/{name.tif"),
    "MIFA126": (SPLITS, f"{SPLITS}  group_by: patient\n"),
    "MIFA127": ('    files: ["images/{name}.tif"]', '    files: ["images/{name}.tif"]\n    series: t'),
    "MIFA128": ("  accession", "  grants:\n    - grant_id: none\n      funder: EMBO\n  accession"),
    "MIFA129": (
        "    overview:",
        "    file_values: [{annotation: masks/no.tif, transformations: Turned.}]\n    overview:",
    ),
    "MIFA130": ("scientific_name: Homo sapiens", "scientific_name: human"),
    "MIFA131": ("ncbi_taxon: 9606", "ncbi_taxon: 10090"),
    "MIFA132": ("name: fluorescence microscopy", "name: shiny microscopy"),
    "MIFA134": ("biosamples:\n", "biosamples:\n  - title: Nobody's\n"),
    "MIFA136": ("release_date: 2026-12-01", "release_date: 2099-12-01"),
    "MIFA137": ("timestamp: 2026", "timestamp: 2099"),
    "MIFA138": ("timestamp: 2026", "timestamp: 2020"),
    "MIFA146": ("overview: Masks of nuclei.", "overview: \u201cMasks of nuclei.\u201d"),
    "MIFA147": ("overview: Masks of nuclei.", r'overview: "Masks \x07of nuclei."'),
    "MIFA160": ("Nuclei in small synthetic images for tests", "Nuclei"),
    "MIFA161": ("Images of nothing, to test what happens when something is wrong.", "Our images."),
    "MIFA162": ("funding_statement: Not funded.", "funding_statement: TBD"),
    "MIFA164": (AUTHOR, f"{AUTHOR}  - first_name: Truman\n    email: jcarberry@example.com\n"),
    "MIFA165": (AUTHOR, f"{AUTHOR}  - first_name: Josiah\n    last_name: Carberry\n"),
    "MIFA166": ("[nuclei, segmentation]", "[nuclei (DAPI, 48 h), segmentation]"),
    "MIFA170": ("coverage: Everything in focus.", "coverage: 2 of 9 images were annotated."),
    "MIFA171": ("Images of nothing,", "Two-channel images of nothing,"),
    "MIFA172": ("    preparation:", "    channels: [{label: GFP}]\n    preparation:"),
    "MIFA173": ("Images of nothing,", "Z-stacks of nothing,"),
    "MIFA174": ("parameters: 20x", "parameters: 20x, 0.65 µm per pixel"),
    "MIFA175": ("biological_entity: Cells", "biological_entity: Mouse embryos"),
    "MIFA176": ("Images of nothing,", "99 images of nothing,"),
    "MIFA209": ("    overview:", "    pairs: [{annotation: masks/cell0.tif}]\n    overview:"),
    "MIFA213": ('["masks/{name}.tif"]', '["masks/{name}.tif", "masks/{name}.png"]'),
    "MIFA227": ("    overview:", "    format: colour mask\n    overview:"),
    "MIFA353": ("    criteria:", "    created: 2020-01-01T12:00:00Z\n    criteria:"),
    "MIFA358": ("types: segmentation_mask", "types: bounding_boxes"),
    "MIFA365": ("types: segmentation_mask", "types: [segmentation_mask, class_labels]"),
}

# What curators of the BioImage Archive have had to mend by hand, and the code that it is found by.
MENDED_BY_HAND: list[tuple[str, str, str]] = [
    ("  accession", PAPER.format("'https://doi.org/DOI: 10.1242/jcs'", "1").replace("      pubmed_id: 1\n", ""), ""),
    ("  accession", PAPER.format("TBD", "18492790"), "MIFA112"),
    ("  accession", PAPER.format("10.1242/jcs.033340 (in press)", "18492790"), "MIFA112"),
    ("  accession", PAPER.format("'arXiv:2103.00020'", "18492790"), "MIFA112"),
    ("  accession", PAPER.format("10.1242/jcs.033340", "pending"), "MIFA116"),
    ("email: jcarberry@example.com", "email: jcarberry@example.com; jc@example.com", "MIFA114"),
    ("email: jcarberry@example.com", "email: jcarberry@", "MIFA114"),
    SHEETS["MIFA164"] + ("MIFA164",),
    ("    biosample: Cells\n    specimen", "    biosample: cells\n    specimen", "MIFA122"),
    ("[nuclei, segmentation]", "[Images of nuclei, stained with DAPI, in human cells.]", "MIFA166"),
    ("    acquisition: Widefield", "", "MIFA121"),
    ("    specimen: Slides\n", "", "MIFA121"),
    SHEETS["MIFA365"] + ("MIFA365",),
    ("license: CC0", "license: CC-BY 4.0", ""),  # understood
]
