"""PageTab, the form in which BioStudies takes a submission: sections of attributes, and lists of files."""
