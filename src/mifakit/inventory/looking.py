"""Lab folder -> inventory, when no study sheet says yet which files are what: patterns are proposed on the way."""

from __future__ import annotations

from pathlib import Path

from mifakit.errors import MifaError
from mifakit.inventory.annotation_files import find_annotation_files, is_one_item
from mifakit.inventory.inventory import Inventory
from mifakit.inventory.proposing import Proposal, propose, propose_scenes
from mifakit.inventory.proposing_files import propose_files
from mifakit.inventory.scanning import scan_folder
from mifakit.inventory.tracking_challenge import claimed, find_movies, propose_movies
from mifakit.inventory.walk import walk_files
from mifakit.readers.registry import find_reader


def look(folder: Path) -> tuple[Inventory, Proposal]:
    """Return what a lab folder holds, and the patterns that it was taken with.

    Raises
    ------
    MifaError
        MIFA001 no such folder, MIFA008 not a folder, MIFA202 a folder that cannot be listed.
    """
    if not folder.exists():
        raise MifaError("MIFA001", "there is no such folder", str(folder))
    if not folder.is_dir():
        raise MifaError("MIFA008", "is not a folder", str(folder))
    paths = list(walk_files(folder, is_one_item))
    movies = find_movies(paths)
    paths = sorted({*paths} - {*claimed(movies)})
    files = find_annotation_files(folder, paths)
    images = [path for path in paths if path not in files and find_reader(path)]
    proposal = propose_movies(propose_files(propose(images), files, images), movies)
    inventory = scan_folder(folder, proposal.images, proposal.annotations)
    if inner := propose_scenes(proposal, inventory.images):
        proposal = inner
        inventory = scan_folder(folder, proposal.images, proposal.annotations)
    return inventory, proposal
