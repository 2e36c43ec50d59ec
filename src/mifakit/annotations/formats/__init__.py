"""One module a format of annotation files. Leaves: they never import each other."""
