"""Samples -> small JPEGs, as people would look at them."""
