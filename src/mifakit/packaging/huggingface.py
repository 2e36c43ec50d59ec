"""The Hugging Face Hub: a folder that becomes a dataset repository.

Files are as they are in the dataset, so that a clone of the repository is one again. Where that would be more than
the Hub advises, 100,000 files or 10,000 in a folder, Zarrs are zips.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from mifakit.dataset import layout
from mifakit.dataset.checksums import dataset_files
from mifakit.dataset.dataset import Dataset
from mifakit.findings import Finding
from mifakit.packaging.base import Contents, Package
from mifakit.packaging.guide import render_guide, size
from mifakit.packaging.packed import write_packed
from mifakit.packaging.whole import copy_whole
from mifakit.records.registry import load_records

MANY_FILES, MANY_ENTRIES, LARGE_FILE = 100_000, 10_000, 20 * 10**9
_LARGE = "filter=lfs diff=lfs merge=lfs -text"
_ATTRIBUTES = f"""\
*.jpg {_LARGE}
*.parquet {_LARGE}
*.png {_LARGE}
*.zip {_LARGE}
images/** {_LARGE}
annotations/** {_LARGE}
**/zarr.json -filter -diff -merge text
**/.z* -filter -diff -merge text
"""
_ABOUT = """\
This folder becomes a dataset repository on the Hugging Face Hub: `README.md` is its card, `manifest.parquet` what the
dataset viewer shows. {images}"""


class HuggingFacePackage(Package):
    """`mifa package --for huggingface`."""

    name = "huggingface"
    summary = "the Hugging Face Hub"
    needs = (layout.CARD,)

    def write(self, dataset: Dataset, folder: Path) -> list[Finding]:
        """Copy the dataset, or pack it where it has too many files."""
        if fits(dataset_files(dataset.path)):
            copy_whole(dataset, folder)
        else:
            write_packed(dataset, folder, [record.name for record in load_records()[0]])
        (folder / layout.GIT_ATTRIBUTES).write_text(_ATTRIBUTES, encoding="utf-8", newline="\n")
        found = ((path, path.stat().st_size) for path in sorted(folder.rglob("*")) if path.is_file())
        return [
            Finding.of("MIFA553", f"has {size(nbytes)}, the Hub advises {size(LARGE_FILE)} a file", str(path))
            for path, nbytes in ((path.relative_to(folder), nbytes) for path, nbytes in found)
            if nbytes > LARGE_FILE
        ]

    def guide(self, contents: Contents) -> str:
        """Return the steps of an upload."""
        zipped = any(path.endswith(".ome.zarr.zip") for path in contents.sizes)
        images = "Zarrs are zips, since they are too many files." if zipped else "Files are as they are in the dataset."
        return render_guide(
            contents,
            "the Hugging Face Hub",
            _ABOUT.format(images=images),
            (
                "Make an account and a token that may write, at <https://huggingface.co/settings/tokens>.",
                "Install the client and log in: `pip install huggingface_hub`, then `hf auth login`.",
                f"In this folder, run `hf upload YOUR-NAME/{contents.name} . --repo-type=dataset --exclude "
                f"{layout.GUIDE}`; with clients before 2.0, `huggingface-cli upload-large-folder` in the place of "
                "`hf upload`. When it breaks off, the same command goes on.",
                "Look at the card in your browser; in the *Settings* of the repository, ask for a DOI to be cited by.",
            ),
        )


def fits(files: Iterable[str]) -> bool:
    """Whether the Hub takes so many files, in such folders."""
    count = 0
    entries: dict[str, set[str]] = defaultdict(set)
    for path in files:
        count += 1
        here = path
        while here:
            folder, _, name = here.rpartition("/")
            if name in entries[folder]:
                break
            entries[folder].add(name)
            here = folder
    return count <= MANY_FILES and all(len(names) <= MANY_ENTRIES for names in entries.values())
