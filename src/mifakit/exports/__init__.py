"""Dataset -> annotation files of other tools, one leaf a format."""
