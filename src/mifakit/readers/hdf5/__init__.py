"""HDF5: plain datasets, BigDataViewer, Imaris."""
