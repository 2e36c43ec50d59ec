"""The finished dataset: its layout, manifest, checksums, splits, and `open_dataset`."""
