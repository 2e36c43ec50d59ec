"""TrackMate XML: by hand, against the tables beside real files, and damaged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mifakit.annotations.base import Annotation, AnnotationFormat, Grid, NamedImage, Options
from mifakit.annotations.formats.trackmate import session
from mifakit.annotations.formats.trackmate.reader import TrackMate
from mifakit.annotations.model import Graph, Shapes
from mifakit.annotations.registry import recognise
from mifakit.errors import MifaError
from mifakit.readers.base import Spacing
from mifakit.testing.annotations import AnnotationContract

GRID = Grid({"t": 5, "z": 3, "y": 64, "x": 64})
IMAGE = """<ImageData filename="movie.tif" folder="/home/ada/data" width="64" height="48" nslices="3" nframes="5"
    pixelwidth="0.5" pixelheight="0.25" voxeldepth="2.0" timeinterval="1.0"/>"""
# At (1, 1) the outline of 2 x 2 pixels: in micrometres 1 wide and 0.5 high, and relative to the spot.
SPOTS = """
    <Spot ID="10" name="ID10" FRAME="0" POSITION_X="1.0" POSITION_Y="1.0" POSITION_Z="2.0" VISIBILITY="1" QUALITY="5.5"
        ROI_N_POINTS="4">-0.75 -0.375 0.25 -0.375 0.25 0.125 -0.75 0.125</Spot>
    <Spot ID="7" name="mother" FRAME="1" POSITION_X="0.0" POSITION_Y="0.0" POSITION_Z="0.0" VISIBILITY="1" MEAN="3"/>
    <Spot ID="30" name="ID30" FRAME="2" POSITION_X="2.0" POSITION_Y="3.0" POSITION_Z="4.0" VISIBILITY="1" MEAN="NaN"/>
    <Spot ID="31" name="ID31" FRAME="2" POSITION_X="2.0" POSITION_Y="3.0" POSITION_Z="4.0" VISIBILITY="1"/>"""
LINKS = """<Track TRACK_ID="4"><Edge SPOT_SOURCE_ID="10" SPOT_TARGET_ID="7" LINK_COST="1.5"/>
    <Edge SPOT_SOURCE_ID="30" SPOT_TARGET_ID="7" LINK_COST="2.5"/></Track>"""
SHOWN = '<FilteredTracks><TrackID TRACK_ID="4"/></FilteredTracks>'


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def file(spots: str = SPOTS, links: str = LINKS, shown: str = SHOWN, image: str = IMAGE, unit: str = "µm") -> Path:
        path = tmp_path / "session.xml"
        model = f"<AllSpots><SpotsInFrame>{spots}</SpotsInFrame></AllSpots><AllTracks>{links}</AllTracks>{shown}"
        log = "<Log>Saved to /home/ada/session.xml</Log>"
        whole = f'{log}<Model spatialunits="{unit}">{model}</Model><Settings>{image}</Settings>'
        path.write_text(f'<TrackMate version="7.0">{whole}</TrackMate>')
        return path

    return file


def read(path: Path, options: Options = Options(), grid: Grid = GRID) -> Annotation:  # noqa: B008
    return TrackMate().open(path, options).read(0, grid)


def graph_of(path: Path, options: Options = Options(), grid: Grid = GRID) -> Graph:  # noqa: B008
    graph = read(path, options, grid).layers[0]
    assert isinstance(graph, Graph)
    return graph


class TestContract(AnnotationContract):
    @pytest.fixture
    def annotation_format(self) -> AnnotationFormat:
        return TrackMate()

    @pytest.fixture
    def annotation_file(self, write: Callable[..., Path]) -> Path:
        return write()

    @pytest.fixture
    def grid(self) -> Grid:
        return GRID


def test_whole_pixels_are_their_middle(write: Callable[..., Path]) -> None:
    """A position of 1 µm is 2 pixels of 0.5 µm and 4 of 0.25 µm; of those the middle."""
    graph = graph_of(write())
    assert graph.nodes.xy.tolist() == [[2.5, 4.5], [0.5, 0.5], [4.5, 12.5], [4.5, 12.5]]
    objects = graph.nodes.objects
    assert objects.t is not None and objects.z is not None
    assert objects.t.tolist() == [0, 1, 2, 2]
    assert objects.z.tolist() == [1, 0, 2, 2]
    assert objects.source_id == ["10", "7", "30", "31"]


def test_features_are_properties(write: Callable[..., Path]) -> None:
    properties = graph_of(write()).nodes.objects.properties
    assert list(properties) == ["track", "name", "MEAN", "QUALITY"]
    assert properties["track"] == [4, 4, 4, None]
    assert properties["name"] == [None, "mother", None, None]
    np.testing.assert_equal(properties["MEAN"], [np.nan, 3, np.nan, np.nan])
    np.testing.assert_equal(properties["QUALITY"], [5.5, np.nan, np.nan, np.nan])


def test_links_go_forward_in_time(write: Callable[..., Path]) -> None:
    graph = graph_of(write())
    assert graph.edges.tolist() == [[0, 1], [1, 2]]
    assert graph.edge_properties["LINK_COST"].tolist() == [1.5, 2.5]
    assert graph.tracks


def test_outlines_lie_on_pixel_corners(write: Callable[..., Path]) -> None:
    shapes = read(write()).layers[1]
    assert isinstance(shapes, Shapes)
    assert shapes.vertices.tolist() == [[1, 3], [3, 3], [3, 5], [1, 5]]
    assert shapes.objects.source_id == ["10"]
    assert shapes.objects.properties["track"] == [4]


def test_the_image_is_named_without_the_folder_of_its_owner(write: Callable[..., Path]) -> None:
    file = TrackMate().open(write(), Options())
    assert file.images == (NamedImage("movie.tif", 64, 48),)
    assert "/home/ada" not in repr(file.read(0, GRID)) + repr(file.images)
    windows = IMAGE.replace("movie.tif", r"C:\Users\ada\movie.tif")
    assert TrackMate().open(write(image=windows), Options()).images[0].name == "movie.tif"


def test_a_single_plane_says_no_z(write: Callable[..., Path]) -> None:
    assert graph_of(write(image=IMAGE.replace('nslices="3"', 'nslices="1"'))).nodes.objects.z is None


def test_the_pixel_size_may_come_from_elsewhere(write: Callable[..., Path]) -> None:
    unknown = IMAGE.replace('pixelwidth="0.5"', "").replace('pixelheight="0.25"', 'pixelheight="0"')
    micrometre = {axis: Spacing(size, "micrometer") for axis, size in [("x", 0.5), ("y", 0.25), ("z", 2.0)]}
    nanometre = {axis: Spacing(one.value * 1_000, "nanometer") for axis, one in micrometre.items()}
    for spacing in (micrometre, nanometre):
        graph = graph_of(write(image=unknown), grid=Grid(GRID.sizes, spacing))
        np.testing.assert_allclose(graph.nodes.xy[0], [2.5, 4.5])
    in_nm = graph_of(write(image=unknown, unit="nm"), grid=Grid(GRID.sizes, micrometre))
    np.testing.assert_allclose(in_nm.nodes.xy[0], [0.502, 0.504])
    assert graph_of(write(image=unknown, unit="pixel")).nodes.xy[0].tolist() == [1.5, 1.5]
    assert graph_of(write(), Options(unit="pixel")).nodes.xy[0].tolist() == [1.5, 1.5]
    endless = IMAGE.replace('voxeldepth="2.0"', 'voxeldepth="1e-320"')
    with pytest.raises(MifaError, match="MIFA227"):
        read(write(image=endless))
    for unit in ("µm", "parsec"):
        with pytest.raises(MifaError, match="MIFA227"):
            read(write(image=unknown, unit=unit))


def test_what_filters_hide_is_left_out_and_said(write: Callable[..., Path]) -> None:
    hidden = SPOTS.replace('ID="31" name="ID31" FRAME="2"', 'ID="31" name="ID31" FRAME="3"').replace(
        'Z="4.0" VISIBILITY="1"/>', 'Z="4.0" VISIBILITY="0"/>'
    )
    annotation = read(write(spots=hidden))
    assert [finding.message for finding in annotation.findings] == ["1 spot that TrackMate's filters hide: 31"]
    annotation = read(write(shown="<FilteredTracks/>"))
    (graph,) = annotation.layers
    assert isinstance(graph, Graph)
    assert graph.nodes.objects.source_id == ["31"]
    assert graph.edges.shape == (0, 2)
    messages = [finding.message for finding in annotation.findings]
    assert messages == ["1 track that TrackMate's filters hide, with its spots: 4"]


def test_without_filters_all_tracks_are_shown(write: Callable[..., Path]) -> None:
    annotation = read(write(shown=""))
    assert not annotation.findings
    assert len(graph_of(write(shown="")).edges) == 2


@pytest.mark.parametrize(
    ("spot", "code", "message"),
    [
        ('<Spot ID="8" FRAME="0" POSITION_Y="1"/>', "MIFA359", "1 spot without POSITION_X: 8"),
        (
            '<Spot ID="8" FRAME="0" POSITION_X="NaN" POSITION_Y="1"/>',
            "MIFA361",
            "1 spot whose POSITION_X is not a number: 8",
        ),
        ('<Spot ID="8" POSITION_X="1" POSITION_Y="1"/>', "MIFA359", "1 spot without FRAME: 8"),
        ('<Spot FRAME="0" POSITION_X="1" POSITION_Y="1"/>', "MIFA359", "1 spot without ID: "),
        ('<Spot ID="7" FRAME="0" POSITION_X="1" POSITION_Y="1"/>', "MIFA359", "1 spot of an id that another has: 7"),
    ],
)
def test_a_bad_spot_is_left_out_and_named(write: Callable[..., Path], spot: str, code: str, message: str) -> None:
    path = write(spots=SPOTS + spot)
    assert graph_of(path).nodes.objects.source_id == ["10", "7", "30", "31"]
    (finding,) = read(path).findings
    assert (finding.code, finding.message, str(finding.place)) == (code, message, str(path))


def test_a_bad_outline_leaves_its_spot(write: Callable[..., Path]) -> None:
    path = write(spots=SPOTS.replace('ROI_N_POINTS="4"', 'ROI_N_POINTS="5"'))
    annotation = read(path)
    (graph,) = annotation.layers
    assert isinstance(graph, Graph) and len(graph.nodes) == 4
    (finding,) = annotation.findings
    assert finding.message == "1 spot whose outline has not as many vertices as it says: 10"


def test_bad_links_are_left_out_and_named(write: Callable[..., Path]) -> None:
    edges = '<Edge SPOT_SOURCE_ID="10" SPOT_TARGET_ID="99"/><Edge SPOT_SOURCE_ID="10"/>'
    annotation = read(write(links=LINKS.replace("</Track>", f"{edges}</Track>")))
    assert [finding.message for finding in annotation.findings] == [
        "1 link without SPOT_TARGET_ID: 10-",
        "1 link of a spot that is not there: 10-99",
    ]
    hidden = SPOTS.replace(
        'X="0.0" POSITION_Y="0.0" POSITION_Z="0.0" VISIBILITY="1"', 'X="0.0" POSITION_Y="0.0" VISIBILITY="0"'
    )
    annotation = read(write(spots=hidden))
    assert [finding.message for finding in annotation.findings] == [
        "1 spot that TrackMate's filters hide: 7",
        "2 links of a spot that is hidden: 10-7 and 30-7",
    ]


def test_a_session_without_spots(write: Callable[..., Path]) -> None:
    assert read(write(spots="", links="")).layers == ()
    annotation = read(write(spots=""))
    assert annotation.layers == ()
    assert [finding.message for finding in annotation.findings] == [
        "2 links of a spot that is not there: 10-7 and 30-7"
    ]
    bare = write(spots="", links="", shown="", image="")
    assert TrackMate().open(bare, Options()).images == (NamedImage(),)


def test_many_names_of_features_are_no_trouble(write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Each spot with a feature of its own: as columns they would fill memory."""
    monkeypatch.setattr(session, "MAX_XML_PARTS", 1_000)
    spot = '<Spot ID="{0}" FRAME="0" POSITION_X="1" POSITION_Y="1" F{0}="1"/>'
    with pytest.raises(MifaError, match="MIFA226"):
        read(write(spots="".join(spot.format(number) for number in range(100))))


def test_another_xml_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text("<Icy/>")
    with pytest.raises(MifaError, match="MIFA204"):
        read(path)


KINDS = ["with_gap_closing", "with_merging", "with_splitting", "with_splitting_merging", "without_gap_closing"]


@pytest.mark.parametrize("kind", KINDS)
def test_real_sessions_against_the_tables_beside_them(real_data: Callable[[str], Path], kind: str) -> None:
    """The tables were exported with another reader, by the authors of laptrack."""
    folder = real_data("laptrack_trackmate") / "data"
    path = folder / f"trackmate_tracks_{kind}.xml"
    assert isinstance(recognise(path), TrackMate)
    assert TrackMate().open(path, Options()).images == (NamedImage("FakeTracks.tif", 128, 128),)
    assert not read(path).findings
    graph = graph_of(path)
    objects, properties = graph.nodes.objects, graph.nodes.objects.properties
    assert objects.source_id is not None and objects.t is not None
    spots = folder / f"trackmate_tracks_{kind}_spots.csv"
    if spots.exists():
        listed = pd.read_csv(spots).sort_values("id")
        order = np.argsort(np.array(objects.source_id, int))
        assert listed["id"].tolist() == np.array(objects.source_id, int)[order].tolist()
        np.testing.assert_allclose(graph.nodes.xy[order] - 0.5, listed[["position_x", "position_y"]])
        np.testing.assert_array_equal(objects.t[order], listed["frame"])
    links = pd.read_csv(folder / f"trackmate_tracks_{kind}_edges.csv")
    ids = np.array(objects.source_id, int)[graph.edges]
    np.testing.assert_array_equal(ids, links[["spot_source_id", "spot_target_id"]])
    np.testing.assert_allclose(graph.edge_properties["LINK_COST"], links["link_cost"])
    assert [properties["track"][place] for place in graph.edges[:, 0]] == links["track_id"].tolist()
    assert (objects.t[graph.edges[:, 0]] < objects.t[graph.edges[:, 1]]).all()
    assert objects.z is None


def test_a_real_session_by_hand(real_data: Callable[[str], Path]) -> None:
    path = real_data("laptrack_trackmate") / "data" / "trackmate_tracks_with_splitting.xml"
    graph = graph_of(path)
    assert (len(graph.nodes), len(graph.edges)) == (134, 130)
    properties = graph.nodes.objects.properties
    assert properties["track"].count(0) == 73
    assert graph.nodes.objects.source_id is not None
    first = graph.nodes.objects.source_id.index("221")
    np.testing.assert_allclose(graph.nodes.xy[first], [116.78953440559181, 116.859732156759])
