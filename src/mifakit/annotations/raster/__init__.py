"""From outlines and masks to label images, and what is found in them."""
