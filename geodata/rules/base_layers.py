"""Base layers: pictures under the net, configured by the county, none by default.

A configuration is checked as a whole before it is stored, so that what is stored can be served. It never holds a token,
only where one lies. All pictures are drawn in Web Mercator tiles of 256 pixels, z/x/y counted from the north-west
(OGC 17-083r2 annex D.1, WebMercatorQuad), the grid in which the map asks for them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from geodata.rules.addresses import may_ask, plain_host
from geodata.rules.problems import Problem

KINDS = ("tianditu", "xyz", "wmts", "pmtiles")
MOST_LAYERS = 20
DEEPEST_ZOOM = 22

# vector, imagery and terrain, and the labels that belong on each; labels are layers of their own
TIANDITU_LAYERS = ("vec", "cva", "img", "cia", "ter", "cta")
TIANDITU_HOSTS = tuple(f"t{n}.tianditu.gov.cn" for n in range(8))
# its lowest matrix is 1, its deepest 18
_TIANDITU_ZOOMS = (1, 18)

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,80}\.pmtiles")
# Only names that are made for the purpose: a setting must not be a way to read other secrets of the server.
_TOKEN_ENV = re.compile(r"[A-Z][A-Z0-9_]{0,40}_TK")
_TOKEN_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,80}\.token")
_TOKEN = re.compile(r"[A-Za-z0-9._~-]{8,200}")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_URL_CHARS = re.compile(r"[!-~]{1,1000}")
_SECRET_FIELDS = frozenset({"tk", "token", "key", "ak", "apikey", "api_key", "access_token"})
# how servers name grids in degrees, which do not fit the map's
_DEGREE_GRID = re.compile(r".*(4490|4326|4258|cgcs2000|crs84|crs84quad)|(.*[_:])?c", re.IGNORECASE)
_WORDS = ("name", "attribution", "approval_no", "layer", "style", "matrix_set", "matrix", "format")
_ALLOWED = {
    "tianditu": frozenset({"layers", "token_env", "token_file"}),
    "xyz": frozenset({"url", "internal", "token_env", "token_file"}),
    "wmts": frozenset(
        {"url", "internal", "token_env", "token_file", "layer", "style", "matrix_set", "matrix", "format"}
    ),
    "pmtiles": frozenset({"file"}),
}
_FOR_ALL = frozenset({"id", "name", "kind", "attribution", "approval_no", "min_zoom", "max_zoom"})
_FORMATS = ("image/png", "image/jpeg", "image/webp", "image/gif")


@dataclass(frozen=True)
class BaseLayer:
    """A base layer as the county configured it.

    Parameters
    ----------
    id
        Lower-case letters, digits and hyphens; part of the tiles' address.
    kind
        One of ``KINDS``.
    attribution, approval_no
        Whose picture it is, and its 审图号 (地图管理条例 art. 15, 22); without one it is for use inside only.
    min_zoom, max_zoom
        The zooms at which the source has tiles.
    layers
        Tianditu: the layers drawn over each other, lowest first.
    url
        XYZ: an address with ``{z}``, ``{x}`` and ``{y}`` (or ``{-y}``, counted from the south). WMTS: the address
        asked with key-value pairs. Both may hold ``{token}``.
    layer, style, matrix_set, matrix, format
        WMTS: the layer's names; ``matrix`` is the name of a zoom's matrix, with ``{z}``.
    file
        PMTiles: the file's name in the store's folder.
    token_env, token_file
        Where the operator's token lies: an environment variable (``..._TK``) or a file (``....token``) in that folder.
    internal
        Whether the source lies in the county's own network, on addresses that are refused otherwise.
    """

    id: str
    name: str
    kind: str
    attribution: str = ""
    approval_no: str = ""
    min_zoom: int = 0
    max_zoom: int = 18
    layers: tuple[str, ...] = ()
    url: str = ""
    layer: str = ""
    style: str = ""
    matrix_set: str = ""
    matrix: str = "{z}"
    format: str = "image/png"
    file: str = ""
    token_env: str = ""
    token_file: str = ""
    internal: bool = False

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> BaseLayer:
        """Check one layer's configuration and take it.

        Raises
        ------
        Problem
            ``base_layer.missing`` (layer, field), ``base_layer.unknown_key`` (layer, key),
            ``base_layer.unknown_kind`` (layer, value), ``base_layer.bad_value`` (layer, field), ``base_layer.bad_url``
            (layer), ``base_layer.placeholders`` (layer, wanted), ``base_layer.token_in_url`` (layer),
            ``base_layer.no_token_named`` (layer), ``base_layer.wrong_grid`` (layer, matrix_set),
            ``base_layer.address_refused`` (layer, host).
        """
        named = str(values.get("id", ""))[:40]
        _check_keys(values, named)
        layer = cls(**_typed(values, named))
        _check_common(layer)
        _CHECKS[layer.kind](layer)
        _check_token(layer)
        return layer

    def to_dict(self) -> dict[str, Any]:
        """Return what differs from the defaults, as it was configured."""
        defaults = {f.name: f.default for f in fields(self)}
        kept = {key: value for key, value in asdict(self).items() if value != defaults[key]}
        return {**kept, "layers": list(self.layers)} if self.layers else kept

    @property
    def needs_token(self) -> bool:
        """Whether its tiles cannot be asked for without a token."""
        return self.kind == "tianditu" or "{token}" in self.url

    @property
    def parts(self) -> tuple[str, ...]:
        """The pictures drawn over each other, lowest first; a single one has no name."""
        return self.layers or ("",)

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts that may be asked for its tiles, and no others."""
        if self.kind == "tianditu":
            return TIANDITU_HOSTS
        return (urlsplit(self.url).hostname or "",) if self.url else ()


def check_layers(items: Sequence[Mapping[str, Any]]) -> list[BaseLayer]:
    """Check a county's whole configuration.

    Raises
    ------
    Problem
        What ``BaseLayer.from_dict`` raises; ``base_layer.too_many`` (most), ``base_layer.duplicate_id`` (layer).
    """
    if len(items) > MOST_LAYERS:
        raise Problem("base_layer.too_many", most=MOST_LAYERS)
    layers = [BaseLayer.from_dict(item) for item in items]
    seen: set[str] = set()
    for layer in layers:
        if layer.id in seen:
            raise Problem("base_layer.duplicate_id", layer=layer.id)
        seen.add(layer.id)
    return layers


def take_sound(items: Sequence[Any]) -> list[BaseLayer]:
    """Return the stored layers that hold; one that today's rules refuse is left out, so that the map still opens."""
    found: dict[str, BaseLayer] = {}
    for item in items:
        try:
            layer = BaseLayer.from_dict(item)
        except (Problem, AttributeError):
            continue
        found.setdefault(layer.id, layer)
    return list(found.values())


def show_layer(layer: BaseLayer) -> dict[str, Any]:
    """Return a layer as the map is told of it: addresses on this server only, no source, no token.

    ``urls`` are the pictures drawn over each other, lowest first; ``url`` is the lowest.
    """
    if layer.kind == "pmtiles":
        urls = [f"/base/{layer.id}.pmtiles"]
    else:
        urls = [f"/base/{_address(layer.id, part)}/{{z}}/{{x}}/{{y}}" for part in layer.parts]
    return {
        "id": layer.id,
        "name": layer.name,
        "kind": "pmtiles" if layer.kind == "pmtiles" else "raster",
        "url": urls[0],
        "urls": urls,
        "attribution": layer.attribution,
        "approval_no": layer.approval_no,
        "min_zoom": layer.min_zoom,
        "max_zoom": layer.max_zoom,
    }


def find_part(layers: Sequence[BaseLayer], address: str) -> tuple[BaseLayer, str]:
    """Return the layer and the part of it that an address names (``tdt-vec.cva``).

    Raises
    ------
    Problem
        ``base_layer.not_found``.
    """
    for layer in layers:
        for part in layer.parts:
            if layer.kind != "pmtiles" and address == _address(layer.id, part):
                return layer, part
    raise Problem("base_layer.not_found")


def _address(layer_id: str, part: str) -> str:
    return f"{layer_id}.{part}" if part else layer_id


def check_tile(layer: BaseLayer, z: int, x: int, y: int) -> None:
    """Check that a tile lies on the grid and within the layer's zooms.

    Raises
    ------
    Problem
        ``tile.out_of_range`` (z, x, y).
    """
    if not (layer.min_zoom <= z <= layer.max_zoom and 0 <= x < 1 << z and 0 <= y < 1 << z):
        raise Problem("tile.out_of_range", z=z, x=x, y=y)


def tile_url(layer: BaseLayer, part: str, z: int, x: int, y: int, token: str = "") -> str:
    """Return the address of a tile at its source.

    Parameters
    ----------
    part
        One of ``layer.parts``.
    z, x, y
        A tile that ``check_tile`` let pass.
    token
        The operator's token; the address then is a secret too.
    """
    if layer.kind == "tianditu":
        return _tianditu(part, z, x, y, token)
    filled = {"z": str(z), "x": str(x), "y": str(y), "-y": str((1 << z) - 1 - y), "token": quote(token, safe="")}
    url = _PLACEHOLDER.sub(lambda found: filled[found[1]], layer.url)
    return url if layer.kind == "xyz" else _wmts(layer, url, z, x, y)


def _tianditu(name: str, z: int, x: int, y: int, token: str) -> str:
    # WMTS by key-value pairs on the grid "w" (Web Mercator), whose numbers are the map's own; a tile always asks the
    # same one of the eight hosts, so that caches on the way hold it once
    host = TIANDITU_HOSTS[(x + y) % len(TIANDITU_HOSTS)]
    return (
        f"https://{host}/{name}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER={name}&STYLE=default"
        f"&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk={quote(token, safe='')}"
    )


def _wmts(layer: BaseLayer, url: str, z: int, x: int, y: int) -> str:
    # OGC 07-057r7, table 29: GetTile by key-value pairs
    pairs = {
        "SERVICE": "WMTS", "REQUEST": "GetTile", "VERSION": "1.0.0", "LAYER": layer.layer, "STYLE": layer.style,
        "TILEMATRIXSET": layer.matrix_set, "FORMAT": layer.format, "TILEMATRIX": layer.matrix.replace("{z}", str(z)),
        "TILEROW": y, "TILECOL": x,
    }  # fmt: skip
    joint = "" if url.endswith(("?", "&")) else "&" if "?" in url else "?"
    return url + joint + "&".join(f"{key}={quote(str(value), safe='')}" for key, value in pairs.items())


def check_token(layer: BaseLayer, token: str | None) -> str:
    """Return the token found for a layer, "" where it needs none.

    Raises
    ------
    Problem
        ``base_layer.no_token`` (layer) where the named place holds none, or something that is no token.
    """
    if not layer.needs_token:
        return ""
    found = (token or "").strip()
    if not _TOKEN.fullmatch(found):
        raise Problem("base_layer.no_token", layer=layer.id)
    return found


def _check_keys(values: Mapping[str, Any], named: str) -> None:
    for key in ("id", "name", "kind"):
        if key not in values:
            raise Problem("base_layer.missing", layer=named, field=key)
    kind = values["kind"]
    if kind not in KINDS:
        raise Problem("base_layer.unknown_kind", layer=named, value=str(kind)[:40])
    for key in values:
        if key not in _FOR_ALL | _ALLOWED[kind]:
            raise Problem("base_layer.unknown_key", layer=named, key=str(key)[:40])


def _typed(values: Mapping[str, Any], named: str) -> dict[str, Any]:
    """Take each value by the kind of its default; JSON knows neither tuples nor dataclasses."""
    taken: dict[str, Any] = dict(values)
    if values["kind"] == "tianditu":
        taken = {"min_zoom": _TIANDITU_ZOOMS[0], "max_zoom": _TIANDITU_ZOOMS[1], **taken}
    for key, value in taken.items():
        wanted: type = {"min_zoom": int, "max_zoom": int, "internal": bool, "layers": list}.get(key, str)
        if type(value) is not wanted:  # a flag is no number
            raise Problem("base_layer.bad_value", layer=named, field=key)
    if not all(isinstance(one, str) for one in taken.get("layers", [])):
        raise Problem("base_layer.bad_value", layer=named, field="layers")
    return {key: tuple(value) if key == "layers" else value for key, value in taken.items()}


def _check_common(layer: BaseLayer) -> None:
    if not _ID.fullmatch(layer.id):
        raise Problem("base_layer.bad_value", layer=layer.id[:40], field="id")
    for key in _WORDS:
        value: str = getattr(layer, key)
        if len(value) > 200 or not value.isprintable():
            raise Problem("base_layer.bad_value", layer=layer.id, field=key)
    if not layer.name.strip():
        raise Problem("base_layer.missing", layer=layer.id, field="name")
    if not 0 <= layer.min_zoom <= layer.max_zoom <= DEEPEST_ZOOM:
        raise Problem("base_layer.bad_value", layer=layer.id, field="min_zoom")


def _check_tianditu(layer: BaseLayer) -> None:
    if not layer.layers:
        raise Problem("base_layer.missing", layer=layer.id, field="layers")
    if len(set(layer.layers)) < len(layer.layers) or not set(layer.layers) <= set(TIANDITU_LAYERS):
        raise Problem("base_layer.bad_value", layer=layer.id, field="layers")
    if layer.min_zoom < _TIANDITU_ZOOMS[0] or layer.max_zoom > _TIANDITU_ZOOMS[1]:
        raise Problem("base_layer.bad_value", layer=layer.id, field="max_zoom")


def _check_xyz(layer: BaseLayer) -> None:
    held = _check_url(layer)
    ups = held & {"y", "-y"}
    if not {"z", "x"} <= held or len(ups) != 1 or not held <= {"z", "x", "y", "-y", "token"}:
        raise Problem("base_layer.placeholders", layer=layer.id, wanted="{z} {x} {y}")


def _check_wmts(layer: BaseLayer) -> None:
    if not _check_url(layer) <= {"token"}:
        raise Problem("base_layer.placeholders", layer=layer.id, wanted="{token}")
    for key in ("layer", "matrix_set"):
        if not getattr(layer, key):
            raise Problem("base_layer.missing", layer=layer.id, field=key)
    if set(_PLACEHOLDER.findall(layer.matrix)) != {"z"}:
        raise Problem("base_layer.placeholders", layer=layer.id, wanted="{z}")
    if layer.format not in _FORMATS:
        raise Problem("base_layer.bad_value", layer=layer.id, field="format")
    if _DEGREE_GRID.fullmatch(layer.matrix_set):
        raise Problem("base_layer.wrong_grid", layer=layer.id, matrix_set=layer.matrix_set)


def _check_pmtiles(layer: BaseLayer) -> None:
    if not layer.file:
        raise Problem("base_layer.missing", layer=layer.id, field="file")
    if not _FILE.fullmatch(layer.file) or ".." in layer.file:
        raise Problem("base_layer.bad_value", layer=layer.id, field="file")


_CHECKS = {"tianditu": _check_tianditu, "xyz": _check_xyz, "wmts": _check_wmts, "pmtiles": _check_pmtiles}


def _check_url(layer: BaseLayer) -> set[str]:
    """Check the address of a source and return its placeholders, none of which may stand in the host."""
    if not layer.url:
        raise Problem("base_layer.missing", layer=layer.id, field="url")
    try:
        parts = urlsplit(layer.url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise Problem("base_layer.bad_url", layer=layer.id) from None
    sound = parts.scheme in ("http", "https") and "@" not in parts.netloc and not parts.fragment
    if not sound or not _URL_CHARS.fullmatch(layer.url) or "\\" in layer.url or not plain_host(host):
        raise Problem("base_layer.bad_url", layer=layer.id)
    literal = ":" in host or host.replace(".", "").isdigit()
    if literal and not may_ask(host, internal=layer.internal):
        raise Problem("base_layer.address_refused", layer=layer.id, host=host)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    if any(key.lower() in _SECRET_FIELDS and value != "{token}" for key, value in pairs):
        raise Problem("base_layer.token_in_url", layer=layer.id)
    return set(_PLACEHOLDER.findall(layer.url))


def _check_token(layer: BaseLayer) -> None:
    for key, pattern in (("token_env", _TOKEN_ENV), ("token_file", _TOKEN_FILE)):
        value: str = getattr(layer, key)
        if value and not pattern.fullmatch(value):
            raise Problem("base_layer.bad_value", layer=layer.id, field=key)
    if bool(layer.token_env) + bool(layer.token_file) != int(layer.needs_token):
        raise Problem("base_layer.no_token_named", layer=layer.id)
