"""What a widefield microscope and its camera make of a specimen: blur, illumination, noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
CameraArray = npt.NDArray[np.uint16]


@dataclass(frozen=True)
class Objective:
    """A lens.

    Attributes
    ----------
    numerical_aperture
        In air.
    stray
        The fractions of light that go astray into wide halos, by the halo's standard deviation in
        µm: light from above and below the focal plane, and scatter in the glass.
    """

    numerical_aperture: float = 0.75
    stray: tuple[tuple[float, float], ...] = ((1.6, 0.14), (7.0, 0.10))


@dataclass(frozen=True)
class Camera:
    """A scientific CMOS camera that delivers 12 bits in 16.

    Attributes
    ----------
    gain
        Electrons per grey level.
    read_noise
        Standard deviation, electrons.
    offset
        Grey levels without light.
    bits
        Of the analogue-to-digital converter.
    """

    gain: float = 0.46
    read_noise: float = 1.8
    offset: float = 100.0
    bits: int = 12

    @property
    def white_level(self) -> int:
        """The grey level at which the camera saturates."""
        return (1 << self.bits) - 1


def transfer_function(
    shape: tuple[int, int], pixel_size: float, wavelength: float, objective: Objective, defocus: float = 0.0
) -> FloatArray:
    """Return the optical transfer function for a plane of the specimen, pixel integration included.

    The Airy disc is approximated by a Gaussian with σ = 0.21 λ/NA, and the cone of light from a
    plane out of focus by one with half the cone's radius.

    Parameters
    ----------
    shape
        Of the images it is for, (y, x).
    pixel_size, wavelength, defocus
        µm.
    objective
        The lens.

    Returns
    -------
    ndarray
        (y, x // 2 + 1), for the half spectrum that `numpy.fft.rfft2` gives; 1 at frequency 0.
    """
    v = np.fft.fftfreq(shape[0], pixel_size)[:, np.newaxis]
    u = np.fft.rfftfreq(shape[1], pixel_size)[np.newaxis, :]

    airy = 0.21 * wavelength / objective.numerical_aperture
    cone = 0.5 * abs(defocus) * np.tan(np.arcsin(objective.numerical_aperture))
    direct = 1 - sum(fraction for _, fraction in objective.stray)
    otf = np.zeros((shape[0], shape[1] // 2 + 1))
    for halo, fraction in ((0.0, direct), *objective.stray):
        decay = -2 * np.pi**2 * (airy**2 + cone**2 + halo**2)
        otf += fraction * np.exp(decay * v**2) * np.exp(decay * u**2)
    pixel_integration = np.sinc(v * pixel_size) * np.sinc(u * pixel_size)
    return np.asarray(otf * pixel_integration)


def image_planes(planes: list[tuple[FloatArray, FloatArray]]) -> FloatArray:
    """Return what the lens makes of several planes of the specimen at once, as in widefield.

    The edges wrap around: give the specimen a margin, and crop it afterwards.

    Parameters
    ----------
    planes
        Emission (y, x) and its transfer function, plane by plane.

    Returns
    -------
    ndarray
        (y, x), in the unit of the emission.
    """
    spectrum = sum(np.fft.rfft2(emission) * otf for emission, otf in planes)
    return np.asarray(np.fft.irfft2(spectrum, s=planes[0][0].shape))


def illumination(
    shape: tuple[int, int], centre: tuple[float, float] = (0.46, 0.55), falloff: float = 0.38
) -> FloatArray:
    """Return how brightly a lamp with a slightly misaligned condenser lights each pixel.

    Parameters
    ----------
    shape
        (y, x).
    centre
        The brightest point, as fractions of height and width.
    falloff
        What a corner of a centred field lacks, as a fraction.

    Returns
    -------
    ndarray
        (y, x), 1 at the centre.
    """
    y = np.linspace(0, 1, shape[0])[:, np.newaxis] - centre[0]
    x = np.linspace(0, 1, shape[1])[np.newaxis, :] - centre[1]
    return np.asarray((1 - falloff) ** (2 * y**2) * (1 - falloff) ** (2 * x**2))


def expose(rng: np.random.Generator, electrons: FloatArray, camera: Camera) -> CameraArray:
    """Return one exposure: shot noise, read noise, offset and saturation.

    Parameters
    ----------
    rng
        Where the noise comes from.
    electrons
        Expected photoelectrons per pixel, (y, x).
    camera
        What counts them.

    Returns
    -------
    ndarray
        (y, x), uint16, at most the camera's white level.
    """
    counted = rng.poisson(np.maximum(electrons, 0)) + rng.normal(0, camera.read_noise, electrons.shape)
    levels = np.rint(counted / camera.gain + camera.offset)
    return np.clip(levels, 0, camera.white_level).astype(np.uint16)
