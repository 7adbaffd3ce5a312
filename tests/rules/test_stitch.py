import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.rules.cells import cut_cells
from geodata.rules.crs import Zone, shapes_to_ll, shapes_to_xy, to_xy
from geodata.rules.shapes import shape_lins
from geodata.rules.stitch import stitch, stitch_in
from tests.real_data import real_file
from tests.rules.drawn_ground import at, line, patch


def shaped(village: shapely.Geometry, xy: np.ndarray, barriers: list, side: float) -> np.ndarray:
    """Shape a village into the 邻 of a square lattice."""
    cells = cut_cells(village, xy, np.full(len(xy), -1, dtype=np.intp), None, barriers)
    squares = ((cells.site_xy - cells.site_xy.min(axis=0)) // side).astype(int)
    _, lin = np.unique(squares[:, 0] * 1000 + squares[:, 1], return_inverse=True)
    return shape_lins(cells, lin.reshape(-1)[cells.site_of_home], np.arange(len(xy)))


def test_corners_come_into_the_border_across():
    """A corner of one village in the middle of another's border is put into it; what lies inland is not touched."""
    west = np.array([patch(0, 0, 50, 100), patch(50, 0, 100, 100)])
    east = np.array([patch(100, 0, 200, 30), patch(100, 30, 200, 100)])
    assert not shapely.coverage_is_valid(np.concatenate([west, east]))
    first, second = stitch([west, east])
    assert shapely.coverage_is_valid(np.concatenate([first, second]))
    assert first[0] is west[0]
    assert second[0] is east[0]
    assert shapely.get_num_coordinates(first[1]) == shapely.get_num_coordinates(west[1]) + 1
    assert shapely.area(first[1]) == west[1].area


def test_corners_that_all_but_coincide_become_one():
    """Where both villages computed the same crossing and differ by rounding, the first one's corner holds."""
    west = np.array([patch(0, 0, 100, 30), patch(0, 30, 100, 100)])
    east = np.array([patch(100, 0, 200, 30 + 4e-6), patch(100, 30 + 4e-6, 200, 100)])
    stitched = np.concatenate(stitch([west, east]))
    assert shapely.coverage_is_valid(stitched, gap_width=0.01)
    corners = {tuple(xy) for xy in shapely.get_coordinates(stitched)}
    assert tuple(at(100, 30)) in corners
    assert tuple(at(100, 30 + 4e-6)) not in corners


def test_holes_and_parts_are_stitched_too():
    """An enclave's corners come into the hole around it, and a unit in several parts stays one."""
    around = np.array([shapely.MultiPolygon([patch(0, 0, 90, 90) - patch(30, 30, 60, 60), patch(200, 0, 210, 10)])])
    inside = np.array([patch(30, 30, 45, 60), patch(45, 30, 60, 60)])
    stitched = np.concatenate(stitch([around, inside]))
    assert shapely.coverage_is_valid(stitched)
    assert stitched[0].geom_type == "MultiPolygon"
    assert shapely.area(stitched).sum() == shapely.area(np.concatenate([around, inside])).sum()


def test_all_levels_are_stitched_together():
    """邻, their 组 and their village in one array: every level is one coverage with its neighbours afterwards."""
    west = np.array([patch(0, 0, 100, 60), patch(0, 60, 100, 100)])
    east = np.array([patch(100, 0, 200, 30), shapely.reverse(patch(100, 30, 200, 100))])
    levels = [np.array([*lins, shapely.coverage_union_all(lins)], dtype=object) for lins in (west, east)]
    first, second = stitch(levels)
    assert shapely.coverage_is_valid(np.concatenate([first[:2], second[:2]]))
    assert shapely.coverage_is_valid(np.array([first[2], second[2]]))


def test_nothing_to_stitch():
    """Villages without units, and a county without villages, come back as they are."""
    assert stitch([]) == []
    empty, one = stitch([np.zeros(0, dtype=object), np.array([patch(0, 0, 9, 9)])])
    assert (len(empty), len(one)) == (0, 1)
    assert [len(group) for group in stitch([np.zeros(0, dtype=object)])] == [0]


ZONE = Zone(4546, 111.0)


def in_degrees(*shapes: shapely.Geometry) -> np.ndarray:
    """Return shapes as the store keeps them."""
    west_of_38 = shapely.transform(np.array(shapes, dtype=object), lambda xy: xy - [38_000_000, 0])
    return shapes_to_ll(west_of_38, ZONE)


def stitched_in(shapes_ll: np.ndarray, village: list[int]) -> np.ndarray:
    return stitch_in(shapes_ll, np.array(village, dtype=np.intp), lambda ll: to_xy(ll, ZONE))


def test_stored_corners_are_taken_over_bit_by_bit():
    """A corner comes into the border across with the very degrees it has; every other number stays as it was."""
    old = in_degrees(patch(0, 0, 100, 100), patch(100, 0, 200, 30), patch(100, 30, 200, 100))
    new = stitched_in(old, [0, 1, 1])
    assert shapely.coverage_is_valid(new)
    assert new[1] is old[1]
    assert new[2] is old[2]
    before, after = (set(map(tuple, shapely.get_coordinates(shapes[0]).tolist())) for shapes in (old, new))
    assert before < after < before | set(map(tuple, shapely.get_coordinates(old[1:]).tolist()))
    assert len(stitched_in(old[:0], [])) == 0


def test_degrees_that_drifted_are_those_of_the_first_village_again():
    """A village that went to metres and back has its neighbour's degrees on the border afterwards, and is no other."""
    old = in_degrees(patch(0, 0, 100, 100), patch(100, 0, 200, 100))
    drifted = old.copy()
    drifted[1] = shapely.transform(old[1], lambda ll: ll + 1e-12)
    new = stitched_in(drifted, [0, 1])
    assert new[0] is old[0]
    assert shapely.coverage_is_valid(new)
    shared = set(map(tuple, shapely.get_coordinates(new[0]).tolist())) & set(
        map(tuple, shapely.get_coordinates(new[1]).tolist())
    )
    assert len(shared) == 2
    assert abs(shapely.area(shapes_to_xy(new, ZONE)).sum() - 20_000) < 1e-3


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10**6), columns=st.integers(1, 3), rows=st.integers(1, 3))
def test_a_county_of_any_villages_is_one_coverage(seed: int, columns: int, rows: int):
    """Villages shaped apart, with a river through all of them, are one valid coverage of the same area."""
    rng = np.random.default_rng(seed)
    steps = np.linspace(-50, 300 * columns + 50, 40)
    river = line(*np.stack([steps, 150 * rows + 60 * np.sin(steps / 70)], axis=1).ravel())
    corners = at(0, 0) + 300 * np.stack(np.meshgrid(np.arange(columns + 1), np.arange(rows + 1)), axis=-1)
    corners = corners + rng.uniform(-60, 60, corners.shape)
    groups, ground_m2 = [], 0.0
    for x in range(columns):
        for y in range(rows):
            ring = [corners[y, x], corners[y, x + 1], corners[y + 1, x + 1], corners[y + 1, x]]
            village = shapely.Polygon(ring)
            inner = shapely.get_coordinates(village.centroid) + rng.normal(0, 60, (40, 2))
            groups.append(shaped(village, inner[shapely.contains_xy(village, inner)], [river], 80.0))
            ground_m2 += village.area
    flat = np.concatenate(stitch(groups))
    assert shapely.coverage_is_valid(flat)
    assert shapely.is_valid(flat).all()
    assert abs(shapely.area(flat).sum() - ground_m2) < 1e-3


def test_liechtenstein_is_one_coverage():
    """The eleven communes with their addresses, rivers and main roads: whole cells, one valid coverage together."""
    import geopandas as gpd

    path = real_file("liechtenstein/liechtenstein_osm.gpkg.zip")
    plane = "+proj=tmerc +lon_0=9.5 +x_0=500000 +ellps=GRS80"
    admin, homes, roads, water = (
        gpd.read_file(path, layer=layer).to_crs(plane) for layer in ("admin", "addresses", "roads", "waterways")
    )
    communes = admin[admin["admin_level"] == "8"]
    main = roads[roads["highway"].isin(["motorway", "trunk", "primary", "secondary"])]
    barriers = np.concatenate([main.geometry.to_numpy(), water[water["waterway"] == "river"].geometry.to_numpy()])
    tree = shapely.STRtree(barriers)
    groups = []
    for name, village in zip(communes["name"], communes.geometry, strict=True):
        xy = shapely.get_coordinates(homes.geometry[homes["municipality"] == name].to_numpy())
        groups.append(shaped(village, xy, list(barriers[tree.query(village, predicate="intersects")]), 150.0))
        assert shapely.coverage_is_valid(groups[-1], gap_width=0.001)
        assert abs(shapely.area(groups[-1]).sum() - village.area) < 1e-3
    flat = np.concatenate(stitch(groups))
    assert len(communes) == 11
    assert shapely.coverage_is_valid(flat, gap_width=0.001)
    assert abs(shapely.area(flat).sum() - communes.geometry.area.sum()) < 1e-2
