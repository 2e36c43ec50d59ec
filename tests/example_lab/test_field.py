import numpy as np
import pytest

from mifakit.example_lab.field import CONTROL, TREATED, Field, render_field

SHAPE = (210, 310)


def rendered(seed: int, n_nuclei: int = 22, culture=CONTROL) -> Field:
    return render_field(np.random.Generator(np.random.PCG64(seed)), SHAPE, n_nuclei, culture)


@pytest.fixture(scope="module")
def control() -> Field:
    return rendered(5)


def test_the_same_state_gives_the_same_field(control):
    again, other = rendered(5), rendered(6)
    assert np.array_equal(control.channels, again.channels)
    assert np.array_equal(control.labels, again.labels)
    assert not np.array_equal(control.channels, other.channels)


def test_shapes_and_types(control):
    assert control.channels.shape == (2, *SHAPE)
    assert control.channels.dtype == control.labels.dtype == np.uint16
    assert control.labels.shape == SHAPE
    assert control.channels.max() <= 4095


def test_about_as_many_nuclei_as_asked_for():
    counts = [int(rendered(seed).labels.max()) for seed in range(4)]
    assert 17 <= np.mean(counts) <= 30


def test_labels_lie_where_dapi_is(control):
    dapi = control.channels[0].astype(float)
    inside = control.labels > 0
    edge = np.median(dapi[~inside]) + 0.35 * (np.median(dapi[inside]) - np.median(dapi[~inside]))
    agreement = np.mean((dapi > edge) == inside)
    mirrored = np.mean((dapi > edge) == inside[:, ::-1])
    assert agreement > 0.97
    assert mirrored < 0.85


def test_phalloidin_does_not_follow_the_nuclei(control):
    dapi, phalloidin = control.channels.astype(float)
    assert abs(np.corrcoef(dapi.ravel(), phalloidin.ravel())[0, 1]) < 0.3


def test_treatment_makes_nuclei_larger_and_stops_mitosis():
    control, treated = rendered(8), rendered(8, 13, TREATED)

    def areas(field: Field) -> np.ndarray:
        y, x = slice(1, -1), slice(1, -1)
        cut = np.setdiff1d(field.labels, field.labels[y, x])
        return np.delete(np.bincount(field.labels.ravel()), [0, *cut])

    assert np.median(areas(treated)) > 1.2 * np.median(areas(control))
    assert treated.labels.max() < control.labels.max()
    assert TREATED.mitotic_fraction == 0


def test_a_field_without_cells_is_background():
    empty = rendered(1, n_nuclei=0)
    assert empty.labels.max() == 0
    assert 100 < np.median(empty.channels[0]) < 200
