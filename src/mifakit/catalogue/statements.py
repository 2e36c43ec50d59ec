"""Codes of the study sheet as prose: whether it says enough, and the same as the files."""

from mifakit.catalogue.entry import WARNING, Entry, Level

ENTRIES: dict[str, Entry] = {
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
}
