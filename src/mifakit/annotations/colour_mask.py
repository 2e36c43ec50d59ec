def colour_labels(colours, legend, place):
    raise NotImplementedError
