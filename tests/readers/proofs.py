"""For each format, the files that prove that it is read: `test_proofs.py` opens them, the docs name them.

A new format gets a line here, of real files below `shared/real-data` where there are any. Together they have all
that the format claims to carry.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from tests.proofs import Elsewhere, Proof, Real, Written


def _calibrated_png(path: Path) -> None:
    from PIL import Image

    Image.new("L", (30, 20), 7).save(path, dpi=(254_000, 254_000))


def _ome_movie(path: Path) -> None:
    import tifffile

    frames = np.arange(3 * 2 * 20 * 30, dtype=np.uint16).reshape(3, 2, 20, 30)
    size = {"PhysicalSizeX": 0.1, "PhysicalSizeY": 0.1, "TimeIncrement": 2.5}
    channels = {"Name": ["DNA", "actin"], "Color": [0x0000FFFF, 0x00FF00FF]}
    tifffile.imwrite(path, frames, ome=True, metadata={"axes": "TCYX", **size, "Channel": channels})


def _labelled_imagej(path: Path) -> None:
    import tifffile

    planes = np.arange(2 * 20 * 30, dtype=np.uint16).reshape(2, 20, 30)
    tifffile.imwrite(path, planes, imagej=True, metadata={"axes": "CYX", "Labels": ["DNA", "actin"]})


PROOFS: dict[str, tuple[Proof, ...]] = {
    "3i SlideBook": (Elsewhere("tests/readers/test_bioio_plugin.py::test_slidebook", "the test"),),
    "Aperio SVS": (Elsewhere("tests/readers/test_tiff_slides.py::test_aperio", "tifffile"),),
    "BMP": (Elsewhere("tests/readers/test_bmp.py::TestBmp", "Pillow"),),
    "DeltaVision": (Elsewhere("tests/readers/test_bioio_plugin.py::test_deltavision_says", "mrc"),),
    "HDF5 (ilastik, PlantSeg, BigDataViewer)": (Real("plantseg_ovule/sample_ovule.h5"),),
    "Hamamatsu NDPI": (Elsewhere("tests/readers/test_tiff_slides.py::test_hamamatsu", "the test, tag by tag"),),
    "Imaris": (Elsewhere("tests/readers/test_hdf5.py::test_imaris", "h5py"),),
    "JPEG": (Real("voc_bccd/BCCD/JPEGImages/BloodImage_00007.jpg"),),
    "Leica LIF": (
        Real("lif/xz-example.lif"),
        Elsewhere("tests/readers/test_lif.py::test_the_real_file_says_what_its_xml_says", "LAS AF"),
        Elsewhere("tests/readers/test_lif.py::test_a_movie", "the test, by LAS's XML"),
    ),
    "Leica SCN": (Elsewhere("tests/readers/test_tiff_slides.py::test_leica", "tifffile"),),
    "MetaImage": (Elsewhere("tests/readers/test_medical.py::test_a_metaimage_by_hand", "SimpleITK"),),
    "MetaMorph STK": (Elsewhere("tests/readers/test_tiff_microscopes.py::test_stk", "the test, tag by tag"),),
    "NIfTI": (Elsewhere("tests/readers/test_medical.py::test_spacings_and_units_of_nifti", "SimpleITK"),),
    "NRRD": (Elsewhere("tests/readers/test_medical.py::test_axes_and_spacings_of_nrrd", "SimpleITK"),),
    "Nikon ND2": (
        Real("nd2/cluster.nd2"),
        Elsewhere("tests/readers/test_nd2.py::test_the_real_file_says_what_its_chunks_say", "NIS-Elements"),
        Elsewhere("tests/readers/test_nd2.py::test_each_position_is_an_image", "the test, chunk by chunk"),
    ),
    "NumPy NPY": (Elsewhere("tests/readers/test_npy.py::TestContract", "NumPy"),),
    "NumPy NPZ": (Elsewhere("tests/readers/test_npy.py::TestContract", "NumPy"),),
    "OME-TIFF": (
        Real("ome_tiff/cells-2z.ome.tif"),
        Written("movie.ome.tif", "tifffile", _ome_movie),
        Elsewhere("tests/readers/test_tiff_microscopes.py::test_ome_acquisition_and_light", "tifffile"),
        Elsewhere("tests/readers/test_tiff_scenes.py::test_ome_images", "tifffile"),
    ),
    "OME-Zarr": (Elsewhere("tests/readers/test_zarr_contract.py::TestFolders", "ome-zarr-py and bioio-ome-zarr"),),
    "PerkinElmer and Akoya QPTIFF": (Elsewhere("tests/readers/test_tiff_slides.py::test_akoya", "tifffile"),),
    "PNG": (
        Real("omnipose_bacteria/Sample000252.png"),
        Written("calibrated.png", "Pillow", _calibrated_png),
    ),
    "TIFF, BigTIFF, ImageJ": (
        Real("neubias/xyt_calibrated_16bit__golgi_bfa_sum_projection.tif"),
        Real("neubias/xyzc_16bit__spots.tif"),
        Written("labelled.tif", "tifffile", _labelled_imagej),
        Elsewhere("tests/readers/test_tiff_scenes.py::test_pages_of_different_shapes", "tifffile"),
    ),
    "Zarr": (Real("plantseg_ovule/3d.zarr"),),
    "Zeiss CZI": (
        Real("czi/xyz__multiple_images.czi"),
        Elsewhere("tests/readers/test_czi.py::test_the_real_file_says_what_its_xml_says", "ZEN"),
    ),
    "Zeiss LSM": (Elsewhere("tests/readers/test_tiff_microscopes.py::test_lsm", "the test, tag by tag"),),
}

UNPROVEN = frozenset(
    {
        "3i SlideBook 6 and before",
        "Gatan Digital Micrograph",
        "Hamamatsu SimplePCI",
        "Imspector",
        "Olympus OIB",
        "Olympus OIF",
        "Olympus OIR",
        "Olympus VSI",
        "PerkinElmer Operetta, Columbus Flex",
        "Zeiss ZVI",
    }
)
"""Formats of which we have no file: Bio-Formats reads them, which needs Java."""
