"""Codes of records, and of what leaves the dataset: exports, models that name it, packages."""

from mifakit.catalogue.entry import ERROR, INFO, WARNING, Entry, Level

ENTRIES: dict[str, Entry] = {
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
