"""What annotations can be that lie in image files; any other format is one of annotation files."""

LABEL_IMAGE = "label image"
"""One file an image, one value an object."""
FILE_PER_OBJECT = "file per object"
"""One black and white file for each object."""
COLOUR_MASK = "colour mask"
"""One file an image, one colour a class."""
IMAGE_FORMATS = (LABEL_IMAGE, FILE_PER_OBJECT, COLOUR_MASK)
