"""GeoPackage, Shapefile and KML, alone and zipped."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from geodata.files.read import read_any
from geodata.rules.problems import Problem
from tests.real_data import real_file

HOMES = gpd.GeoDataFrame(
    {"编号": ["A1", "A2"], "名称": ["𠮷田㐂", "李四"]},
    geometry=shapely.points([[500_000.0, 3_060_000.0], [500_100.0, 3_060_100.0]]),
    crs="EPSG:4546",
)


def shapefile(folder: Path, encoding: str = "GB18030", cpg: str | None = None) -> Path:
    """Write homes as a Shapefile and return its .shp; ``cpg`` replaces what is said of its encoding, "" removes it."""
    folder.mkdir(exist_ok=True)
    path = folder / "住户.shp"
    HOMES.to_file(path, encoding=encoding)
    if cpg is not None:
        path.with_suffix(".cpg").write_text(cpg)
    if cpg == "":
        path.with_suffix(".cpg").unlink()
    return path


def zipped(path: Path, files: list[Path], *, gbk: bool = False) -> Path:
    """Put files into an archive; ``gbk`` writes their names as a Chinese Windows does."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.write(file, file.name)
    if gbk:
        data = path.read_bytes()
        for file in files:
            name = file.name.encode()
            data = data.replace(name, file.name.encode("gb18030").rjust(len(name), b"_"))
        for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            parts = data.split(mark)
            utf8 = flags - len(mark) + 1
            data = mark.join([parts[0], *(part[:utf8] + b"\x00" + part[utf8 + 1 :] for part in parts[1:])])
        path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("encoding", "cpg", "told"),
    [
        ("GB18030", None, "gb18030"),
        ("GB18030", "", "gb18030"),
        ("GB18030", "936", "gb18030"),
        ("UTF-8", None, "utf-8"),
        ("UTF-8", "", "utf-8"),
        ("UTF-8", "65001\n", "utf-8"),
        ("GB18030", "nonsense", "gb18030"),
    ],
)
def test_shapefile_encodings(tmp_path: Path, encoding: str, cpg: str | None, told: str) -> None:
    """Text and column names are right with a .cpg, with none, and with one that means nothing."""
    sheet = read_any(shapefile(tmp_path / "a", encoding, cpg))
    assert sheet.frame["名称"].tolist() == ["𠮷田㐂", "李四"]
    assert (sheet.encoding, sheet.declared_crs, sheet.rows) == (told, "EPSG:4546", 2)
    assert sheet.frame.index.tolist() == [1, 2]


def test_a_character_cut_by_the_fields_width(tmp_path: Path) -> None:
    """A dBASE field ends in the middle of a character: the half is dropped, the file is read."""
    path = shapefile(tmp_path / "a", cpg="")
    dbf = path.with_suffix(".dbf")
    data = dbf.read_bytes()
    name = "李四".encode("gb18030")
    dbf.write_bytes(data.replace(name, name[:3] + b" "))
    assert read_any(path).frame["名称"].tolist() == ["𠮷田㐂", "李"]


@pytest.mark.parametrize("cpg", ["UTF-8", ""])
def test_text_in_no_encoding_is_refused(tmp_path: Path, cpg: str) -> None:
    """Bytes that are neither what the .cpg says nor GB18030 are refused, not replaced."""
    path = shapefile(tmp_path / "a", cpg=cpg)
    dbf = path.with_suffix(".dbf")
    dbf.write_bytes(dbf.read_bytes().replace("李四".encode("gb18030"), b"\xff\xff\xff\xff"))
    with pytest.raises(Problem, match=r"file\.encoding"):
        read_any(path)


@pytest.mark.parametrize("part", [".dbf", ".shx"])
def test_missing_parts(tmp_path: Path, part: str) -> None:
    """A Shapefile without its table or index is refused by the part that is missing."""
    path = shapefile(tmp_path / "a")
    path.with_suffix(part).unlink()
    with pytest.raises(Problem) as refused:
        read_any(path)
    assert (refused.value.code, refused.value.values["part"]) == ("shapefile.part_missing", part)


def lie(path: Path, at: int, kind: str, value: int) -> None:
    """Overwrite a number in a file's header."""
    data = bytearray(path.read_bytes())
    struct.pack_into(kind, data, at, value)
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("suffix", "damage"),
    [
        (".dbf", lambda path: lie(path, 4, "<I", 100_000_000)),  # 3 GB of records
        (".dbf", lambda path: path.write_bytes(path.read_bytes()[:20])),
        (".shp", lambda path: lie(path, 24, ">i", 2_000_000_000)),
        (".shx", lambda path: lie(path, 24, ">i", 2_000_000_000)),
        (".shx", lambda path: lie(path, 24, ">i", -5)),
    ],
)
def test_lying_headers(tmp_path: Path, suffix: str, damage: Callable[[Path], None]) -> None:
    """A header that promises gigabytes is refused before anything is reserved for it."""
    path = shapefile(tmp_path / "a")
    damage(path.with_suffix(suffix))
    with pytest.raises(Problem) as refused:
        read_any(path)
    assert (refused.value.code, refused.value.values["part"]) == ("file.header_lies", suffix)


@pytest.mark.parametrize("gbk", [False, True])
def test_zipped_shapefile(tmp_path: Path, gbk: bool) -> None:
    """A zip of a Shapefile is read, also with entry names in GBK, and leaves nothing behind."""
    shp = shapefile(tmp_path / "a")
    path = zipped(tmp_path / "a.zip", sorted(shp.parent.iterdir()), gbk=gbk)
    sheet = read_any(path, limit=1)
    assert sheet.frame["编号"].tolist() == ["A1"]
    assert sheet.notes == [{"code": "row_limit", "rows": 1}]
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["a", "a.zip"]


def test_a_zip_of_several_files(tmp_path: Path) -> None:
    """The files of an archive are its layers; one is read by its name."""
    shp = shapefile(tmp_path / "a")
    table = tmp_path / "b.csv"
    table.write_text("编号\nB1\n")
    path = zipped(tmp_path / "a.zip", [*sorted(shp.parent.iterdir()), table])
    assert read_any(path).layers == ["住户.shp", "b.csv"]
    sheet = read_any(path, layer="b.csv")
    assert (sheet.layers, sheet.frame["编号"].tolist()) == (["b.csv", "住户.shp"], ["B1"])
    with pytest.raises(Problem, match=r"file\.no_layer"):
        read_any(path, layer="c.csv")


def test_geopackage_layers(tmp_path: Path) -> None:
    """Layers are listed, one is read by name; its geometry column is called geometry whatever the file calls it."""
    path = tmp_path / "a.bin"
    made = tmp_path / "a.gpkg"
    HOMES.to_file(made, layer="一", engine="pyogrio", layer_options={"GEOMETRY_NAME": "shape"})
    HOMES.iloc[:1].to_crs(4490).to_file(made, layer="二", engine="pyogrio", mode="a")
    made.rename(path)
    sheet = read_any(path)
    assert (sheet.layers, sheet.rows, sheet.declared_crs) == (["一", "二"], 2, "EPSG:4546")
    assert sheet.frame.geometry.name == "geometry"
    second = read_any(path, layer="二")
    assert (second.layers, second.rows, second.declared_crs) == (["二", "一"], 1, "EPSG:4490")
    assert (second.frame.geometry.iloc[0].x, second.frame.geometry.iloc[0].y) == pytest.approx((111.0, 27.65), abs=0.01)
    with pytest.raises(Problem, match=r"file\.no_layer"):
        read_any(path, layer="三")


def test_damaged_and_oversized_geopackages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken database, and layers beyond the limits, are refused."""
    path = tmp_path / "a.gpkg"
    path.write_bytes(b"SQLite format 3\x00" + bytes(500))
    with pytest.raises(Problem, match=r"file\.damaged"):
        read_any(path)
    path.unlink()
    HOMES.to_file(path)
    for name, code in (("MAX_ROWS", r"file\.too_many_rows"), ("MAX_COLUMNS", r"file\.too_many_columns")):
        with monkeypatch.context() as patch:
            patch.setattr(f"geodata.files.read_vector.{name}", 1)
            with pytest.raises(Problem, match=code):
                read_any(path)


def test_real_layers() -> None:
    """The zipped GeoPackages of the real data are read by layer, with and without a declared system."""
    fences = read_any(real_file("hunan_counties.gpkg.zip"), layer="seed_fences_gcj02_2018")
    assert (fences.rows, fences.declared_crs) == (13, None)
    addresses = read_any(real_file("liechtenstein/liechtenstein_osm.gpkg.zip"), layer="addresses")
    assert (addresses.rows, addresses.declared_crs) == (12_467, "EPSG:4326")
    assert read_any(real_file("baltimore_zones.gpkg.zip")).declared_crs == "EPSG:2804"


KML = """<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder>{}</Folder></Document></kml>"""
MARK = "<Placemark><name>{}</name>{}</Placemark>"
RING = "<LinearRing><coordinates>111.6,27.6,0 111.7,27.6,0 111.7,27.7,0 111.6,27.6,0</coordinates></LinearRing>"
HOLE = "<LinearRing><coordinates>111.65,27.61 111.66,27.61 111.66,27.62 111.65,27.61</coordinates></LinearRing>"
POLYGON = f"<Polygon><outerBoundaryIs>{RING}</outerBoundaryIs><innerBoundaryIs>{HOLE}</innerBoundaryIs></Polygon>"
POINT = "<Point><coordinates>111.6,27.6,35</coordinates></Point>"
LINE = "<LineString><coordinates>111.6,27.6\n111.7,27.7</coordinates></LineString>"
DATA = '<Data name="户主"><value>张三</value></Data><SchemaData><SimpleData name="组">三组</SimpleData></SchemaData>'


def kml(path: Path, *marks: str) -> Path:
    """Write placemarks as a KML file."""
    path.write_text(KML.format("".join(marks)), encoding="utf-8")
    return path


def test_kml(tmp_path: Path) -> None:
    """Names, extended data and every kind of geometry come out of a KML file; it is WGS 84 by definition."""
    shapes = [
        POINT,
        LINE,
        POLYGON,
        f"<MultiGeometry>{POLYGON}{POLYGON}</MultiGeometry>",
        RING,
        "",
        f"<MultiGeometry>{POINT}</MultiGeometry>",
    ]
    sheet = read_any(
        kml(tmp_path / "a.kml", *(MARK.format(f"P{at}", shape + DATA * (at == 0)) for at, shape in enumerate(shapes)))
    )
    kinds = [None if shape is None else shape.geom_type for shape in sheet.frame.geometry]
    assert kinds == ["Point", "LineString", "Polygon", "MultiPolygon", "LineString", None, "Point"]
    assert len(sheet.frame.geometry.iloc[2].interiors) == 1
    assert (sheet.frame["name"].iloc[1], sheet.frame["户主"].iloc[0], sheet.frame["组"].iloc[0]) == (
        "P1",
        "张三",
        "三组",
    )
    assert (sheet.declared_crs, sheet.rows, sheet.refusals) == ("EPSG:4326", 7, [])
    preview = read_any(tmp_path / "a.kml", limit=2)
    assert (preview.rows, preview.notes) == (2, [{"code": "row_limit", "rows": 2}])


@pytest.mark.parametrize(
    ("shape", "code"),
    [
        ("<Point><coordinates>111.6;27.6</coordinates></Point>", "geometry.bad_position"),
        ("<Point><coordinates>nan,27.6</coordinates></Point>", "geometry.bad_position"),
        ("<Point><coordinates>1,2 3,4</coordinates></Point>", "geometry.too_few_points"),
        ("<Point/>", "geometry.too_few_points"),
        ("<LineString><coordinates>1,2</coordinates></LineString>", "geometry.too_few_points"),
        ("<Polygon/>", "geometry.too_few_points"),
        ("<Polygon><outerBoundaryIs><LinearRing/></outerBoundaryIs></Polygon>", "geometry.too_few_points"),
        (f"<MultiGeometry>{POINT}{LINE}</MultiGeometry>", "geometry.wrong_type"),
        (f"<MultiGeometry>{POINT * 1_001}</MultiGeometry>", "geometry.too_many_parts"),
    ],
)
def test_bad_placemarks_refuse_themselves(tmp_path: Path, shape: str, code: str) -> None:
    """A placemark whose geometry is not well formed is refused by its number; the next comes in."""
    sheet = read_any(kml(tmp_path / "a.kml", MARK.format("x", shape), MARK.format("y", POINT)))
    assert [(refusal.row, refusal.code) for refusal in sheet.refusals] == [(1, code)]
    assert sheet.frame["name"].tolist() == ["y"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (KML.format(MARK.format("x", POINT))[:-9], "file.xml_malformed"),
        (KML.format("<a>" * 100 + "</a>" * 100), "file.xml_too_deep"),
        (
            KML.replace("<kml", '<!DOCTYPE kml [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><kml').format("&c;"),
            "file.xml_doctype",
        ),
        (KML.replace("<kml", '<!DOCTYPE kml SYSTEM "file:///etc/passwd"><kml').format(""), "file.xml_doctype"),
    ],
)
def test_hostile_kml(tmp_path: Path, text: str, code: str) -> None:
    """A cut file, endless nesting and entities are refused by name."""
    path = tmp_path / "a.kml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Problem) as refused:
        read_any(path)
    assert refused.value.code == code
