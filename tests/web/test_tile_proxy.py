"""The tile proxy: it asks the configured source and nothing else, and brings back nothing but pictures (S-10)."""

from __future__ import annotations

import datetime as dt
import logging
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from geodata.rules.base_layers import BaseLayer
from geodata.rules.problems import Problem
from tests.web.tile_source import PNG, Source, running
from webmap import proxy

NOW = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
TOKEN = "0123456789abcdef-our-own"
WITH_TOKEN = {"url": "http://127.0.0.1:{port}/t/{{z}}/{{x}}/{{y}}?tk={{token}}", "token_file": "tdt.token"}


@pytest.fixture(autouse=True)
def fresh() -> None:
    """Nothing remembered."""
    proxy.CACHE.clear()
    proxy.RESTS.clear()


@pytest.fixture
def source() -> Iterator[Source]:
    """A running tile server."""
    with running() as server:
        yield server


def ask(values: dict[str, Any], folder: Path = Path("nowhere"), x: int = 6) -> str:
    """Return the code with which a tile is refused, "" when it comes."""
    layer = BaseLayer.from_dict(values)
    try:
        proxy.fetch_tile(layer, layer.parts[0], (3, x, 2), folder)
    except Problem as problem:
        return problem.code
    return ""


def resolves_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Let every name resolve to these addresses; returns the list of names asked for."""
    names: list[str] = []

    def answer(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        names.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(proxy.socket, "getaddrinfo", answer)
    return names


def test_a_name_that_leads_home(source: Source) -> None:
    """A name that resolves to loopback is refused unless the layer says that it is internal."""
    assert ask(source.layer("localhost", internal=False)) == "base_tile.address_refused"
    assert source.asked == []
    assert ask(source.layer("localhost")) in ("", "base_tile.unreachable")  # ::1 may come first, and nobody listens


@pytest.mark.parametrize("internal", [False, True])
@pytest.mark.parametrize(
    "address", ["169.254.169.254", "::ffff:169.254.169.254", "100.100.100.200", "0.0.0.0", "fe80::1"]
)
def test_a_name_that_leads_to_metadata(monkeypatch: pytest.MonkeyPatch, internal: bool, address: str) -> None:
    """A name on a metadata, link-local or wildcard address is refused whatever the layer says."""
    resolves_to(monkeypatch, address)
    values = {"id": "a", "name": "a", "kind": "xyz", "url": "http://maps.example/{z}/{x}/{y}", "internal": internal}
    assert ask(values) == "base_tile.address_refused"


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.8", "::1", "fd12::1"])
def test_a_name_that_leads_within(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """One forbidden address among a name's addresses refuses them all; Tianditu itself is no exception."""
    resolves_to(monkeypatch, "8.8.8.8", address)
    assert ask({"id": "a", "name": "a", "kind": "xyz", "url": "http://m.example/{z}/{x}/{y}"}) == (
        "base_tile.address_refused"
    )
    monkeypatch.setenv("TIANDITU_TK", TOKEN)
    tianditu = {"id": "t", "name": "t", "kind": "tianditu", "layers": ["vec"], "token_env": "TIANDITU_TK"}
    assert ask(tianditu) == "base_tile.address_refused"


def test_a_name_that_changes_its_mind(monkeypatch: pytest.MonkeyPatch, source: Source) -> None:
    """The name is resolved once and the checked address is the one connected to (DNS rebinding)."""
    names = resolves_to(monkeypatch, "127.0.0.1")
    connected: list[Any] = []
    real = socket.create_connection

    def connect(address: tuple[str, int], timeout: float) -> socket.socket:
        connected.append(address)
        return real(("127.0.0.1", source.port), timeout)

    monkeypatch.setattr(proxy.socket, "create_connection", connect)
    assert ask(source.layer("maps.example")) == ""
    assert connected == [("127.0.0.1", source.port)]
    assert names.count("maps.example") == 1
    assert source.asked[0][1]["Host"] == f"maps.example:{source.port}"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(source: Source, status: int) -> None:
    """Where a redirect leads was not configured, even on the same host."""
    source.answer = {"status": status, "headers": {"Location": f"http://127.0.0.1:{source.port}/secret"}}
    assert ask(source.layer()) == "base_tile.refused"
    assert len(source.asked) == 1


def test_only_configured_hosts_are_asked(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    """Should an address be built wrongly, its host still must be one that the layer names, over http or https."""
    for url in ("http://elsewhere.example/", "file:///etc/passwd", f"gopher://127.0.0.1:{source.port}/"):
        monkeypatch.setattr(proxy, "tile_url", lambda *_, url=url: url)
        assert ask(source.layer()) == "base_tile.address_refused"
    assert source.asked == []


@pytest.mark.parametrize(("answer", "code"), [
    ({"status": 404}, "base_tile.not_found"),
    ({"status": 204, "body": b""}, "base_tile.not_found"),
    ({"status": 403}, "base_tile.refused"),
    ({"kind": "text/html"}, "base_tile.not_image"),
    ({"kind": None}, "base_tile.not_image"),
    ({"body": b"<svg onload='x'/>"}, "base_tile.not_image"),
    ({"body": b"<svg/>", "kind": "image/svg+xml"}, "base_tile.not_image"),
    ({"body": b""}, "base_tile.not_image"),
    ({"headers": {"Content-Encoding": "gzip"}}, "base_tile.not_image"),
    ({"body": PNG + bytes(proxy.MOST_BYTES)}, "base_tile.too_big"),
    ({"body": PNG + bytes(proxy.MOST_BYTES), "headers": {"Content-Length": None}}, "base_tile.too_big"),
    ({"headers": {"Content-Length": len(PNG) + 10}}, "base_tile.unreachable"),
])  # fmt: skip
def test_nothing_but_a_picture_comes_back(source: Source, answer: dict[str, Any], code: str) -> None:
    """Other kinds, disguised kinds, packed, oversized and broken answers are refused and not kept."""
    source.answer = answer
    assert ask(source.layer()) == code
    proxy.RESTS.clear()
    source.answer = {}
    assert ask(source.layer()) == ""


@pytest.mark.parametrize(("body", "kind"), [
    (PNG, "image/png"), (b"\xff\xd8\xff\xe0", "image/jpeg"), (b"GIF89a", "image/gif"),
    (b"RIFF0000WEBPVP8 ", "image/webp"),
])  # fmt: skip
def test_a_picture_is_named_by_its_bytes(source: Source, body: bytes, kind: str) -> None:
    """Whatever kind of image the source says it is, the reader is told what it truly is."""
    source.answer = {"body": body, "kind": "image/jpg; charset=x"}
    tile = proxy.fetch_tile(BaseLayer.from_dict(source.layer()), "", (3, 6, 2), Path("nowhere"))
    assert (tile.body, tile.mimetype) == (body, kind)


def test_a_source_that_drips(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    """A byte now and then does not hold a place longer than the bound, in the head or in the body."""
    monkeypatch.setattr(proxy, "TIMEOUT_S", 0.4)
    source.answer = {"headers": {"Content-Length": 4000}, "drip": [b"x"] * 80}
    started = time.monotonic()
    assert ask(source.layer()) == "base_tile.unreachable"
    assert time.monotonic() - started < 2


@pytest.fixture
def encrypted(source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Source:
    """The source behind TLS, with a certificate for ``maps.example`` that this machine trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "maps.example")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), NOW, NOW + 40_000 * DAY)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("maps.example")]), critical=False)
        .sign(key, hashes.SHA256())
        .public_bytes(Encoding.PEM)
    )
    kept = tmp_path / "certificate.pem"
    kept.write_bytes(certificate + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(kept)
    source.socket = served.wrap_socket(source.socket, server_side=True)
    trusting = ssl.create_default_context(cadata=certificate.decode())
    monkeypatch.setattr(proxy.ssl, "create_default_context", lambda: trusting)
    resolves_to(monkeypatch, "127.0.0.1")
    return source


def test_a_certificate_must_be_the_names(encrypted: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over TLS the certificate is checked against the name that was configured, not the address connected to."""
    values = {key: value.replace("http:", "https:") if key == "url" else value
              for key, value in encrypted.layer("maps.example").items()}  # fmt: skip
    assert ask(values) == ""
    assert encrypted.asked[0][1]["Host"] == f"maps.example:{encrypted.port}"
    assert ask({**values, "url": values["url"].replace("maps.", "other.")}) == "base_tile.unreachable"
    monkeypatch.setattr(proxy, "TIMEOUT_S", 0.4)
    encrypted.answer = {"headers": {"Content-Length": 4000}, "drip": [b"x"] * 80}
    assert ask(values, x=5) == "base_tile.unreachable"
    assert len(encrypted.asked) == 2


def test_an_expiry_after_the_end_harms_nothing() -> None:
    """A timer that fires before there is a connection, or after it, ends quietly."""
    connection = proxy.Pinned("h", 80, "127.0.0.1", None)
    connection.expire()
    connection._line = socket.socket()
    connection._line.close()
    connection.expire()
    assert connection.expired


def test_a_dead_source_is_left_alone(source: Source, caplog: pytest.LogCaptureFixture) -> None:
    """After one failure a host rests, so that waiting readers do not take every thread; then it is asked again."""
    values = source.layer()
    dead = {**values, "url": "http://127.0.0.1:1/{z}/{x}/{y}"}
    with caplog.at_level(logging.WARNING):
        assert [ask(dead), ask(values)] == ["base_tile.unreachable"] * 2
    assert (len(caplog.records), source.asked) == (1, [])
    proxy.RESTS.clear()
    assert ask(values) == ""
    proxy.RESTS.add("h", 100.0)
    assert [proxy.RESTS.holds("h", at) for at in (100.0, 119.0, 121.0)] == [True, True, False]


def test_places_are_few(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    """No more tiles than that are asked for at once; who finds no place in time is told so."""
    monkeypatch.setattr(proxy, "_PLACES", threading.BoundedSemaphore(1))
    monkeypatch.setattr(proxy, "TIMEOUT_S", 0.05)
    with proxy._PLACES:
        assert ask(source.layer()) == "base_tile.crowded"
    monkeypatch.setattr(proxy, "TIMEOUT_S", 8.0)
    assert ask(source.layer()) == ""


def test_a_token_is_used_and_never_told(source: Source, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The token goes to the source alone: not into a refusal, not into the log, however it fails."""
    values = source.layer(**{**WITH_TOKEN, "url": WITH_TOKEN["url"].format(port=source.port)})
    (tmp_path / "tdt.token").write_text(TOKEN + "\n")
    with caplog.at_level(logging.DEBUG):
        assert ask(values, tmp_path) == ""
        assert source.asked[0][0] == f"/t/3/6/2?tk={TOKEN}"
        layer = BaseLayer.from_dict(values)
        for answer in ({"status": 403}, {"status": 404}, {"kind": "text/html"}, {"headers": {"Content-Length": 9999}}):
            source.answer = answer
            with pytest.raises(Problem) as caught:
                proxy.fetch_tile(layer, "", (3, 5, 2), tmp_path)
            assert TOKEN not in f"{caught.value} {caught.value.values} {caught.value.__cause__}"
    assert TOKEN not in caplog.text
    assert caplog.text


def test_a_token_that_is_not_there(source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its token a layer is not asked for; a link out of the folder and other contents are no token."""
    values = source.layer(**{**WITH_TOKEN, "url": WITH_TOKEN["url"].format(port=source.port)})
    folder = tmp_path / "county"
    folder.mkdir()
    kept = folder / "tdt.token"
    assert (ask(values, folder), proxy.has_token(values, folder)) == ("base_layer.no_token", False)
    kept.write_bytes(b"\xff\xfe not a token")
    assert ask(values, folder) == "base_layer.no_token"
    kept.unlink()
    (tmp_path / "secret").write_text(TOKEN)
    kept.symlink_to(tmp_path / "secret")
    assert ask(values, folder) == "base_layer.no_token"
    assert source.asked == []
    named = {**{key: value for key, value in values.items() if key != "token_file"}, "token_env": "COUNTY_TK"}
    assert not proxy.has_token(named, folder)
    monkeypatch.setenv("COUNTY_TK", TOKEN)
    assert (proxy.has_token(named, folder), ask(named, folder)) == (True, "")


def test_memory_isbounded_and_forgets() -> None:
    """Tiles that were not wanted for longest go first, the rest after a day; a newer picture replaces an older."""
    cache = proxy.Cache(most_bytes=100, most_s=10.0)
    tiles = [proxy.Tile(bytes(40), f"image/{n}") for n in range(4)]
    cache.put("a", tiles[0], 0.0)
    cache.put("b", tiles[1], 0.0)
    assert cache.get("a", 1.0) == tiles[0]
    cache.put("c", tiles[2], 1.0)
    assert (cache.get("b", 1.0), cache.get("a", 1.0), cache.get("c", 1.0)) == (None, tiles[0], tiles[2])
    cache.put("a", tiles[3], 2.0)
    assert (cache.get("a", 12.0), cache.get("c", 11.5)) == (tiles[3], None)
    cache.put("big", proxy.Tile(bytes(200), "image/png"), 3.0)
    assert cache.get("big", 3.0) is None


def test_another_configuration_is_another_tile(source: Source) -> None:
    """A layer set anew is fetched anew: nothing of what it showed before is left."""
    assert ask(source.layer()) == ""
    assert ask(source.layer(name="别的")) == ""
    assert len(source.asked) == 2
