"""Tiles from another host: the only place where the server asks one, and only those that the county configured.

The name is resolved once, every address it has is checked, and the connection goes to a checked address: a name that
resolves differently a moment later (DNS rebinding) changes nothing. Redirects are not followed, nothing but a picture
comes back, and neither the answer nor the log holds the source's address, which may hold a token.
"""

from __future__ import annotations

import http.client
import logging
import os
import socket
import ssl
import threading
import time
from collections import OrderedDict
from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from geodata.rules.addresses import may_ask
from geodata.rules.base_layers import BaseLayer, check_token, tile_url
from geodata.rules.problems import Problem

log = logging.getLogger("sanzhang.base_layers")

TIMEOUT_S = 8.0
MOST_BYTES = 2 * 1024 * 1024
CACHE_BYTES = 64 * 1024 * 1024  # about 4,000 tiles: a county at the zooms that people share
CACHE_S = 86_400.0
REST_S = 20.0  # a host that did not answer is left alone for so long: waiting readers would take every thread
AT_ONCE = 8

_MOST_TOKEN_BYTES = 1000


@dataclass(frozen=True)
class Tile:
    """A picture and its kind."""

    body: bytes
    mimetype: str


class Cache:
    """The tiles asked for last, bounded by their bytes and their age."""

    def __init__(self, most_bytes: int = CACHE_BYTES, most_s: float = CACHE_S) -> None:
        self._most_bytes = most_bytes
        self._most_s = most_s
        self._kept: OrderedDict[Hashable, tuple[float, Tile]] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: Hashable, now_s: float) -> Tile | None:
        """Return a tile that is young enough, and remember that it was wanted."""
        with self._lock:
            at_s, tile = self._kept.get(key, (0.0, None))
            if tile is None or now_s - at_s > self._most_s:
                return None
            self._kept.move_to_end(key)
            return tile

    def put(self, key: Hashable, tile: Tile, now_s: float) -> None:
        """Keep a tile, dropping those that were not wanted for longest."""
        with self._lock:
            old = self._kept.pop(key, None)
            self._bytes += len(tile.body) - (len(old[1].body) if old else 0)
            self._kept[key] = (now_s, tile)
            while self._bytes > self._most_bytes:
                _, (_, dropped) = self._kept.popitem(last=False)
                self._bytes -= len(dropped.body)

    def clear(self) -> None:
        """Forget every tile."""
        with self._lock:
            self._kept.clear()
            self._bytes = 0


class Rests:
    """Hosts that did not answer a moment ago."""

    def __init__(self) -> None:
        self._until_s: dict[str, float] = {}

    def holds(self, host: str, now_s: float) -> bool:
        """Tell whether a host is being left alone."""
        return self._until_s.get(host, 0.0) > now_s

    def add(self, host: str, now_s: float) -> None:
        """Leave a host alone for a while."""
        self._until_s[host] = now_s + REST_S

    def clear(self) -> None:
        """Forget every host."""
        self._until_s.clear()


CACHE = Cache()
RESTS = Rests()
_PLACES = threading.BoundedSemaphore(AT_ONCE)


def fetch_tile(layer: BaseLayer, part: str, place: tuple[int, int, int], folder: Path) -> Tile:
    """Return one tile of a layer, from memory or from its source.

    Parameters
    ----------
    part
        One of ``layer.parts``.
    place
        (z, x, y) that ``check_tile`` let pass.
    folder
        The store's folder, where a token's file lies.

    Raises
    ------
    Problem
        ``base_layer.no_token`` (layer), ``base_tile.address_refused`` (layer, host), ``base_tile.unreachable`` (layer,
        host), ``base_tile.crowded`` (layer), ``base_tile.refused`` (layer, status), ``base_tile.not_found``,
        ``base_tile.not_image`` (layer), ``base_tile.too_big`` (layer, most_mib).
    """
    key = (layer, part, place)
    tile = CACHE.get(key, time.monotonic())
    if tile is None:
        url = urlsplit(tile_url(layer, part, *place, check_token(layer, find_token(layer, folder))))
        tile = _ask_in_turn(layer, url)
        CACHE.put(key, tile, time.monotonic())
    return tile


def find_token(layer: BaseLayer, folder: Path) -> str | None:
    """Return what lies at the place that a layer names for its token; None where nothing does."""
    if layer.token_env:
        return os.environ.get(layer.token_env)
    if not layer.token_file:
        return None
    path = (folder / layer.token_file).resolve()
    if path.parent != folder.resolve():
        return None
    try:
        with path.open("rb") as file:
            return file.read(_MOST_TOKEN_BYTES).decode("ascii")
    except (OSError, UnicodeError):
        return None


def has_token(values: Mapping[str, Any], folder: Path) -> bool:
    """Tell whether a configured layer has the token that it needs, or needs none."""
    try:
        layer = BaseLayer.from_dict(values)
        check_token(layer, find_token(layer, folder))
    except Problem:
        return False
    return True


def _ask_in_turn(layer: BaseLayer, url: SplitResult) -> Tile:
    host = url.hostname or ""
    if host not in layer.hosts or url.scheme not in ("http", "https"):
        raise Problem("base_tile.address_refused", layer=layer.id, host=host)
    if RESTS.holds(host, time.monotonic()):
        raise Problem("base_tile.unreachable", layer=layer.id, host=host)
    if not _PLACES.acquire(timeout=TIMEOUT_S):
        raise Problem("base_tile.crowded", layer=layer.id)
    try:
        return _ask(layer, url, host)
    except (OSError, http.client.HTTPException) as error:
        RESTS.add(host, time.monotonic())
        log.warning("base layer %s: no answer from %s (%s)", layer.id, host, type(error).__name__)
        raise Problem("base_tile.unreachable", layer=layer.id, host=host) from None
    finally:
        _PLACES.release()


def _ask(layer: BaseLayer, url: SplitResult, host: str) -> Tile:
    port = url.port or (443 if url.scheme == "https" else 80)
    address = _checked_address(layer, host, port)
    tls = ssl.create_default_context() if url.scheme == "https" else None
    connection = Pinned(host, port, address, tls)
    with bounded(connection):
        connection.request("GET", f"{url.path or '/'}?{url.query}" if url.query else url.path or "/", headers=_HEADERS)
        response = connection.getresponse()
        _check_answer(layer, response)
        body = response.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise Problem("base_tile.too_big", layer=layer.id, most_mib=MOST_BYTES >> 20)
    if response.length:  # cut off on the way
        raise http.client.IncompleteRead(b"", response.length)
    return Tile(body, _kind(layer, body))


_HEADERS = {"Accept": "image/png,image/jpeg,image/webp,image/gif", "User-Agent": "sanzhang-map"}


def _checked_address(layer: BaseLayer, host: str, port: int) -> str:
    """Resolve a name once; if any of its addresses may not be asked, none is."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    addresses = [str(entry[4][0]) for entry in found]
    if not all(may_ask(address, internal=layer.internal) for address in addresses):
        log.warning("base layer %s: %s lies on an address that may not be asked", layer.id, host)
        raise Problem("base_tile.address_refused", layer=layer.id, host=host)
    return addresses[0]


def _check_answer(layer: BaseLayer, response: http.client.HTTPResponse) -> None:
    if response.status in (204, 404):
        raise Problem("base_tile.not_found")
    if response.status != 200:  # a redirect too: where it leads was not configured
        raise Problem("base_tile.refused", layer=layer.id, status=response.status)
    kind = response.getheader("Content-Type", "").partition(";")[0].strip().lower()
    if not kind.startswith("image/") or response.getheader("Content-Encoding", "identity") != "identity":
        raise Problem("base_tile.not_image", layer=layer.id)
    if response.length is not None and response.length > MOST_BYTES:
        raise Problem("base_tile.too_big", layer=layer.id, most_mib=MOST_BYTES >> 20)


def _kind(layer: BaseLayer, body: bytes) -> str:
    """Return what a picture is by its first bytes: an SVG or a page called image/png must not reach a reader."""
    for start, kind in ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpeg"), (b"GIF8", "gif")):
        if body.startswith(start):
            return f"image/{kind}"
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "image/webp"
    raise Problem("base_tile.not_image", layer=layer.id)


class Pinned(http.client.HTTPConnection):
    """A connection to one checked address that speaks to the name that was asked for."""

    def __init__(self, host: str, port: int, address: str, tls: ssl.SSLContext | None) -> None:
        super().__init__(host, port, timeout=TIMEOUT_S)
        self.default_port = 443 if tls else 80  # which of them the Host header leaves out
        self._address = address
        self._tls = tls
        self._line: socket.socket | None = None  # the base class lets go of its socket before the answer is read
        self.expired = False

    def connect(self) -> None:
        """Open the connection to the checked address; a certificate must be the name's."""
        self.sock = self._line = socket.create_connection((self._address, self.port), timeout=TIMEOUT_S)
        if self._tls:
            self.sock = self._line = self._tls.wrap_socket(self.sock, server_hostname=self.host)

    def expire(self) -> None:
        """End the conversation from another thread: a socket's timeout starts anew with every byte."""
        self.expired = True
        if self._line:
            with suppress(OSError):  # closed a moment ago
                socket.socket.shutdown(self._line, socket.SHUT_RDWR)


@contextmanager
def bounded(connection: Pinned) -> Iterator[None]:
    """Hold a whole conversation to ``TIMEOUT_S``, and close it; ``TimeoutError`` where it took longer."""
    timer = threading.Timer(TIMEOUT_S, connection.expire)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        connection.close()
    if connection.expired:
        raise TimeoutError
