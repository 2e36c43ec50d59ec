"""Zarr folders: OME-Zarr, plates, plain arrays."""
