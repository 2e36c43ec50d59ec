"""bioimage.io as others write it: descriptions read and validated, models linked with the data that trained them."""
