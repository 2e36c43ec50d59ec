"""`python -m mifakit` is `mifa`."""

from mifakit.cli import main

main()
