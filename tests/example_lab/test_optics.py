import numpy as np
import pytest

from mifakit.example_lab.optics import (
    Camera,
    Objective,
    expose,
    illumination,
    image_planes,
    transfer_function,
)

SHAPE = (90, 120)
PIXEL_SIZE = 0.325


def point_image(objective: Objective, defocus: float = 0.0, pixel_size: float = PIXEL_SIZE) -> np.ndarray:
    point = np.zeros(SHAPE)
    point[40, 70] = 1
    return image_planes([(point, transfer_function(SHAPE, pixel_size, 0.5, objective, defocus))])


def spread(image: np.ndarray) -> tuple[float, float]:
    """Standard deviations along y and x about (40, 70), pixels."""
    y, x = np.indices(SHAPE)
    return float(np.sqrt((image * (y - 40) ** 2).sum())), float(np.sqrt((image * (x - 70) ** 2).sum()))


@pytest.mark.parametrize("mean", [0, 30, 300, 1000])
def test_noise_is_shot_noise_plus_read_noise(mean):
    camera = Camera(gain=0.5, read_noise=2.0, offset=100)
    levels = expose(np.random.default_rng(1), np.full((400, 401), float(mean)), camera).astype(float)
    assert levels.mean() == pytest.approx(100 + mean / 0.5, abs=0.5)
    assert levels.var() == pytest.approx((mean + 2.0**2) / 0.5**2 + 1 / 12, rel=0.03)


def test_photon_transfer_curve_gives_the_gain_back():
    camera = Camera()
    means = np.array([50, 100, 200, 400, 800, 1200])
    exposures = [expose(np.random.default_rng(i), np.full((300, 300), m), camera) for i, m in enumerate(means)]
    slope, _ = np.polyfit([e.mean() for e in exposures], [e.var() for e in exposures], 1)
    assert 1 / slope == pytest.approx(camera.gain, rel=0.03)


def test_camera_saturates_at_12_bits():
    camera = Camera()
    levels = expose(np.random.default_rng(0), np.full((50, 60), 1e5), camera)
    assert levels.dtype == np.uint16
    assert np.all(levels == 4095)


def test_lens_loses_no_light_and_shifts_nothing():
    image = point_image(Objective())
    assert image.sum() == pytest.approx(1)
    assert np.unravel_index(image.argmax(), SHAPE) == (40, 70)
    assert np.allclose(image[40, 71:80], image[40, 69:60:-1])


def test_point_is_as_wide_as_the_numerical_aperture_allows():
    # Well sampled: 0.21 λ/NA = 0.42 µm, and the pixel itself adds 1/12.
    expected = np.sqrt((0.21 * 0.5 / 0.25 / PIXEL_SIZE) ** 2 + 1 / 12)
    assert spread(point_image(Objective(0.25, stray=()))) == pytest.approx((expected, expected), rel=0.02)


def test_defocus_widens_and_dims():
    sharp, blurred = point_image(Objective()), point_image(Objective(), defocus=3.0)
    assert blurred.max() < 0.2 * sharp.max()
    assert blurred.sum() == pytest.approx(1)


def test_planes_add_up():
    otf = transfer_function(SHAPE, PIXEL_SIZE, 0.5, Objective())
    emission = np.random.default_rng(0).random(SHAPE)
    assert np.allclose(image_planes([(emission, otf), (emission, otf)]), 2 * image_planes([(emission, otf)]))


def test_illumination_falls_off_towards_the_corners():
    light = illumination((201, 301), centre=(0.5, 0.5), falloff=0.4)
    assert light[100, 150] == light.max() == 1
    assert light[0, 0] == pytest.approx(0.6)
    shifted = illumination((201, 301), centre=(0.2, 0.8))
    assert np.unravel_index(shifted.argmax(), shifted.shape) == (40, 240)
