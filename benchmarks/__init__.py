"""The reproducible comparison: mifakit, its peers, and the floor on the same work. See README.md."""
