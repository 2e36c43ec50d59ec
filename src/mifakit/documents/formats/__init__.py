"""One leaf a format of documents."""
