"""Codes of the study sheet in other forms: the workbook, and documents that it is begun with."""

from mifakit.catalogue.entry import ERROR, INFO, WARNING, Entry

ENTRIES: dict[str, Entry] = {
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
}
