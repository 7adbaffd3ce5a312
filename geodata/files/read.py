from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

from geodata.files.guard import check_archive, check_file_size
from geodata.files.read_geojson import read_geojson
from geodata.files.read_kml import read_kml
from geodata.files.read_sheet import read_workbook
from geodata.files.read_text import read_csv
from geodata.files.sheet import Sheet
from geodata.rules.problems import Problem

__all__ = ["Sheet", "kind_of", "read_any"]

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"SQLite format 3\x00", "gpkg"),
    (_OLE, "workbook"),
    (b"\x00\x00\x27\x0a", "shapefile"),
    (b"PK\x03\x04", "zip"),
)
_OTHER = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"PK\x05\x06",
    b"\x1f\x8b",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x7fELF",
    b"MZ",
)
_HEAD = 4096


def kind_of(path: Path) -> str:
    """Tell what a file is by its content, whatever its name says.

    Returns
    -------
    str
        ``workbook``, ``csv``, ``gpkg``, ``shapefile``, ``geojson``, ``kml`` or ``zip`` (of one of those).

    Raises
    ------
    Problem
        ``file.kind_unknown``; ``file.html_as_excel`` and ``file.xml_spreadsheet`` for what some offices save as .xls;
        ``archive.*`` for a zip that cannot be trusted.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return _zip_kind(path) if kind == "zip" else kind
    if head.startswith(_OTHER):
        raise Problem("file.kind_unknown")
    return _text_kind(head)


def _zip_kind(path: Path) -> str:
    check_archive(path)
    with zipfile.ZipFile(path) as archive:
        names = {name.lower() for name in archive.namelist()}
    if "xl/workbook.xml" in names:
        return "workbook"
    if "[content_types].xml" in names or "mimetype" in names:
        raise Problem("file.kind_unknown")
    return "zip"


def _text_kind(head: bytes) -> str:
    encoding = "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    text = head.decode(encoding, "ignore").lstrip("\ufeff \t\r\n").lower()
    if text.startswith(("{", "[")):
        return "geojson"
    if not text.startswith("<"):
        return "csv"
    if "<kml" in text:
        return "kml"
    if "urn:schemas-microsoft-com:office:spreadsheet" in text:
        raise Problem("file.xml_spreadsheet")
    if "<html" in text or "<table" in text or "<!doctype html" in text:
        raise Problem("file.html_as_excel")
    if "<!doctype" in text or "<!entity" in text:
        raise Problem("file.xml_doctype")
    raise Problem("file.kind_unknown")


def read_any(path: Path, *, layer: str | None = None, limit: int | None = None) -> Sheet:
    """Read a table or layer of any kind of file people send, known by its content.

    Parameters
    ----------
    path
        XLSX, XLSM, XLS, CSV, TSV, GeoPackage, Shapefile (its .shp, or a zip), GeoJSON, KML; or a zip of one of those.
        At most 500 MB and 1,000,000 rows.
    layer
        A sheet or layer; None reads the first that is visible and not empty. For a zip of several files, a file's name.
    limit
        Read no more than this many rows, for a preview.

    Returns
    -------
    Sheet
        The rows as they stand, with what the file declares of itself.

    Raises
    ------
    Problem
        ``file.*``, ``archive.*``, ``json.*``, ``geojson.*``, ``shapefile.*``: each reader names its own.
    """
    check_file_size(path)
    return _read(kind_of(path), path, layer, limit)


def _read(kind: str, path: Path, layer: str | None, limit: int | None) -> Sheet:
    layered: dict[str, Callable[..., Sheet]] = {"workbook": read_workbook, "gpkg": _read_gpkg, "zip": _read_zip}
    if kind in layered:
        return layered[kind](path, layer=layer, limit=limit)
    plain: dict[str, Callable[..., Sheet]] = {
        "csv": read_csv,
        "shapefile": _read_shapefile,
        "geojson": read_geojson,
        "kml": read_kml,
    }
    if layer is not None:
        raise Problem("file.no_layer", layer=layer[:100], layers=[])
    return plain[kind](path, limit=limit)


def _read_gpkg(path: Path, *, layer: str | None, limit: int | None) -> Sheet:
    from geodata.files.read_vector import read_gpkg  # GDAL takes 30 MB, which who brings a table need not have

    return read_gpkg(path, layer=layer, limit=limit)


def _read_shapefile(path: Path, *, limit: int | None) -> Sheet:
    from geodata.files.read_vector import read_shapefile

    return read_shapefile(path, limit=limit)


def _read_zip(path: Path, *, layer: str | None, limit: int | None) -> Sheet:
    """Read one file of an archive: the one named ``layer``, else the first, whose own layer may be meant."""
    from geodata.files.read_vector import entry_names, temporary_folder, unpack_vectors

    names = entry_names(path)
    with temporary_folder() as folder:
        files = unpack_vectors(path, Path(folder))
        chosen, inner = (files[names.index(layer)], None) if layer in names else (files[0], layer)
        sheet = _read(kind_of(chosen), chosen, inner, limit)
    if len(files) > 1:
        first = names[files.index(chosen)]
        sheet.layers = [first, *(name for name in names if name != first)]
        sheet.notes.append({"code": "other_layers", "layers": sheet.layers[1:]})
    return sheet
