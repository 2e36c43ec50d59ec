"""Guessed pairs -> patterns that say the same, as they will stand in the sheet. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath as Path

from mifakit.inventory.conventions import (
    Convention,
    Guess,
    guess_images,
    image_stem,
    says_annotation,
    set_name,
    split_roles,
)
from mifakit.inventory.inventory import ImageFile
from mifakit.inventory.microscopes import FileSeries, find_series
from mifakit.inventory.patterns import FieldIndex, escape, match_first
from mifakit.metadata.annotation_sets import AnnotationSet, Pair
from mifakit.metadata.image_formats import FILE_PER_OBJECT
from mifakit.metadata.image_sets import ImageSet


@dataclass(frozen=True)
class Proposal:
    """Proposed patterns.

    Attributes
    ----------
    images, annotations
        Sets as they would stand in the sheet.
    reasons
        One a set in `annotations`.
    ambiguous
        Annotation paths that fit several images, with the images: people must settle these.
    series
        One a set in `images`: why its files seem to be parts of images; None where each is one.
    """

    images: tuple[ImageSet, ...]
    annotations: tuple[AnnotationSet, ...]
    reasons: tuple[str, ...]
    ambiguous: Mapping[str, tuple[str, ...]]
    series: tuple[FileSeries | None, ...] = ()


def propose(paths: Sequence[str]) -> Proposal:
    """Propose which files are images, which are annotations, and how they pair.

    Patterns are as plain as they can be. Where plain ones would pair anything otherwise than was
    guessed, the folders that image and annotation share become fields; what even that does not
    settle is written out file by file. Files that are not annotated one by one and are named as a
    microscope names the parts of an image become series.

    Parameters
    ----------
    paths
        The files that a reader knows, relative to the lab folder.
    """
    images, annotations = split_roles(paths)
    guesses = guess_images(images, annotations)
    annotated = {image for guess in guesses.values() for image in guess.images}
    series = find_series([path for path in images if path not in annotated])
    parts = {file for one in series for file in one.files}
    single = _propose_single([path for path in images if path not in parts], annotations, guesses)
    sets = [ImageSet(files=[one.pattern], series=one.axes, plate=one.plate) for one in series]
    # Series first: their files would match plainer patterns too.
    return replace(single, images=(*sets, *single.images), series=(*series, *(None for _ in single.images)))


def propose_scenes(proposal: Proposal, images: Sequence[ImageFile]) -> Proposal | None:
    """Propose annotations among the images of files that hold several, such as `raw` and `label`.

    Parameters
    ----------
    proposal
        By paths alone.
    images
        What was found with it.

    Returns
    -------
    Proposal or None
        None when there are none, or it is not plain which image each of them belongs to.
    """
    components, sets, reasons = list(proposal.images), list(proposal.annotations), list(proposal.reasons)
    for index, component in enumerate(components):
        names: dict[str, list[str]] = defaultdict(list)
        for image in images:
            if image.component == index and image.origin.scene_name:
                names[image.origin.path].append(image.origin.scene_name)
        annotations = sorted({name for found in names.values() for name in found if says_annotation(name)})
        annotated = [found for found in names.values() if any(map(says_annotation, found))]
        if not annotated or any(sum(not says_annotation(name) for name in found) != 1 for found in annotated):
            continue
        others = {name for found in names.values() for name in found} - set(annotations)
        components[index] = component.model_copy(update={"scenes": sorted(map(escape, others))})
        for name in annotations:
            title = unused_name(set_name(name), {str(one.name): one for one in sets})
            sets.append(AnnotationSet(name=title, files=component.files, scenes=[escape(name)]))
            reasons.append(f"{sum(name in found for found in names.values())} files hold {name} beside their image")
    if len(sets) == len(proposal.annotations):
        return None
    return replace(proposal, images=tuple(components), annotations=tuple(sets), reasons=tuple(reasons))


def _propose_single(images: Sequence[str], annotations: Sequence[str], guesses: Mapping[str, Guess]) -> Proposal:
    """Propose patterns for images that are in one file each, and for annotations."""
    paths = [*images, *annotations]
    proposal = _generalise(images, guesses, bind_folders=False)
    if _misses(proposal, paths, guesses):
        proposal = _generalise(images, guesses, bind_folders=True)
        proposal = _write_out(proposal, _misses(proposal, paths, guesses), guesses)
    return _leave_out(proposal, [path for path in annotations if path not in guesses])


def _generalise(images: Sequence[str], guesses: Mapping[str, Guess], *, bind_folders: bool) -> Proposal:
    by_convention: dict[Convention, list[str]] = defaultdict(list)
    for path, guess in guesses.items():
        by_convention[guess.convention].append(path)
    sets: dict[str, AnnotationSet] = {}
    reasons: list[str] = []
    image_patterns: list[str] = []
    for convention, files in sorted(by_convention.items()):
        settled = [(guesses[path].images[0], path) for path in files if len(guesses[path].images) == 1]
        for_images, for_files = _patterns(settled, convention.per_object, bind_folders)
        image_patterns += for_images
        name = unused_name(convention.set_name, sets)
        sets[name] = AnnotationSet(
            name=name,
            files=for_files,
            format=FILE_PER_OBJECT if convention.per_object else None,
            pairs=[Pair(annotation=path) for path in sorted(files) if len(guesses[path].images) > 1],
        )
        reasons.append(f"{len(settled)} files paired: {convention.reason}")
    rest = [path for path in images if not match_first(image_patterns, path)]
    image_patterns += _patterns([(path, path) for path in rest], False, bind_folders)[0]
    component = ImageSet(files=list(dict.fromkeys(image_patterns)))
    ambiguous = {path: guess.images for path, guess in guesses.items() if len(guess.images) > 1}
    return Proposal((component,) if images else (), tuple(sets.values()), tuple(reasons), ambiguous)


def unused_name(name: str, taken: Mapping[str, object]) -> str:
    """Return a name for a set that no other has."""
    number, unused = 2, name
    while unused in taken:
        unused, number = f"{name}_{number}", number + 1
    return unused


def patterns_of(pairs: Sequence[tuple[str, str]]) -> tuple[list[str], list[str]]:
    """Return patterns for images and for annotations that say what pairs of paths say, as far as patterns can.

    Parameters
    ----------
    pairs
        Image and annotation.
    """
    plain = _patterns(pairs, False, bind_folders=False)
    return _patterns(pairs, False, bind_folders=True) if untold(*plain, pairs) else plain


def untold(
    image_patterns: Sequence[str], annotation_patterns: Sequence[str], pairs: Sequence[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Return the pairs that patterns do not tell, or tell otherwise."""
    index = FieldIndex(
        {image: match[1] for image, _ in pairs if (match := match_first(image_patterns, image))},
    )
    found = {path: index.find(match[1]) for _, path in pairs if (match := match_first(annotation_patterns, path))}
    return [(image, path) for image, path in pairs if found.get(path) != [image]]


Parts = list[str]


def _patterns(pairs: Sequence[tuple[str, str]], per_object: bool, bind_folders: bool) -> tuple[list[str], list[str]]:
    """Return the patterns for images and annotations that say the same as the pairs.

    Pairs of the same build - depth, suffixes, what follows the stem - share a pattern. A folder
    that differs within them becomes a field; one that has the image's stem becomes `{name}`.
    """
    builds: dict[tuple[object, ...], list[tuple[Parts, Parts]]] = defaultdict(list)
    for image, annotation in pairs:
        stem = image_stem(image)
        parts, others = _parts(image, stem), _parts(annotation, stem)
        if per_object:  # an object's own name says nothing
            others[-1] = f"*{escape(Path(annotation).suffix)}"
        builds[len(parts), parts[-1], len(others), others[-1]].append((parts, others))
    image_patterns: dict[str, None] = {}
    annotation_patterns: dict[str, None] = {}
    for members in builds.values():
        for parts, others in _with_fields(members, bind_folders):
            image_patterns["/".join(parts)] = annotation_patterns["/".join(others)] = None
    return list(image_patterns), list(annotation_patterns)


def _parts(path: str, stem: str) -> Parts:
    """Return a path's parts as patterns, with `{name}` where the image's stem stands."""
    *folders, file = Path(path).parts
    name = f"{{name}}{escape(file[len(stem) :])}" if file.startswith(stem) else escape(file)
    return [*("{name}" if folder == stem else escape(folder) for folder in folders), name]


def _with_fields(members: Sequence[tuple[Parts, Parts]], bind_folders: bool) -> list[tuple[Parts, Parts]]:
    fields: dict[int, str] = {}
    for position in range(len(members[0][0]) - 1):
        values = {parts[position] for parts, _ in members}
        shared = all(parts[position] in others[:-1] for parts, others in members)
        if values != {"{name}"} and (len(values) > 1 or (bind_folders and shared)):
            fields[position] = f"{{folder{len(fields) + 1 if fields else ''}}}"
    patterns = set()
    for parts, others in members:
        names = {parts[position]: field for position, field in fields.items()}
        here = tuple(fields.get(position, part) for position, part in enumerate(parts))
        there = (*(names.get(part, part) for part in others[:-1]), others[-1])
        patterns.add((here, there))
    return [(list(here), list(there)) for here, there in sorted(patterns)]


def _misses(proposal: Proposal, paths: Sequence[str], guesses: Mapping[str, Guess]) -> list[str]:
    """Return the annotations that the patterns would pair otherwise than was guessed."""
    files = {
        path: match[1] for one in proposal.annotations for path in paths if (match := match_first(one.files, path))
    }
    images = {
        path: match[1]
        for one in proposal.images
        for path in paths
        if path not in files and (match := match_first(one.files, path))
    }
    index = FieldIndex(images)
    return [
        path
        for path, fields in files.items()
        if set(index.find(fields)) != set(guesses[path].images if path in guesses else ())
    ]


def _write_out(proposal: Proposal, misses: Sequence[str], guesses: Mapping[str, Guess]) -> Proposal:
    """Settle the files that patterns cannot: by a pair where the image is known, else by leaving them out."""
    for one in proposal.annotations:
        for path in misses:
            if match_first(one.files, path):
                guess = guesses.get(path)
                if guess and len(guess.images) == 1:
                    one.pairs.append(Pair(annotation=path, image=guess.images[0]))
                elif not guess:
                    one.exclude.append(escape(path))
    return proposal


def _leave_out(proposal: Proposal, lonely: Sequence[str]) -> Proposal:
    """Keep annotations without an image from being taken for images."""
    for path in lonely:
        for component in proposal.images:
            if match_first(component.files, path) and not any(
                match_first(one.files, path) for one in proposal.annotations
            ):
                component.exclude.append(escape(path))
    return proposal
