"""Codes of the command and its surroundings: paths, disk, plugins, cluster."""

from mifakit.catalogue.entry import ERROR, WARNING, Entry

ENTRIES: dict[str, Entry] = {
    "MIFA001": Entry("a folder or file does not exist", ERROR, "check the path for a typing mistake"),
    "MIFA002": Entry("the output already exists", ERROR, "choose another name, or move the old one away"),
    "MIFA003": Entry("the output is inside the lab folder", ERROR, "write it beside the lab folder instead"),
    "MIFA004": Entry("the output cannot be written", ERROR, "choose a folder that you may write to"),
    "MIFA005": Entry("a plugin is broken", WARNING, "reinstall or remove the package that provides it"),
    "MIFA006": Entry("the disk is too full", ERROR, "free some space and run it again: a build goes on where it was"),
    "MIFA007": Entry("the code is not in the catalogue", ERROR, "codes look like MIFA101; findings print them"),
    "MIFA008": Entry("the place has the wrong kind", ERROR, "give a folder where a folder is asked for"),
    "MIFA009": Entry("the workers cannot be had", ERROR, "check its address, or build without it"),
}
