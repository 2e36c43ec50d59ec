"""Annotation files -> what they say, independent of the format. One module a format."""
