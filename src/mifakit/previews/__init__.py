"""Samples -> small PNGs, as people would look at them."""
