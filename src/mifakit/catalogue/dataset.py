"""Codes of a finished dataset: images, labels, tables, manifest, checksums."""

from mifakit.catalogue.entry import ERROR, WARNING, Entry, Level

ENTRIES: dict[str, Entry] = {
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
}
