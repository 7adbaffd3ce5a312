from __future__ import annotations

import struct
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
import pyproj
from pyogrio.errors import DataLayerError, DataSourceError, FieldError, GeometryError
from pyproj.exceptions import CRSError

from geodata.files.guard import check_archive, nested_kind
from geodata.files.sheet import MAX_COLUMNS, MAX_ROWS, Sheet
from geodata.rules.problems import Problem

_ENCODINGS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "65001": "utf-8",
    **dict.fromkeys(("gbk", "gb2312", "gb18030", "936", "cp936", "ansi936", "ansi 936", "oem"), "gb18030"),
    **dict.fromkeys(("950", "big5", "cp950"), "cp950"),
    **dict.fromkeys(("iso-8859-1", "iso88591", "8859_1", "latin1", "1252", "cp1252", "ansi 1252"), "cp1252"),
}
_SHAPE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_CHUNK = 1024 * 1024


def declared_crs(wkt_or_code: str | None) -> str | None:
    """Name the system a file declares, as "EPSG:n" where it is one, else as the WKT it gave."""
    if not wkt_or_code:
        return None
    try:
        crs = pyproj.CRS.from_user_input(wkt_or_code)
        code = crs.to_epsg(min_confidence=70)
    except CRSError:
        return None
    return f"EPSG:{code}" if code else crs.to_wkt()


def _read(path: Path, layer: str | None, limit: int | None, encoding: str | None = None) -> Sheet:
    """Read one layer through GDAL after its size is known."""
    try:
        layers = [str(name) for name, _ in pyogrio.list_layers(path)]
        if not layers:
            raise Problem("file.no_header")
        if layer is not None and layer not in layers:
            raise Problem("file.no_layer", layer=layer[:100], layers=layers[:50])
        name = layer or layers[0]
        info = pyogrio.read_info(path, layer=name, encoding=encoding)
        _check_info(info, limit)
        frame = pyogrio.read_dataframe(path, layer=name, max_features=limit, encoding=encoding)
    except (DataSourceError, DataLayerError, FieldError, GeometryError) as error:
        raise Problem("file.damaged") from error
    except UnicodeDecodeError as error:
        raise Problem("file.encoding", position=error.start) from error
    frame.index = pd.RangeIndex(1, len(frame) + 1, name="row")
    if isinstance(frame, gpd.GeoDataFrame) and frame.geometry.name != "geometry":
        frame = frame.rename_geometry("geometry")
    ordered = [name, *(other for other in layers if other != name)]
    notes: list[dict[str, Any]] = [{"code": "other_layers", "layers": ordered[1:]}] if len(ordered) > 1 else []
    if limit is not None and info["features"] > limit:
        notes.append({"code": "row_limit", "rows": limit})
    return Sheet(frame, encoding or "utf-8", declared_crs(info["crs"]), ordered, notes, len(frame))


def _check_info(info: dict[str, Any], limit: int | None) -> None:
    if limit is None and info["features"] > MAX_ROWS:
        raise Problem("file.too_many_rows", limit=MAX_ROWS)
    if len(info["fields"]) > MAX_COLUMNS:
        raise Problem("file.too_many_columns", columns=len(info["fields"]), limit=MAX_COLUMNS)


def read_gpkg(path: Path, *, layer: str | None = None, limit: int | None = None) -> Sheet:
    """Read a layer of a GeoPackage.

    Parameters
    ----------
    path
        The GeoPackage.
    layer
        A layer's name; None reads the first.
    limit
        Read no more than this many features.

    Raises
    ------
    Problem
        ``file.damaged``; ``file.no_layer`` (layer, layers); ``file.too_many_rows`` (limit); ``file.too_many_columns``
        (columns, limit); ``file.encoding`` (position).
    """
    return _read(path, layer, limit)


def read_shapefile(path: Path, *, limit: int | None = None) -> Sheet:
    """Read a Shapefile with its .dbf beside it, its text by the .cpg, else UTF-8 if all of it is, else GB18030.

    Raises
    ------
    Problem
        ``shapefile.part_missing`` (part); ``file.header_lies`` (part, declared, bytes) where a header promises
        more than the file holds; ``file.encoding`` (position); ``file.damaged``; ``file.too_many_rows`` (limit).
    """
    parts = {suffix: _sibling(path, suffix) for suffix in _SHAPE_PARTS}
    for suffix in (".shp", ".shx", ".dbf"):
        if parts[suffix] is None:
            raise Problem("shapefile.part_missing", part=suffix)
    _check_headers(parts)
    sheet = _read(path, None, limit, "ISO-8859-1")  # GDAL knows it in capitals only; every byte survives it
    stated = parts[".cpg"]
    stated_name = stated.read_bytes()[:40].decode("ascii", "ignore").strip().lower() if stated else ""
    sheet.frame, sheet.encoding = _decode_texts(sheet.frame, _ENCODINGS.get(stated_name))
    return sheet


def _sibling(path: Path, suffix: str) -> Path | None:
    """Find a part of a Shapefile beside it, whatever the case of its ending."""
    names = (path.with_suffix(suffix), path.with_suffix(suffix.upper()))
    return next((name for name in names if name.is_file()), None)


def _check_headers(parts: dict[str, Path | None]) -> None:
    """Refuse headers that promise more than the file holds, before GDAL reserves memory for it."""
    for suffix in (".shp", ".shx"):
        _check_promise(parts[suffix], suffix, 100, lambda head: 2 * int(struct.unpack(">i", head[24:28])[0]))
    _check_promise(parts[".dbf"], ".dbf", 32, _dbf_bytes)


def _dbf_bytes(head: bytes) -> int:
    records, header, record = struct.unpack("<IHH", head[4:12])
    return int(header) + int(records) * int(record)


def _check_promise(path: Path | None, suffix: str, least: int, promised: Any) -> None:
    size = path.stat().st_size if path else 0
    head = path.open("rb").read(least) if path else b""
    declared = promised(head) if len(head) == least else -1
    if declared < least or declared > size + 1:
        raise Problem("file.header_lies", part=suffix, declared=declared, bytes=size)


def _decode_texts(frame: pd.DataFrame, stated: str | None) -> tuple[pd.DataFrame, str]:
    """Turn text columns that were read byte for byte into characters, names of columns too, all by one encoding."""
    columns = [name for name in frame.columns if name != "geometry" and _is_text(frame[name])]
    words = {value for name in columns for value in frame[name].unique() if isinstance(value, str)}
    words |= {str(name) for name in frame.columns}
    raw = {word: word.encode("iso-8859-1") for word in words}
    encoding = stated or ("utf-8" if _all_decode(raw.values(), "utf-8") else "gb18030")
    decoded = {word: _text_of(data, encoding) for word, data in raw.items()}
    for name in columns:
        frame[name] = pd.Series([decoded.get(value) for value in frame[name]], index=frame.index, dtype=object)
    return frame.rename(columns=decoded), encoding


def _is_text(column: Any) -> bool:
    return bool(pd.api.types.is_string_dtype(column.dtype) or pd.api.types.is_object_dtype(column.dtype))


def _all_decode(values: Any, encoding: str) -> bool:
    try:
        for value in values:
            value.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _text_of(data: bytes, encoding: str) -> str:
    """Decode a cell; a last character that the field's width has cut in two is dropped."""
    for end in range(len(data), max(len(data) - 4, -1), -1):
        try:
            return data[:end].decode(encoding)
        except UnicodeDecodeError as error:
            position = error.start
            if end == len(data) and position < len(data) - 3:
                break
    raise Problem("file.encoding", position=position)


def unpack_vectors(path: Path, folder: Path) -> list[Path]:
    """Unpack the map files of an examined archive into a folder under plain names, and list those to be read.

    Parameters
    ----------
    path
        A zip that holds Shapefiles, GeoPackages, GeoJSON, KML or CSV.
    folder
        An empty folder; the caller removes it.

    Raises
    ------
    Problem
        ``archive.*`` of :func:`check_archive`; ``archive.nested`` (entry) for an archive that hides under another name;
        ``file.kind_unknown`` where nothing inside can be read.
    """
    infos = check_archive(path)
    found: list[Path] = []
    stems: dict[str, str] = {}
    with zipfile.ZipFile(path) as archive:
        for info in infos:
            name = _entry_name(info)
            stem, suffix = name.rpartition(".")[0], "." + name.rpartition(".")[2].lower()
            if name.startswith("__MACOSX/") or suffix not in (
                *_SHAPE_PARTS,
                ".gpkg",
                ".geojson",
                ".json",
                ".kml",
                ".csv",
            ):
                continue
            stems.setdefault(stem, f"part{len(stems)}")
            target = folder / (stems[stem] + suffix)
            _unpack(archive, info, target)
            if suffix not in _SHAPE_PARTS[1:]:
                found.append(target)
    if not found:
        raise Problem("file.kind_unknown")
    return found


def entry_names(path: Path) -> list[str]:
    """List the readable names inside an archive, in the order :func:`unpack_vectors` numbers them."""
    with zipfile.ZipFile(path) as archive:
        names = [_entry_name(info) for info in archive.infolist() if not info.is_dir()]
    wanted = (".shp", ".gpkg", ".geojson", ".json", ".kml", ".csv")
    return [name for name in names if name.lower().endswith(wanted) and not name.startswith("__MACOSX/")]


def _entry_name(info: zipfile.ZipInfo) -> str:
    """Return an entry's name; one stored without the UTF-8 mark on a Chinese Windows is GBK, not code page 437."""
    if info.flag_bits & 0x800:
        return info.filename
    raw = info.filename.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def _unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path) -> None:
    with archive.open(info) as source, target.open("wb") as sink:
        piece = source.read(_CHUNK)
        if nested_kind(piece[:8]):
            raise Problem("archive.nested", entry=info.filename[:100])
        while piece:
            sink.write(piece)
            piece = source.read(_CHUNK)


def temporary_folder() -> tempfile.TemporaryDirectory[str]:
    """Make a folder that vanishes when it is closed, for what an archive is unpacked into."""
    return tempfile.TemporaryDirectory(prefix="sanzhang-", ignore_cleanup_errors=True)
