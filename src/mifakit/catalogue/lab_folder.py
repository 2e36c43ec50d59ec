"""Codes of the lab folder: images, annotation files, how they pair, series and plates."""

from mifakit.catalogue.entry import ERROR, INFO, WARNING, Entry, Level

ENTRIES: dict[str, Entry] = {
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
    "MIFA207": Entry(
        "an image has no annotation", WARNING, "annotate it, or name it under coverage: in the sheet and say why not"
    ),
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
}
