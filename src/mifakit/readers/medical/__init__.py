"""NRRD, NIfTI and MetaImage: x first, millimetres."""
