"""Every code a finding or an error can carry, with its severity, level and usual mend.

Codes are stable. The hundreds say which step of the data flow speaks:
0 the command and its surroundings, 1 study sheet, 2 lab folder, 3 build, 4 dataset, 5 records.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Severity(StrEnum):
    """How bad it is: an error makes the command exit with 1."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Level(StrEnum):
    """Which promise a finding breaks. Integrity findings, such as a bad checksum, have none."""

    MIFA_REQUIRED = "MIFA-required"
    MIFA_RECOMMENDED = "MIFA-recommended"
    ARCHIVE = "archive"
    AI_READY = "AI-ready"


class Entry(NamedTuple):
    """A row of the catalogue. `basis` is the sentence of MIFA, of the archive or of another rule it stands on."""

    title: str
    severity: Severity
    hint: str | None = None
    level: Level | None = None
    basis: str | None = None


ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO

CATALOGUE: dict[str, Entry] = {
    # 0: the command and its surroundings
    "MIFA001": Entry("a folder or file does not exist", ERROR, "check the path for a typing mistake"),
    "MIFA002": Entry("the output already exists", ERROR, "choose another name, or move the old one away"),
    "MIFA003": Entry("the output is inside the lab folder", ERROR, "write it beside the lab folder instead"),
    "MIFA004": Entry("the output cannot be written", ERROR, "choose a folder that you may write to"),
    "MIFA005": Entry("a plugin is broken", WARNING, "reinstall or remove the package that provides it"),
    "MIFA006": Entry("the disk is too full", ERROR, "free some space and run it again: what is finished is kept"),
    "MIFA007": Entry("the code is not in the catalogue", ERROR, "codes look like MIFA101; findings print them"),
    "MIFA008": Entry("the place has the wrong kind", ERROR, "give a folder where a folder is asked for"),
    "MIFA009": Entry("the cluster cannot be used", ERROR, "check its address, or build without it"),
    # 1: study sheet
    "MIFA100": Entry(
        "the study sheet cannot be read",
        ERROR,
        "save it as plain UTF-8 text",
        basis="mifakit: a sheet is text that every program reads, UTF-8",
    ),
    "MIFA101": Entry(
        "a field that MIFA requires is empty",
        ERROR,
        "fill it in",
        level=Level.MIFA_REQUIRED,
        basis="MIFA's schema: slots with required: true, such as Study.title and Annotations.annotation_type",
    ),
    "MIFA102": Entry(
        "a field that MIFA recommends is empty",
        WARNING,
        "fill it in if you can",
        level=Level.MIFA_RECOMMENDED,
        basis="MIFA: authors, criteria, coverage and confidence level give credit, and let others judge annotations",
    ),
    "MIFA103": Entry(
        "the sheet has a field that does not exist",
        ERROR,
        "correct its name, or remove it",
        basis="mifakit: a sheet has the fields of MIFA, REMBI and the conversion; no other is lost unseen",
    ),
    "MIFA104": Entry(
        "a value is not one of those allowed",
        ERROR,
        "use one of the values that are listed",
        basis="MIFA's schema: AnnotationType and LicenseType are closed lists; so are the sheet's own choices",
    ),
    "MIFA105": Entry(
        "a value has the wrong form",
        ERROR,
        "see the example above the field",
        basis="mifakit: a value that cannot be understood is never guessed",
    ),
    "MIFA106": Entry(
        "the sheet is not valid YAML",
        ERROR,
        "check quotes, colons and indentation on that line",
        basis="YAML 1.2: a sheet is a YAML document",
    ),
    "MIFA107": Entry(
        "the sheet has a tab",
        ERROR,
        "YAML indents with spaces: replace each tab by two spaces",
        basis="YAML 1.2, 6.1: indentation is made of spaces, never of tabs",
    ),
    "MIFA108": Entry(
        "the same field stands twice",
        ERROR,
        "keep one of the two",
        basis="YAML 1.2, 3.2.1.1: the keys of a mapping are unique",
    ),
    "MIFA109": Entry(
        "the workbook cannot be read",
        ERROR,
        "open it in your spreadsheet program and save it as Excel workbook (.xlsx)",
        basis="ECMA-376: a workbook is an archive of XML parts, without password and without a document type",
    ),
    "MIFA110": Entry(
        "a sheet or a table of the workbook is missing",
        ERROR,
        "give sheets and tables the names that mifa init gave them",
        basis="mifakit: sheets, tables and fields of the workbook are found by their names",
    ),
    "MIFA111": Entry(
        "malformed ORCID iD",
        ERROR,
        "sixteen digits in groups of four, e.g. 0000-0002-1825-0097",
        basis="ORCID: sixteen digits, the last one a check digit by ISO 7064 mod 11-2",
    ),
    "MIFA112": Entry(
        "malformed DOI",
        ERROR,
        "give the bare DOI, e.g. 10.1242/jcs.033340",
        basis="DOI Handbook: a DOI is 10., a registrant's number, a slash and a suffix",
    ),
    "MIFA113": Entry(
        "malformed ROR id",
        ERROR,
        "copy it from ror.org, e.g. https://ror.org/02catss52",
        basis="ROR: a zero, six letters or digits, and a checksum by ISO 7064 mod 97-10",
    ),
    "MIFA114": Entry(
        "malformed e-mail address",
        ERROR,
        "one address, e.g. jcarberry@example.com",
        basis="BIA's form: each author has one e-mail address, of the form that MIFA's schema gives for email",
    ),
    "MIFA115": Entry(
        "malformed date",
        ERROR,
        "write year-month-day, e.g. 2026-03-31",
        basis="MIFA's schema: dates and times are ISO 8601; BIA's form: ReleaseDate is YYYY-MM-DD",
    ),
    "MIFA116": Entry(
        "malformed PubMed id",
        ERROR,
        "give the number alone, e.g. 18492790",
        basis="NLM: a PubMed id is a number, a PubMed Central id PMC and a number",
    ),
    "MIFA117": Entry(
        "malformed web address", ERROR, "start it with https://", basis="MIFA's schema: Links.link_url is a URI"
    ),
    "MIFA118": Entry(
        "malformed NCBI taxon id", ERROR, "give the number alone, e.g. 9606", basis="NCBI Taxonomy: an id is a number"
    ),
    "MIFA119": Entry(
        "malformed RRID",
        ERROR,
        "copy it from scicrunch.org, e.g. RRID:AB_2313773",
        basis="SciCrunch: an RRID is the authority's letters, an underscore, and its own id",
    ),
    "MIFA120": Entry(
        "malformed FBbi id",
        ERROR,
        "copy it from the FBbi ontology, e.g. FBbi:00000251; mifa terms method TEXT looks it up",
        basis="BIA's profile: fbbiId is the id of a term of FBbi",
    ),
    "MIFA121": Entry(
        "a field that the archive requires is empty",
        WARNING,
        "fill it in before submission",
        level=Level.ARCHIVE,
        basis="BIA's form BioImages.v5: fields that it marks as required, and the associations of each study component",
    ),
    "MIFA122": Entry(
        "a name points to nothing in the sheet",
        ERROR,
        "use the exact title of an entry above",
        basis="BIA's form: associations name entries by their exact titles",
    ),
    "MIFA123": Entry(
        "two entries have the same title",
        ERROR,
        "give each entry a title of its own",
        basis="BIA's form: associations name entries by title, so that titles must be unique",
    ),
    "MIFA124": Entry(
        "a field that AI-readiness needs is empty",
        WARNING,
        "fill it in if you can",
        level=Level.AI_READY,
        basis="MIFA: a dataset for AI is divided into training, validation and test data",
    ),
    "MIFA125": Entry(
        "a file pattern is malformed",
        ERROR,
        "for example images/{name}.tif",
        basis="mifakit: a pattern is a path with fields in braces and stars",
    ),
    "MIFA126": Entry(
        "the sheet goes by a field that no pattern has",
        ERROR,
        "use a field in braces of images: files:",
        basis="mifakit: what the sheet goes by must be a field of a pattern, or it would divide nothing",
    ),
    "MIFA127": Entry(
        "series names a field that no pattern has",
        ERROR,
        "write the axis as a field, such as _t{t:03d}",
        basis="mifakit: a series lies along axes that its pattern names",
    ),
    "MIFA128": Entry(
        "malformed grant number",
        ERROR,
        "give the number as the funder writes it, e.g. ALTF 1234-567",
        basis="MIFA, GrantReference.grant_id: the identifier for the grant",
    ),
    "MIFA129": Entry(
        "values of a single file name no annotation file",
        ERROR,
        "write the file's path in the lab folder, as mifa scan shows it, or remove the entry",
        basis="MIFA, FileLevelMetadata.annotation_id: what is said at file level is said of an annotation",
    ),
    "MIFA130": Entry(
        "an organism is not called by its scientific name",
        WARNING,
        "mifa terms organism TEXT looks it up",
        level=Level.ARCHIVE,
        basis="BioImages.v5, Biosample.Organism: a name of the NCBI Taxonomy",
    ),
    "MIFA131": Entry(
        "a name and its id differ",
        WARNING,
        "correct one of the two",
        level=Level.ARCHIVE,
        basis="BIA's profile: a Taxon, an imaging method, a Contributor and an Affiliation have one id each",
    ),
    "MIFA132": Entry(
        "an imaging method is not in the archive's list",
        WARNING,
        "mifa terms method TEXT looks for its name there",
        level=Level.ARCHIVE,
        basis="BioImages.v5, Image acquisition.Imaging method: a term of FBbi below FBbi:00000222, imaging method",
    ),
    "MIFA133": Entry(
        "an identifier is not registered",
        WARNING,
        "open it in a browser, and copy it again from where it is registered",
        level=Level.ARCHIVE,
        basis="ORCID, ROR and DOI: what is not registered names nobody and nothing, though its form is right",
    ),
    "MIFA134": Entry(
        "no image set names an entry",
        WARNING,
        "name its title in the image set that it belongs to, or remove it",
        level=Level.ARCHIVE,
        basis="BioImages.v5, Study Component.Associations: each component names what it was made with, by title",
    ),
    "MIFA135": Entry(
        "an identifier could not be looked up",
        INFO,
        "try again later, or open it in a browser",
        basis="ORCID, ROR and DOI are looked up with --online alone; what is not looked up is not wrong",
    ),
    "MIFA136": Entry(
        "the release date cannot be",
        WARNING,
        "a day after this version was made, at most two years ahead",
        level=Level.ARCHIVE,
        basis="BIA's form: ReleaseDate is the day on which the record becomes public, at most two years ahead",
    ),
    "MIFA137": Entry(
        "a date lies in the future",
        WARNING,
        "check day, month and year",
        basis="MIFA's schema: timestamp and annotation_creation_time say when something was made",
    ),
    "MIFA138": Entry(
        "an image was acquired after the dataset was made",
        WARNING,
        "check the dates in the sheet, and the clock of the microscope",
        basis="MIFA's schema: Version.timestamp is when the version, with all its images, was made",
    ),
    "MIFA140": Entry(
        "the spreadsheet may have changed what was typed",
        ERROR,
        "give the cell the format Text, then type the value again",
        basis="ECMA-376: of a date or a number the file keeps what it came to, and not what was typed",
    ),
    "MIFA141": Entry(
        "a cell holds a formula",
        ERROR,
        "type the value itself",
        basis="ECMA-376: a formula says what another cell says, and its result may be old or missing",
    ),
    "MIFA142": Entry(
        "cells are merged",
        ERROR,
        "unmerge them, and write the value into each",
        basis="ECMA-376: of merged cells only the first one holds a value",
    ),
    "MIFA143": Entry(
        "a part of the workbook is hidden",
        WARNING,
        "show it and check it: what is hidden is read as well",
        basis="mifakit: what is published must have been seen by those who publish it",
    ),
    "MIFA144": Entry(
        "a part of the workbook is not read",
        WARNING,
        "move it below the header that it belongs to, or remove it",
        basis="mifakit: nothing that people wrote is left out in silence",
    ),
    "MIFA145": Entry(
        "the sheet and the workbook were changed differently",
        ERROR,
        "write the same into both, then sync again",
        basis="mifakit: which of two values is right, only people can tell",
    ),
    "MIFA146": Entry(
        "quotation marks are part of a value",
        WARNING,
        'remove them, or write straight ones: "',
        basis="YAML 1.2: only straight quotation marks enclose a value",
    ),
    "MIFA147": Entry(
        "a character that cannot be seen",
        ERROR,
        "delete it and type it again",
        basis="YAML 1.2: only plain spaces indent and separate; XML 1.0: control characters are no text",
    ),
    "MIFA148": Entry(
        "two rows say the same",
        WARNING,
        "remove one of them",
        basis="MIFA: each author and each annotation set is described once",
    ),
    "MIFA149": Entry(
        "a change cannot be carried over",
        ERROR,
        "make this change in the other file by hand, then sync again",
        basis="mifakit: what people wrote stays as it is, or is not touched at all",
    ),
    "MIFA150": Entry(
        "no format knows this document",
        ERROR,
        "export it as one of these, or copy what it says into the sheet",
        basis="A document is known by what it holds: MIFA's, BIA's, OME's, DataCite's, Zenodo's and CFF's field names.",
    ),
    "MIFA151": Entry(
        "two documents say different things",
        WARNING,
        "name the document that is right first, or correct the sheet",
        basis="MIFA has one value for each of these fields, so only one of the two can stand.",
    ),
    "MIFA152": Entry(
        "a part of a document has no place in the sheet",
        WARNING,
        "if it matters, add it to a description in the sheet",
        basis="Neither MIFA nor REMBI nor the BioImage Archive's form has a field for it.",
    ),
    "MIFA153": Entry(
        "a document holds what its archive or program keeps for itself",
        INFO,
        "nothing need be done",
        basis="Counters, dates and ids of an archive's own are made anew by the next one.",
    ),
    "MIFA154": Entry(
        "a value was changed to fit the sheet",
        INFO,
        "correct it in the sheet where the change is wrong",
        basis="MIFA asks for given and family name apart, and names of annotation sets name labels in OME-Zarr.",
    ),
    "MIFA155": Entry(
        "files of a document are not in the lab folder",
        WARNING,
        "check the paths, or that no file is missing",
        basis="MIFA's annotation_id and source_image_id are paths of files that come with the study.",
    ),
    "MIFA156": Entry(
        "a document's file list cannot be read",
        WARNING,
        "put it beside the document and run mifa init again",
        basis="BioStudies and BIA's RO-Crate keep a study's list of files in a file of its own.",
    ),
    "MIFA160": Entry(
        "the title is too short",
        WARNING,
        "say what was imaged, how, and for what",
        level=Level.ARCHIVE,
        basis="BIA's form BioImages.v5: a title has 25 characters or more",
    ),
    "MIFA161": Entry(
        "the description says too little",
        WARNING,
        "say what the images show and which biological question they help to answer",
        level=Level.MIFA_REQUIRED,
        basis="MIFA's schema, Study.description: must contain the biological application of the dataset",
    ),
    "MIFA162": Entry(
        "a placeholder stands for a value",
        WARNING,
        "fill in what is true, or leave it empty",
        basis="MIFA's schema: a required slot says something; BIA's curators find TBD in its place",
    ),
    "MIFA164": Entry(
        "two people have the same e-mail address",
        WARNING,
        "give each their own",
        level=Level.ARCHIVE,
        basis="BIA's form: an e-mail address belongs to one author; BIA's curators mend duplicates by hand",
    ),
    "MIFA165": Entry(
        "a person stands twice in a list",
        WARNING,
        "make one entry of the two",
        level=Level.ARCHIVE,
        basis="BIA's form: one section for each author",
    ),
    "MIFA166": Entry(
        "a sentence was split at its commas",
        WARNING,
        "put the sentence in quotes, as one item",
        level=Level.ARCHIVE,
        basis="BIA's form: keywords, roles and variables are repeated fields, an item each",
    ),
    "MIFA170": Entry(
        "the coverage is not that of the files",
        WARNING,
        "correct coverage in the sheet, or add what is missing",
        level=Level.MIFA_RECOMMENDED,
        basis="MIFA's schema, annotation_coverage: which images were annotated, and what percentage",
    ),
    "MIFA171": Entry(
        "the number of channels is not that of the files",
        WARNING,
        "correct the sentence, or the axes of the images",
        basis="REMBI, Specimen and Image data: channels",
    ),
    "MIFA172": Entry(
        "the channels' names are not those of the files",
        WARNING,
        "use the files' names, in their order",
        basis="REMBI, Specimen: each channel with its content; BIA's channelLabel is the channel's name",
    ),
    "MIFA173": Entry(
        "the dimensions are not those of the files",
        WARNING,
        "correct the sentence, or set axes or series in the sheet",
        basis="REMBI, Image data: dimension extents",
    ),
    "MIFA174": Entry(
        "the pixel size is not that of the files",
        WARNING,
        "correct the sentence, or set pixel_size in the sheet",
        basis="REMBI, Image data: size of a pixel",
    ),
    "MIFA175": Entry(
        "the text speaks of another organism",
        WARNING,
        "correct the organism of the biosample, or the text",
        basis="BIA's form, Biosample.Organism: the species of what was imaged",
    ),
    "MIFA176": Entry(
        "a number in the text is not that of the files",
        WARNING,
        "correct the number, or add what is missing",
        basis="MIFA's schema, Study.description: it describes this dataset",
    ),
    "MIFA188": Entry(
        "the sheet cannot be mended by program",
        ERROR,
        "mifa fix mends study sheets in YAML; mifa sync carries that into a workbook",
        basis="mifakit: what is mended keeps every other byte",
    ),
    "MIFA189": Entry(
        "a profile cannot be used",
        ERROR,
        "a profile has levels: and codes:, each with error, warning, info or off",
        basis="mifakit: a rule is never switched off by a slip",
    ),
    # 2: lab folder
    "MIFA201": Entry("the lab folder holds no image", ERROR, "check the folder and the patterns in the sheet"),
    "MIFA202": Entry(
        "a file or folder cannot be read", ERROR, "check that you may read it; if it is damaged, get another copy"
    ),
    "MIFA203": Entry("a file is truncated", ERROR, "copy it again from where it was acquired"),
    "MIFA204": Entry("a file is not what its name says", ERROR, "download or export it again"),
    "MIFA205": Entry(
        "the pixel size is missing or not believable",
        WARNING,
        "set pixel_size in the sheet",
        level=Level.AI_READY,
        basis="REMBI, Image data: size of a pixel",
    ),
    "MIFA206": Entry("the axes are not known", ERROR, "set axes in the sheet, for example axes: zyx"),
    "MIFA207": Entry("an image has no annotation", WARNING, "annotate it, or say why not under coverage: in the sheet"),
    "MIFA208": Entry("an annotation has no image", ERROR, "add its image, or exclude the file in the sheet"),
    "MIFA209": Entry("an annotation could belong to several images", ERROR, "settle it under pairs: in the sheet"),
    "MIFA210": Entry(
        "several annotations could belong to one image",
        ERROR,
        "settle it under pairs:, or make a second annotation set",
    ),
    "MIFA211": Entry("no reader knows this file", WARNING, "convert it to OME-TIFF, or exclude it in the sheet"),
    "MIFA213": Entry("a pattern matches no file", ERROR, "compare it with the file names in the lab folder"),
    "MIFA214": Entry("the file declares more pixels than the limit", ERROR, "check the file; it may be damaged"),
    "MIFA215": Entry("planes of a file fit no image", ERROR, "export it again, each image to a file of its own"),
    "MIFA216": Entry("a file matches no pattern", INFO, "add it to a pattern, or to exclude: if it is not wanted"),
    "MIFA217": Entry("a package is missing", ERROR, "install the extra that the message names"),
    "MIFA218": Entry(
        "chunks of the source are missing",
        WARNING,
        "compare it with the original: its writer left out what is empty, or a copy broke off",
    ),
    "MIFA219": Entry("files of a series differ", ERROR, "exclude the odd one, or make it a set of its own"),
    "MIFA220": Entry("two files stand for one place of a series", ERROR, "exclude one of them in the sheet"),
    "MIFA221": Entry("a series has gaps", ERROR, "add the missing files, or exclude all of that place"),
    "MIFA222": Entry("a series skips numbers", WARNING, "check that no file is missing"),
    "MIFA223": Entry("a file holds no image of this name", ERROR, "mifa scan lists the names that there are"),
    "MIFA224": Entry("an image does not fit into memory", ERROR, "give it more --memory, or export it as OME-TIFF"),
    "MIFA225": Entry(
        "parts of a mosaic were never imaged", WARNING, "crop the image, or mask what is 0 before you use it"
    ),
    "MIFA226": Entry("an annotation file is over budget", ERROR, "split it, one file for some of the images"),
    "MIFA227": Entry("the sheet must say more about an annotation file", ERROR, "set what the message names"),
    "MIFA228": Entry("annotations name images that are not here", WARNING, "check that no image is missing"),
    "MIFA229": Entry("an annotation file names another image than its pattern", ERROR, "settle it under pairs:"),
    "MIFA230": Entry("a table of conditions cannot be read", ERROR, "save it as CSV UTF-8, with a column called well"),
    "MIFA231": Entry("a table of conditions names a well wrong", ERROR, "one row a well, named like A01"),
    "MIFA232": Entry("a table of conditions names wells without image", WARNING, "check that no image is missing"),
    "MIFA233": Entry("a well has no conditions", WARNING, "add its row to the table"),
    "MIFA234": Entry("an image has no place on its plate", ERROR, "correct the pattern, or exclude the file"),
    # 3: build
    "MIFA301": Entry("two files would get one name", ERROR, "exclude one of them, or rename it in a copy"),
    "MIFA302": Entry(
        "the annotation's size differs from its image",
        ERROR,
        "export the mask again at the size of its image",
    ),
    "MIFA303": Entry("the labels are not whole numbers", ERROR, "export the labels as 16-bit or 32-bit integers"),
    "MIFA304": Entry("the labels are negative", ERROR, "labels start at 0, the background"),
    "MIFA305": Entry("the mask is a colour picture", ERROR, "export one grey value an object"),
    "MIFA306": Entry(
        "what was written differs from the source",
        ERROR,
        "run the build again; if it repeats, check the disk and report it",
    ),
    "MIFA307": Entry("objects overlap", WARNING, "check the pixels that both objects claim"),
    "MIFA308": Entry("the alpha channel is not fully opaque", ERROR, "set alpha: keep in the sheet"),
    "MIFA309": Entry("an object is hidden or empty", WARNING, "check the file that holds it"),
    "MIFA310": Entry("nothing could be built", ERROR, "mend what the findings name, then build again"),
    "MIFA311": Entry(
        "the mask holds only one object value",
        INFO,
        "if it outlines many objects, export one value an object",
    ),
    "MIFA312": Entry("the source changed while it was read", ERROR, "build from a copy that nobody writes to"),
    "MIFA313": Entry("an unexpected error", ERROR, "this is a bug in mifakit or a plugin: please report it"),
    "MIFA314": Entry("the sheet and the file disagree", ERROR, "correct the sheet, or exclude the file"),
    "MIFA315": Entry(
        "a process died of a file",
        ERROR,
        "the file may be damaged, or memory ran out: try fewer --workers",
    ),
    "MIFA330": Entry("a plate's name is taken", ERROR, "give each image set's plates names of their own"),
    "MIFA331": Entry(
        "two images stand for one field of a well",
        ERROR,
        "name what numbers them under plate: field in the sheet, or exclude one",
    ),
    "MIFA340": Entry("shapes lie outside the image", WARNING, "check which image they were drawn on"),
    "MIFA341": Entry("shapes have no area", WARNING, "a slip of the mouse leaves them behind: delete them"),
    "MIFA342": Entry("outlines cross themselves", WARNING, "their inside is not defined: draw them again"),
    "MIFA343": Entry("points lie outside the image", WARNING, "check which image they were set on"),
    "MIFA344": Entry("x and y seem to be swapped", WARNING, "name the columns in the sheet, or export the file again"),
    "MIFA345": Entry("boxes seem to be off by one", WARNING, "set first_pixel in the sheet: 0 or 1"),
    "MIFA346": Entry("coordinates seem not to be in pixels", WARNING, "set unit in the sheet, for example micrometer"),
    "MIFA347": Entry("the same object stands twice", WARNING, "delete one of the two"),
    "MIFA348": Entry("two images have the same annotation", WARNING, "check that each has its own"),
    "MIFA349": Entry("names of classes are nearly the same", WARNING, "agree on one spelling"),
    "MIFA350": Entry("tracks have gaps", WARNING, "check the frames where the object is missing"),
    "MIFA351": Entry("an object has two parents", WARNING, "unless cells fuse, one of the links is wrong"),
    "MIFA352": Entry("a parent comes after its child", ERROR, "check the table of tracks"),
    "MIFA353": Entry("an annotation is older than its image", WARNING, "check that it was made on this image"),
    "MIFA354": Entry("an object is in several pieces", WARNING, "give each piece an id of its own, if it is an object"),
    "MIFA355": Entry("rows of a table are of objects that are not there", WARNING, "check which image the table is of"),
    "MIFA356": Entry("objects have no row in their table", WARNING, "check which image the table is of"),
    "MIFA357": Entry("a mask has no background", WARNING, "if one value is the background, it must be 0"),
    "MIFA358": Entry(
        "the types of annotation are not those of the files",
        WARNING,
        "correct types in the sheet",
        level=Level.MIFA_REQUIRED,
        basis="MIFA's schema: annotation_type is required; it says what the files hold",
    ),
    "MIFA359": Entry("a part of an annotation file was not taken over", WARNING, "see what its format keeps"),
    "MIFA360": Entry("colours of a mask are not in the legend", WARNING, "save masks as PNG, without smoothing"),
    "MIFA361": Entry("coordinates are not numbers", WARNING, "these objects are left out: draw them again"),
    "MIFA362": Entry("labels are stored as decimal numbers", INFO, "they are whole, and are stored as such"),
    "MIFA365": Entry(
        "nobody says what the values of a mask mean",
        WARNING,
        "list them under classes in the sheet",
        level=Level.AI_READY,
        basis="MIFA's schema, annotation_criteria; BIA's curators ask what the values of a mask mean",
    ),
    # 4: dataset
    "MIFA400": Entry("this is not a mifakit dataset", ERROR, "point at the folder that holds manifest.parquet"),
    "MIFA401": Entry("an OME-Zarr image breaks the specification", ERROR, "build it again"),
    "MIFA402": Entry("chunks are missing", ERROR, "they would read as zeros: copy the dataset again"),
    "MIFA403": Entry("labels and image differ in shape", ERROR, "build it again"),
    "MIFA404": Entry("labels and manifest differ in their object ids", ERROR, "build it again"),
    "MIFA405": Entry("manifest and disk differ", ERROR, "copy the dataset again"),
    "MIFA406": Entry("a checksum differs", ERROR, "the file changed or is damaged: copy it again"),
    "MIFA407": Entry("a file is not in checksums.txt", WARNING, "remove it, or build again"),
    "MIFA408": Entry("pixels differ from their digest", ERROR, "copy the dataset again"),
    "MIFA409": Entry(
        "the dataset has no annotation",
        WARNING,
        "add annotations",
        level=Level.MIFA_REQUIRED,
        basis="MIFA: a dataset has annotations, at least one set",
    ),
    "MIFA410": Entry(
        "no train/val/test split",
        WARNING,
        "add splits to the sheet",
        level=Level.AI_READY,
        basis="MIFA: a dataset for AI is divided into training, validation and test data",
    ),
    "MIFA411": Entry(
        "the same pixels are in two samples",
        WARNING,
        "exclude one of them in the sheet",
        level=Level.AI_READY,
        basis="good practice in machine learning: test data are not among the training data",
    ),
    "MIFA412": Entry(
        "a group is in two splits",
        ERROR,
        "keep a group's samples in one split",
        level=Level.AI_READY,
        basis="good practice in machine learning: what belongs together, such as a patient, is not in two splits",
    ),
    "MIFA413": Entry(
        "a sample has no pixel size",
        WARNING,
        "set pixel_size in the sheet",
        level=Level.AI_READY,
        basis="REMBI, Image data: size of a pixel",
    ),
    "MIFA414": Entry("the labels are not integers", ERROR, "build it again"),
    "MIFA415": Entry("a table of annotations and the manifest differ", ERROR, "build it again"),
    "MIFA416": Entry("a graph is broken", ERROR, "build it again"),
    # 5: records
    "MIFA501": Entry("a MIFA document breaks its schema", ERROR, "complete the study sheet and describe again"),
    "MIFA502": Entry("the RO-Crate breaks the archive's profile", ERROR, "run mifa describe again"),
    "MIFA503": Entry("the file list breaks the archive's rules", ERROR, "run mifa describe again"),
    "MIFA504": Entry("a record is missing", ERROR, "run mifa describe"),
    "MIFA505": Entry(
        "the archive would not accept this",
        WARNING,
        "fill in the archive fields of the sheet",
        level=Level.ARCHIVE,
        basis="BIA's RO-Crate profile and form: what ingest requires",
    ),
    "MIFA506": Entry("there is no such record", ERROR, "use one of the names that are listed"),
    "MIFA507": Entry("the sheet and the dataset disagree", ERROR, "keep the names that the dataset was built with"),
    "MIFA508": Entry("an export leaves something out", WARNING, "choose a format that has a place for it"),
    "MIFA509": Entry("the annotation set is not named", ERROR, "name one with --set"),
    "MIFA510": Entry(
        "the BioStudies record breaks the archive's form",
        ERROR,
        "run mifa describe again",
        basis="BIA's forms BioImages.v5 and BioImages.MIFA.v1: their sections and fields; "
        "BioStudies: references resolve, associations name a Title",
    ),
    "MIFA511": Entry(
        "the archive's form asks for more",
        WARNING,
        "fill it in before submission",
        level=Level.ARCHIVE,
        basis="BIA's forms BioImages.v5 and BioImages.MIFA.v1: fields whose display is required, "
        "allowed values, lengths and dates",
    ),
    "MIFA512": Entry(
        "a BioStudies file list breaks the archive's rules",
        ERROR,
        "run mifa describe again",
        basis="BioStudies: the first header is Files, no header is blank, paths are of its characters; "
        "BIA: annotations name their Source Image",
    ),
    "MIFA513": Entry(
        "malformed accession number",
        ERROR,
        "copy it from the archive, e.g. S-BIAD634",
        basis="BioStudies' accession numbers are S-, letters and a number; EMPIAR's EMPIAR- and a number",
    ),
    "MIFA530": Entry(
        "the bioimage.io record breaks its format",
        ERROR,
        "run mifa describe again",
        basis="bioimageio.spec, dataset 0.3.4: names, lengths, and files that a description refers to",
    ),
    "MIFA531": Entry(
        "a hub has no place for something that was said",
        INFO,
        "change it in the study sheet if it matters there",
        basis="bioimageio.spec takes versions as PEP 440 writes them, and citations with a DOI or an address; "
        "Croissant takes versions of up to three numbers",
    ),
    "MIFA532": Entry(
        "the Croissant record breaks its format",
        ERROR,
        "run mifa describe again",
        basis="Croissant 1.1: every FileObject has a content URL and a sha256 that is the file's",
    ),
    "MIFA533": Entry(
        "a description was not validated",
        WARNING,
        "install bioimage.io's validator: pip install 'mifakit[bioimageio]'",
        basis="bioimage.io takes what bioimageio.spec calls a valid format",
    ),
    "MIFA534": Entry(
        "this is not a bioimage.io model",
        ERROR,
        "give a package: its folder, its rdf.yaml or bioimageio.yaml, or its .zip",
        basis="bioimageio.spec, model 0.5: a model's description has type: model",
    ),
    "MIFA535": Entry(
        "the model names other training data",
        ERROR,
        "check that it is the right model; --replace writes over what it names",
        basis="bioimageio.spec, model 0.5: training_data is one dataset",
    ),
    "MIFA536": Entry(
        "nothing says where the model is found",
        ERROR,
        "give the address where people find it with --url",
        basis="MIFA, Study.ai_models_trained: models are named by web address",
    ),
    "MIFA537": Entry(
        "bioimage.io would refuse the model",
        ERROR,
        "mend its description, then link it",
        basis="bioimageio.spec, model 0.5",
    ),
    "MIFA540": Entry(
        "a record breaks the schema of its destination",
        ERROR,
        "run mifa describe again",
        basis="the schema or the documentation of the destination: DataCite 4.5, Zenodo, CFF 1.2.0, Bioschemas 1.0",
    ),
    "MIFA541": Entry(
        "a destination asks for more than the sheet says",
        WARNING,
        "fill in the field of the sheet, and run mifa describe",
        level=Level.ARCHIVE,
        basis="what the destination's schema, or its documentation, requires",
    ),
    "MIFA542": Entry(
        "the accession number is not one of the archive",
        WARNING,
        "write it as the archive gave it, such as S-BIAD634",
        level=Level.ARCHIVE,
        basis="the BioImage Archive's accession numbers are S-BIAD and a number, and its DOIs are 10.6019/ and that",
    ),
    "MIFA543": Entry(
        "the gallery card refers to a file that is not there",
        ERROR,
        "run mifa describe again; build again if previews are missing",
        basis="whatever a record names must be in the dataset",
    ),
    "MIFA550": Entry(
        "there is no such destination",
        ERROR,
        "use one of the names that are listed",
        basis="each destination takes other files: what is sent must be made for one",
    ),
    "MIFA551": Entry(
        "two things would be sent under one name",
        ERROR,
        "rename one of the images in the lab folder and build again",
        basis="BIA's file list names each file once",
    ),
    "MIFA552": Entry(
        "the records of the submission are broken",
        ERROR,
        "run mifa validate on the dataset, mend what it finds, and package again",
        basis="BIA's validator and its ingest read the crate and the file list against the uploaded files",
    ),
    "MIFA553": Entry(
        "more than the destination takes",
        WARNING,
        "SUBMIT.md says whom to ask",
        basis="Zenodo takes 50 GB a record unless asked, the Hugging Face Hub advises 20 GB a file",
    ),
    "MIFA554": Entry(
        "a record that the destination needs is missing",
        ERROR,
        "run mifa describe; if it does not write it, install the package that does",
        basis="BIA's ingest needs its crate and one file list, the hubs a card or a description",
    ),
    "MIFA555": Entry(
        "the destination does not take the licence",
        ERROR,
        "set study: license in the dataset's mifa.yaml, then run mifa describe",
        basis="MIFA and BIA's form take CC0 and CC BY 4.0, and no other licence",
    ),
    "MIFA556": Entry(
        "this is a submission, not a dataset",
        ERROR,
        "point at the dataset that it was made of; sha256sum -c checksums.txt tells whether its files are whole",
        basis="a submission is made of a dataset and never changed: what is mended, is mended in the dataset",
    ),
    "MIFA560": Entry(
        "an e-mail address that nobody released",
        WARNING,
        "remove it, or package with --scrub",
        basis="an address is personal data (GDPR, article 4): it is published with its owner's consent only",
    ),
    "MIFA561": Entry(
        "a folder of somebody's own",
        WARNING,
        "remove the path, or package with --scrub",
        basis="it names an account, which is personal data (GDPR, article 4)",
    ),
    "MIFA562": Entry(
        "a serial number",
        WARNING,
        "remove it, or package with --scrub",
        basis="OME-XML's SerialNumber leads to one device and so to its owner; DICOM PS3.15 removes it too",
    ),
    "MIFA563": Entry(
        "who a patient is",
        WARNING,
        "ask who answers for the data; then remove it, or package with --scrub",
        basis="DICOM PS3.15, annex E: PatientName, PatientID, PatientBirthDate and PatientAddress are removed",
    ),
    "MIFA564": Entry(
        "private things were replaced",
        INFO,
        "look at the file before you send it",
        basis="--scrub was asked for, and says what it did",
    ),
    "MIFA570": Entry(
        "a record says something else than the study sheet",
        ERROR,
        "change mifa.yaml, never the record; then run mifa describe",
        basis="archives and hubs show one dataset under several records: its title, people and terms are the same",
    ),
    "MIFA571": Entry(
        "a record names a file that is not there",
        ERROR,
        "run mifa describe; if a file was lost, copy the dataset again",
        basis="BIA's validator takes paths that do not exist, its ingest does not",
    ),
}
