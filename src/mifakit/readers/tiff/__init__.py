"""TIFF and what is built on it: OME-TIFF, ImageJ, slides, LSM, STK."""
