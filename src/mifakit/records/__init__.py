"""A dataset described for other systems: dataset in, files out. One module a destination."""
