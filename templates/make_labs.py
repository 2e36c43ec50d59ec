"""Writes the lab folders of the templates: small images of what never was, and annotations that lie on it.

    python templates/make_labs.py [folder]

All chance comes from fixed seeds. Outlines and places are (y, x) in pixels from the *middle* of the first pixel; what
a file calls a place is settled where it is written.
"""

from __future__ import annotations

import csv
import json
import sys
import uuid
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import tifffile
from PIL import Image
from roifile import ROI_OPTIONS, ROI_TYPE, ImagejRoi
from scipy import ndimage

from mifakit.example_lab import stains
from mifakit.example_lab.cells import Frame, Nucleus, Outline
from mifakit.example_lab.field import CAMERA, CHANNELS, CONTROL, OBJECTIVE, render_field
from mifakit.example_lab.optics import expose, image_planes, transfer_function

Reals = npt.NDArray[np.float64]
Shape = tuple[int, int]
Rng = np.random.Generator


def main(templates: Path) -> None:
    """Write the lab folder of every template."""
    for name, write in LABS.items():
        rng = np.random.Generator(np.random.PCG64(list(name.encode())))
        write(rng, templates / name / "lab")


# The templates


def nuclei_segmentation(rng: Rng, lab: Path) -> None:
    """DAPI images and label images: 1, 2, 3 ... for the nuclei."""
    for name in ("dish1_a", "dish1_b", "dish2_a"):
        field = render_field(rng, (112, 128), 9, replace(CONTROL, mitotic_fraction=0))
        save_ome_tiff(lab / "images" / f"{name}.tif", field.channels[0], "YX", x=0.325, y=0.325)
        save_tiff(lab / "masks" / f"{name}.tif", field.labels)


def blood_cell_boxes(rng: Rng, lab: Path) -> None:
    """Stained blood smears, and boxes as labelImg writes them: edges, from 0."""
    shape = (112, 128)
    for number, white in enumerate((1, 2), start=1):
        sizes = [16.0] * white + [9.5] * 16 + [3.0] * 3
        outlines = scattered(rng, shape, sizes, border=0.6)
        eosin, azure = np.zeros((2, *shape))
        found = []
        for radius, cell in zip(sizes, outlines, strict=True):
            inside = radii(cell, shape)
            disc = filled(inside, radius)
            if radius > 10:
                eosin += 0.12 * disc
                azure += 0.20 * disc + 1.1 * lobes(rng, cell, shape)
            elif radius > 5:
                eosin += 0.75 * disc * (1 - 0.6 * np.exp(-((inside / 0.5) ** 2)))
            else:
                azure += 0.7 * disc
            kind = "WBC" if radius > 10 else "RBC" if radius > 5 else "Platelet"
            found.append((kind, *box_of(inside < 1)))
        picture = transmitted(rng, ((0.05, 0.50, 0.32), eosin), ((0.62, 0.85, 0.20), azure))
        save_png(lab / "images" / f"smear_{number}.png", picture)
        save_text(lab / "boxes" / f"smear_{number}.xml", voc(f"smear_{number}.png", shape, found))


def histology_polygons(rng: Rng, lab: Path) -> None:
    """Tissue in haematoxylin and eosin; glands with the lumen as a hole, and lymphocytes, as QuPath exports them."""
    shape = (100, 132)
    for number, glands in enumerate((3, 2), start=1):
        frame = Frame(shape, 1.0)
        *tubes, crowd = scattered(rng, shape, [21.0] * glands + [15.0], roughness=0.05)
        fibres = stains.grain(rng, frame, 1.2) + 0.8 * stains.grain(rng, frame, 4)
        eosin, haematoxylin = 0.42 + 0.10 * fibres, np.zeros(shape)
        features = []
        for gland in tubes:
            lumen = replace(gland, major=0.42 * gland.major, minor=0.42 * gland.minor)
            wall, hollow = filled(radii(gland, shape), 22), filled(radii(lumen, shape), 9)
            eosin = eosin * (1 - wall) + 0.30 * wall * (1 - hollow)
            haematoxylin += 0.22 * wall * (1 - hollow)
            for angle in np.linspace(0, 2 * np.pi, 17)[:-1]:
                y, x = towards(gland, angle, 0.78 + 0.03 * rng.standard_normal())
                nucleus = Outline(y, x, 3.4, 2.2, float(np.arctan2(y - gland.y, x - gland.x)))
                haematoxylin += 0.75 * filled(radii(nucleus, shape), 2.8)
            features.append(feature("Gland", (200, 60, 60), [ring(gland), ring(lumen)[::-1]]))
        for cell in scattered(rng, shape, [2.3] * 13, gap=0.2, within=replace(crowd, major=15, minor=15)):
            haematoxylin += 1.1 * filled(radii(cell, shape), 2.3)
        features.append(feature("Lymphocytes", (60, 60, 200), [ring(crowd)]))
        picture = transmitted(rng, ((0.10, 0.95, 0.30), eosin), ((0.75, 0.80, 0.35), haematoxylin))
        save_png(lab / "tiles" / f"patient{number}_tile1.png", picture)
        collection = {"type": "FeatureCollection", "features": features}
        save_text(lab / "annotations" / f"patient{number}_tile1.geojson", json.dumps(collection) + "\n")


def particle_picking(rng: Rng, lab: Path) -> None:
    """Proteasomes in ice, seen from the side, and where they are: one STAR file, as RELION writes it."""
    shape = (112, 128)
    rows = []
    for number, count in enumerate((9, 8, 10), start=1):
        contrast = 10 * stains.grain(rng, Frame(shape, 1.0), 25)
        for particle in scattered(rng, shape, [9.0] * count, aspect=1.35, roughness=0, border=1.3):
            y, x = np.indices(shape)
            along = (x - particle.x) * np.cos(particle.angle) + (y - particle.y) * np.sin(particle.angle)
            bands = 0.75 + 0.25 * np.cos(2 * np.pi * 2 * along / particle.major)
            contrast -= 48 * filled(radii(replace(particle, bluntness=4), shape), 9) * bands
            rows.append((particle.x, particle.y, f"MotionCorr/job002/mic_{number:03d}.mrc"))
        noisy = 138 + contrast + rng.normal(0, 24, shape)
        save_tiff(lab / "micrographs" / f"mic_{number:03d}.tif", to_8_bit(noisy))
    save_text(lab / "particles.star", star(rows))


def colony_counts(rng: Rng, lab: Path) -> None:
    """Plates of a blue-white screen, and a table of how many colonies of each colour somebody counted."""
    shape = (104, 112)
    rows = []
    for name, white, blue in (("plate_A", 14, 5), ("plate_B", 8, 9)):
        dish = Outline(51, 55, 47, 47, 0.0)
        distance = radii(dish, shape)
        agar = filled(distance, 47)
        rim = np.exp(-(((distance - 1) / 0.02) ** 2))
        light = np.array([58, 62, 66]) + agar[..., None] * np.array([142, 122, 78]) + rim[..., None] * 40
        light += 3 * stains.grain(rng, Frame(shape, 1.0), 12)[..., None]
        sizes = rng.uniform(2.4, 3.6, white + blue).tolist()
        colonies = scattered(rng, shape, sizes, within=replace(dish, major=43, minor=43), gap=2.5)
        for place, colony in enumerate(colonies):
            colour = np.array([246, 240, 222] if place < white else [52, 96, 150])
            there = filled(radii(colony, shape), colony.major)[..., None]
            light = light * (1 - there) + colour * there
        save_png(lab / "photos" / f"{name}.png", to_8_bit(light + rng.normal(0, 1.2, light.shape)))
        rows += [(f"{name}.png", "white", white), (f"{name}.png", "blue", blue)]
    save_csv(lab / "counts.csv", ("photo", "colour", "colonies"), rows)


def image_classes(rng: Rng, lab: Path) -> None:
    """One nucleus an image, and a table of the phase that it is in."""
    rows = []
    for number, phase in enumerate(("interphase", "metaphase", "anaphase") * 2, start=1):
        angle = float(rng.uniform(0, np.pi))
        if phase == "interphase":
            nuclei = [Nucleus(blob(rng, 10.4, 10.4, 6.2, aspect=1.25, roughness=0.04), 1.0, condensed=False, height=0)]
        else:
            apart = 0.0 if phase == "metaphase" else 3.6
            y, x = apart * np.cos(angle), -apart * np.sin(angle)
            plates = [Outline(10.4 + side * y, 10.4 + side * x, 5.2, 1.9, angle, bluntness=2.7) for side in (-1, 1)]
            nuclei = [
                Nucleus(plate, 2.0 if phase == "metaphase" else 1.0, condensed=True, height=0)
                for plate in plates[: 1 if phase == "metaphase" else 2]
            ]
        name = f"cell_{number:02d}.tif"
        folder = lab / "crops" / ("train" if number < 4 else "test")
        save_ome_tiff(folder / name, dapi(rng, nuclei, (64, 64)), "YX", x=0.325, y=0.325)
        rows.append((name, phase))
    save_csv(lab / "phases.csv", ("image", "phase"), rows)


def cell_tracking(rng: Rng, lab: Path) -> None:
    """Movies of nuclei, in each of which one divides, laid out as the Cell Tracking Challenge wants it."""
    shape = (72, 88)
    for movie, dividing in (("01", 0), ("02", 2)):
        cells = dict(enumerate(scattered(rng, shape, [6.0] * 4, border=2, gap=10), start=1))
        steps = {label: rng.normal(0, 1.2, 2) for label in cells}
        tracks = {label: [label, 0, FRAMES - 1, 0] for label in cells}
        for t in range(FRAMES):
            if t == DIVISION:
                parent = list(cells)[dividing]
                for label, half in zip((5, 6), halves(cells.pop(parent)), strict=True):
                    cells[label], steps[label] = half, np.zeros(2)
                    tracks[label] = [label, t, FRAMES - 1, parent]
                tracks[parent][2] = t - 1
            labels = np.zeros(shape, np.uint16)
            light = np.full(shape, 14.0)
            for label, cell in cells.items():
                light += 90 * ndimage.gaussian_filter(filled(radii(cell, shape), 6), 0.8)
                labels[radii(cell, shape) < 1] = label
                cells[label] = cell.moved(*(steps[label] + rng.normal(0, 0.4, 2)))
            save_tiff(lab / movie / f"t{t:03d}.tif", to_8_bit(rng.poisson(light)))
            save_tiff(lab / f"{movie}_GT" / "TRA" / f"man_track{t:03d}.tif", labels)
        lines = [" ".join(map(str, tracks[label])) for label in sorted(tracks)]
        save_text(lab / f"{movie}_GT" / "TRA" / "man_track.txt", "\n".join(lines) + "\n")


FRAMES, DIVISION = 5, 3


def neuron_tracing(rng: Rng, lab: Path) -> None:
    """Confocal stacks of a neuron each, and its tree as SWC: micrometres from the corner, along z from a plane."""
    shape, xy, z = (8, 80, 88), 0.5, 1.0
    for number, first in enumerate((0.3, 1.1), start=1):
        tree = neuron(rng, shape, first)
        light = np.full(shape, 5.0)
        planes, rows, columns = np.indices(shape)
        for node in tree:
            parent = tree[node.parent - 1] if node.parent > 0 else node
            for share in np.linspace(0, 1, 7):
                at = share * np.array(node.place) + (1 - share) * np.array(parent.place)
                radius = share * node.radius + (1 - share) * parent.radius
                squared = ((columns - at[2]) ** 2 + (rows - at[1]) ** 2) / (0.8 + 0.6 * radius) ** 2
                squared += (planes - at[0]) ** 2 / (0.9 + 0.2 * radius) ** 2
                np.maximum(light, 5 + 95 * np.exp(-squared / 2), out=light)
        stack = to_8_bit(rng.poisson(light))
        save_ome_tiff(lab / "stacks" / f"neuron_{number}.ome.tif", stack, "ZYX", x=xy, y=xy, z=z)
        lines = [
            f"{place} {node.kind} {xy * (node.place[2] + 0.5):.3f} {xy * (node.place[1] + 0.5):.3f} "
            f"{z * node.place[0]:.3f} {xy * node.radius:.3f} {node.parent}"
            for place, node in enumerate(tree, start=1)
        ]
        head = "# id type x y z radius parent; micrometres; 1 soma, 2 axon, 3 dendrite\n"
        save_text(lab / "tracings" / f"neuron_{number}.swc", head + "\n".join(lines) + "\n")


def scribbles(rng: Rng, lab: Path) -> None:
    """Yeast in bright field, and brush strokes: 1 on some cells, 2 beside them, 0 where nobody painted."""
    shape = (96, 128)
    for number in (1, 2):
        cells = scattered(rng, shape, [9.0] * 9, aspect=1.2, roughness=0.02, gap=3, border=0.6)
        light = 128 + 5 * stains.grain(rng, Frame(shape, 1.0), 30)
        painted = np.zeros(shape, np.uint8)
        away = np.min([radii(cell, shape) for cell in cells], axis=0)
        y, x = np.indices(shape)
        for middle in (0.3, 0.75):
            wave = middle * shape[0] + 9 * np.sin(x / 14 + rng.uniform(0, 6))
            painted[(abs(y - wave) < 1.2) & (away > 1.35) & (x > 20) & (x < 110)] = 2
        for place, cell in enumerate(cells):
            inside = radii(cell, shape)
            light += 34 * filled(inside, 9) - 62 * np.exp(-(((inside - 1) / 0.13) ** 2))
            if place % 2 == 0:
                stroke = replace(cell, major=0.62 * cell.major, minor=1.3)
                painted[radii(stroke, shape) < 1] = 1
        save_png(lab / "images" / f"yeast_{number}.png", to_8_bit(light + rng.normal(0, 4, shape)))
        save_png(lab / "scribbles" / f"yeast_{number}.png", painted)


def predicted_organelles(rng: Rng, lab: Path) -> None:
    """Volumes of an electron microscope, and mitochondria that are *computed* from them, mistakes and all."""
    shape = (8, 64, 76)
    for name, count in (("cell_1", 4), ("cell_2", 3)):
        body = np.stack([stains.grain(rng, Frame(shape[1:], 1.0), 0.9) for _ in range(shape[0])])
        volume = 158 + 9 * ndimage.gaussian_filter1d(body, 0.7, axis=0)
        for outline in scattered(rng, shape[1:], [8.0] * count, aspect=1.5, gap=3, border=0.8):
            middle, depth = rng.uniform(2.0, 5.0), rng.uniform(4, 6)
            along = radii(replace(outline, minor=1e9), shape[1:])
            for z in range(shape[0]):
                size = np.sqrt(max(1 - ((z - middle) / depth) ** 2, 0))
                if size < 0.3:
                    continue
                inside = radii(replace(outline, major=size * outline.major, minor=size * outline.minor), shape[1:])
                there, cristae = filled(inside, 8 * size), np.cos(2 * np.pi * 3.2 * along + 0.5 * z)
                volume[z] -= there * (62 + 14 * cristae) + 22 * np.exp(-(((inside - 1) / 0.1) ** 2))
        pixels = to_8_bit(volume + rng.normal(0, 5, shape))
        save_tiff(lab / "volumes" / f"{name}.tif", pixels)
        save_tiff(lab / "predictions" / f"{name}.tif", predicted(pixels))


def length_measurements(rng: Rng, lab: Path) -> None:
    """Bacteria in phase contrast, and a line along each from pole to pole, as ImageJ's ROI manager saves them."""
    shape = (96, 128)
    for number, count in enumerate((7, 6), start=1):
        light = 148 + 4 * stains.grain(rng, Frame(shape, 1.0), 20)
        lines = []
        sizes = rng.uniform(8, 14, count).tolist()
        for half, place in zip(sizes, scattered(rng, shape, sizes, gap=2, border=1.2), strict=True):
            rod = Outline(place.y, place.x, half, 3.4, place.angle, bluntness=3.5)
            inside = radii(rod, shape)
            light += 26 * np.exp(-(((inside - 1.35) / 0.25) ** 2)) - 78 * filled(inside, 3.4)
            dy, dx = half * np.sin(rod.angle), half * np.cos(rod.angle)
            lines.append((rod.x - dx, rod.y - dy, rod.x + dx, rod.y + dy))
        save_png(lab / "images" / f"field{number}.png", to_8_bit(light + rng.normal(0, 4, shape)))
        save_roi_set(lab / "lengths" / f"field{number}.zip", lines)


LABS = {
    "nuclei-segmentation": nuclei_segmentation,
    "blood-cell-boxes": blood_cell_boxes,
    "histology-polygons": histology_polygons,
    "particle-picking": particle_picking,
    "colony-counts": colony_counts,
    "image-classes": image_classes,
    "cell-tracking": cell_tracking,
    "neuron-tracing": neuron_tracing,
    "scribbles": scribbles,
    "predicted-organelles": predicted_organelles,
    "length-measurements": length_measurements,
}


# What is seen


def blob(rng: Rng, y: float, x: float, radius: float, *, aspect: float = 1.0, roughness: float = 0.03) -> Outline:
    """Return a round thing, a little uneven, of about a radius."""
    harmonics = tuple((k, float(rng.normal(0, roughness)), float(rng.uniform(0, 2 * np.pi))) for k in (2, 3, 4))
    stretch = float(np.sqrt(aspect))
    return Outline(y, x, radius * stretch, radius / stretch, float(rng.uniform(0, np.pi)), harmonics)


def scattered(
    rng: Rng,
    shape: Shape,
    sizes: Sequence[float],
    *,
    aspect: float = 1.0,
    roughness: float = 0.03,
    gap: float = 1.5,
    border: float = 1.0,
    within: Outline | None = None,
) -> list[Outline]:
    """Return blobs of some radii that keep a gap; their middles stay some of their radii from the border."""
    placed: list[Outline] = []
    for size in sizes:
        for _ in range(5000):
            drawn = blob(rng, 0, 0, size, aspect=aspect, roughness=roughness)
            margin = border * drawn.reach
            new = drawn.moved(*(rng.uniform(margin, length - 1 - margin) for length in shape))
            apart = all(np.hypot(new.y - one.y, new.x - one.x) > new.reach + one.reach + gap for one in placed)
            if apart and (within is None or np.hypot(new.y - within.y, new.x - within.x) < within.minor - new.reach):
                placed.append(new)
                break
        else:
            raise ValueError("there is no room")
    return placed


def radii(outline: Outline, shape: Shape) -> Reals:
    """Return how far each pixel lies out: 0 in the middle of an outline, 1 on it."""
    y, x = np.indices(shape, np.float64)
    return outline.normalised_radius(y, x)


def filled(inside: Reals, radius: float) -> Reals:
    """Return 1 where radii are below 1 and 0 where they are above, with an edge as soft as a lens draws it."""
    return np.asarray(1 / (1 + np.exp(np.clip((inside - 1) * radius / 0.5, -50, 50))))


def ring(outline: Outline) -> Reals:
    """Return an outline as 24 vertices, (x, y) on the corner grid."""
    angles = np.linspace(0, 2 * np.pi, 25)[:-1]
    y, x = np.transpose([towards(outline, angle) for angle in angles])
    return np.stack([x, y], axis=1) + 0.5


def towards(outline: Outline, angle: float, share: float = 1.0) -> tuple[float, float]:
    """Return the place on an outline at an angle, or on the way there."""
    radius = share * (1 + sum(size * np.cos(k * angle + phase) for k, size, phase in outline.harmonics))
    along, across = radius * outline.major * np.cos(angle), radius * outline.minor * np.sin(angle)
    cos, sin = np.cos(outline.angle), np.sin(outline.angle)
    return float(outline.y + along * sin + across * cos), float(outline.x + along * cos - across * sin)


def lobes(rng: Rng, cell: Outline, shape: Shape) -> Reals:
    """Return the three lobes of a neutrophil's nucleus."""
    first = rng.uniform(0, 2 * np.pi)
    places = [towards(cell, first + turn, 0.42) for turn in (0, 1.9, 3.8)]
    size = 0.42 * cell.minor
    found = [filled(radii(blob(rng, y, x, size, roughness=0.05), shape), size) for y, x in places]
    return np.asarray(np.max(found, axis=0))


def halves(cell: Outline) -> tuple[Outline, Outline]:
    """Return what a nucleus divides into."""
    dy, dx = 8 * np.cos(cell.angle), -8 * np.sin(cell.angle)
    small = replace(cell, major=0.8 * cell.major, minor=0.62 * cell.minor)
    return small.moved(-dy, -dx), small.moved(dy, dx)


def dapi(rng: Rng, nuclei: list[Nucleus], shape: Shape) -> npt.NDArray[np.uint16]:
    """Return nuclei as the example lab's microscope would show them."""
    frame = Frame(shape, 0.325)
    density = stains.chromatin(rng, nuclei, stains.chromatin_domains(rng, frame), frame) + CHANNELS[0].background
    optics = transfer_function(shape, frame.pixel_size, CHANNELS[0].wavelength, OBJECTIVE)
    return expose(rng, CHANNELS[0].exposure * image_planes([(density, optics)]), CAMERA)


@dataclass(frozen=True)
class Node:
    """A place in a neuron, (z, y, x) from the middle of the first voxel, with a radius in pixels."""

    place: tuple[float, float, float]
    radius: float
    kind: int
    parent: int


SOMA, AXON, DENDRITE = 1, 2, 3


def neuron(rng: Rng, shape: tuple[int, int, int], first: float) -> list[Node]:
    """Grow a neuron: a soma, three dendrites that fork, and an axon that does not."""
    middle = ((shape[0] - 1) / 2, shape[1] / 2, shape[2] / 2)
    tree = [Node(middle, 4.5, SOMA, -1)]

    def grow(parent: int, angle: float, steps: int, kind: int) -> None:
        for step in range(steps):
            z, y, x = tree[parent - 1].place
            angle += rng.normal(0, 0.16)
            length = 7.0 if parent == 1 else 4.5
            z = float(np.clip(z + rng.normal(0, 0.35), 1, shape[0] - 2))
            y, x = y + length * float(np.sin(angle)), x + length * float(np.cos(angle))
            if not (3 < y < shape[1] - 4 and 3 < x < shape[2] - 4):
                return
            tree.append(Node((z, y, x), 0.9 if kind == DENDRITE else 0.5, kind, parent))
            parent = len(tree)
            if kind == DENDRITE and step == 2:
                grow(parent, angle + 0.75, steps - 3, kind)
                angle -= 0.55

    for turn in range(3):
        grow(1, first + 1.6 * turn, 8, DENDRITE)
    grow(1, first + 4.7, 9, AXON)
    return tree


def predicted(volume: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint16]:
    """Return what a simple program takes for mitochondria: smooth, dark enough, and not small."""
    dark = ndimage.gaussian_filter(volume.astype(np.float64), (0.8, 1.5, 1.5)) < 122
    labels, _ = ndimage.label(ndimage.binary_opening(dark))
    large = 1 + np.flatnonzero(np.bincount(labels.ravel())[1:] >= 200)
    return np.asarray((np.searchsorted(large, labels) + 1) * np.isin(labels, large), np.uint16)


def transmitted(rng: Rng, *dyes: tuple[tuple[float, float, float], Reals]) -> npt.NDArray[np.uint8]:
    """Return what dyes leave of white light: how strongly each takes red, green and blue, and its density."""
    taken = sum(density[..., None] * np.array(absorbance) for absorbance, density in dyes)
    light = 240 * np.exp(-np.asarray(taken))
    return to_8_bit(light + rng.normal(0, 1.2, light.shape))


def to_8_bit(light: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """Return grey levels."""
    return np.asarray(np.clip(np.rint(light), 0, 255), np.uint8)


# What is written


def save_ome_tiff(path: Path, pixels: npt.NDArray[Any], axes: str, **spacing: float) -> None:
    """Write an image with its pixel size in micrometres."""
    sizes: dict[str, Any] = {f"PhysicalSize{axis.upper()}": length for axis, length in spacing.items()}
    sizes |= {f"PhysicalSize{axis.upper()}Unit": "µm" for axis in spacing}
    identity = uuid.uuid5(uuid.NAMESPACE_OID, f"mifakit template {path.name}")
    metadata = {"axes": axes, "UUID": identity.urn, "Creator": "mifakit", **sizes}
    path.parent.mkdir(parents=True, exist_ok=True)
    tifffile.imwrite(path, pixels, ome=True, software=False, compression="zlib", predictor=True, metadata=metadata)


def save_tiff(path: Path, pixels: npt.NDArray[Any]) -> None:
    """Write an image that says nothing of itself."""
    path.parent.mkdir(parents=True, exist_ok=True)
    tifffile.imwrite(
        path, pixels, software=False, compression="zlib", predictor=True, photometric="minisblack", metadata=None
    )


def save_png(path: Path, pixels: npt.NDArray[np.uint8]) -> None:
    """Write a picture, or a mask."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path, optimize=True)


def save_text(path: Path, text: str) -> None:
    """Write text."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def save_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a table."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerows([header, *rows])


def save_roi_set(path: Path, lines: Iterable[tuple[float, float, float, float]]) -> None:
    """Write lines. To ImageJ whole numbers are middles of pixels on lines, as they are here."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (x1, y1, x2, y2) in enumerate(lines, start=1):
            roi = ImagejRoi(
                roitype=ROI_TYPE.LINE,
                options=ROI_OPTIONS.SUB_PIXEL_RESOLUTION,
                name=f"bacterium {number}",
                x1=round(x1, 2),
                y1=round(y1, 2),
                x2=round(x2, 2),
                y2=round(y2, 2),
            )
            # Without a date of its own a member would have today's.
            archive.writestr(zipfile.ZipInfo(f"bacterium {number}.roi"), roi.tobytes())


def box_of(mask: npt.NDArray[np.bool_]) -> tuple[int, int, int, int]:
    """Return the edges of a mask on the corner grid: left, top, right, bottom."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def voc(image: str, shape: Shape, boxes: Iterable[tuple[str, int, int, int, int]]) -> str:
    """Return boxes as labelImg writes them."""
    height, width = shape
    lines = [
        "<annotation>",
        "\t<folder>images</folder>",
        f"\t<filename>{image}</filename>",
        "\t<source>\n\t\t<database>Unknown</database>\n\t</source>",
        f"\t<size>\n\t\t<width>{width}</width>\n\t\t<height>{height}</height>\n\t\t<depth>3</depth>\n\t</size>",
        "\t<segmented>0</segmented>",
    ]
    for name, left, top, right, bottom in boxes:
        cut = int(left == 0 or top == 0 or right == width or bottom == height)
        lines += ["\t<object>", f"\t\t<name>{name}</name>", "\t\t<pose>Unspecified</pose>"]
        lines += [f"\t\t<truncated>{cut}</truncated>", "\t\t<difficult>0</difficult>", "\t\t<bndbox>"]
        sides = {"xmin": left, "ymin": top, "xmax": right, "ymax": bottom}
        lines += [f"\t\t\t<{side}>{value}</{side}>" for side, value in sides.items()]
        lines += ["\t\t</bndbox>", "\t</object>"]
    return "\n".join([*lines, "</annotation>"]) + "\n"


def feature(name: str, colour: tuple[int, int, int], rings: Sequence[Reals]) -> dict[str, Any]:
    """Return an annotation as QuPath writes it: on the corner grid, rings closed."""
    coordinates = [np.round([*outline, outline[0]], 2).tolist() for outline in rings]
    return {
        "type": "Feature",
        "id": str(uuid.uuid5(uuid.NAMESPACE_OID, f"mifakit template {coordinates[0][0]}")),
        "geometry": {"type": "Polygon", "coordinates": coordinates},
        "properties": {"objectType": "annotation", "classification": {"name": name, "color": list(colour)}},
    }


def star(rows: Iterable[tuple[float, float, str]]) -> str:
    """Return particles as RELION writes them: coordinates count pixels from 0, so that whole numbers are middles."""
    optics = "_rlnOpticsGroupName #1\n_rlnOpticsGroup #2\n_rlnMicrographPixelSize #3\n_rlnVoltage #4\n"
    columns = "_rlnCoordinateX #1\n_rlnCoordinateY #2\n_rlnMicrographName #3\n_rlnOpticsGroup #4\n"
    particles = "".join(f"{x:12.6f} {y:12.6f} {name} {1:12d}\n" for x, y, name in rows)
    return (
        f"\n# version 30001\n\ndata_optics\n\nloop_\n{optics}opticsGroup1 {1:12d} {10:12.6f} {300:12.6f}\n \n"
        f"\n# version 30001\n\ndata_particles\n\nloop_\n{columns}{particles} \n"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
