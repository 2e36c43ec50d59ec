import numpy as np
import pytest

from mifakit.example_lab.cells import Cell, Frame, Nucleus, Outline, label_image, scatter_cells
from mifakit.example_lab.field import CONTROL, TREATED

FRAME = Frame((300, 400), 0.1)


def covered(outline: Outline, frame: Frame = FRAME) -> np.ndarray:
    mask = np.zeros(frame.shape, bool)
    region, (y, x) = frame.window(outline.y, outline.x, outline.reach * 1.2)
    mask[region] = outline.normalised_radius(y, x) < 1
    return mask


def cell(outline: Outline) -> Cell:
    return Cell(outline, (Nucleus(outline, dna=1, condensed=False, height=0),), rounded=False, fibre_angle=0)


@pytest.mark.parametrize("bluntness", [2.0, 2.7, 4.0])
def test_area_is_what_is_covered(bluntness):
    outline = Outline(15, 20, 9, 4, 0.4, bluntness=bluntness)
    assert covered(outline).sum() * 0.1**2 == pytest.approx(outline.area, rel=0.01)


@pytest.mark.parametrize(("angle", "height", "width"), [(0.0, 80, 180), (np.pi / 2, 180, 80)])
def test_angle_runs_from_x_towards_y(angle, height, width):
    rows, columns = np.nonzero(covered(Outline(15, 20, 9, 4, angle)))
    assert np.ptp(rows) == pytest.approx(height, abs=2)
    assert np.ptp(columns) == pytest.approx(width, abs=2)


def test_harmonics_deform_as_their_cosines_say():
    outline = Outline(15, 20, 8, 8, 0.0, harmonics=((2, 0.1, 0.3), (5, 0.05, 1.1)))
    for theta in np.linspace(0, 2 * np.pi, 9):
        radius = 8 * (1 + 0.1 * np.cos(2 * theta + 0.3) + 0.05 * np.cos(5 * theta + 1.1))
        on_edge = outline.normalised_radius(
            np.array([15 + radius * np.sin(theta)]), np.array([20 + radius * np.cos(theta)])
        )
        assert on_edge == pytest.approx(1)


def test_window_of_a_point_outside_is_empty():
    (rows, columns), _ = FRAME.window(-50.0, 500.0, 3.0)
    assert np.zeros(FRAME.shape)[rows, columns].size == 0


def test_overlapping_nuclei_share_the_overlap_without_a_gap():
    left, right = Outline(15, 15, 6, 6, 0.0), Outline(15, 25, 6, 6, 0.0)
    labels = label_image([cell(right), cell(left)], FRAME)
    assert np.array_equal(labels > 0, covered(left) | covered(right))
    row = labels[150]
    assert row[row > 0].tolist() == sorted(row[row > 0].tolist())
    assert abs(int(np.sum(row == 1)) - int(np.sum(row == 2))) <= 1


def test_slivers_at_the_edge_get_no_label_and_leave_no_gap_in_the_numbers():
    sliver, whole = Outline(-5.5, 20, 6, 6, 0.0), Outline(15, 20, 6, 6, 0.0)
    assert np.unique(label_image([cell(sliver), cell(whole)], FRAME)).tolist() == [0, 1]


def test_margin_is_cropped():
    labels = label_image([cell(Outline(15, 20, 6, 4, 0.0))], FRAME, margin=30)
    assert labels.shape == (240, 340)
    assert labels[120, 170] == 1


@pytest.mark.parametrize("culture", [CONTROL, TREATED])
def test_no_two_cores_overlap_by_more_than_a_micrometre(culture):
    cells = scatter_cells(np.random.default_rng(3), (150, 190), 60, culture)
    assert len(cells) > 30
    for i, one in enumerate(cells):
        for other in cells[:i]:
            dy, dx = other.core.y - one.core.y, other.core.x - one.core.x
            towards = np.arctan2(dy, dx)
            radii = one.core.radius_towards(towards) + other.core.radius_towards(towards)
            assert np.hypot(dy, dx) - radii > -0.91
