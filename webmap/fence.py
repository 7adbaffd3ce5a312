"""The one door for conversations with another server: to the host and port that were set, and to nothing else."""

from __future__ import annotations

import http.client
import io
import socket
import ssl
from typing import Any
from urllib.parse import SplitResult, urlsplit

import requests
from requests.adapters import BaseAdapter

from geodata.rules.addresses import may_ask
from webmap.proxy import Pinned, bounded

MOST_BYTES = 64 * 1024


class Fence(BaseAdapter):
    """Lets the requests of a ``requests`` session out to one scheme, host and port.

    The name is resolved once and the connection goes to a checked address of it; redirects are handed back, not
    followed; an answer is read whole, and no more than ``MOST_BYTES`` of it.
    """

    def __init__(self, api: SplitResult, *, internal: bool) -> None:
        super().__init__()
        self._api, self._internal = api, internal

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:  # type: ignore[override]
        """Send one request and return its answer, read whole."""
        url = urlsplit(request.url or "")
        if (url.scheme, url.hostname, url.port) != (self._api.scheme, self._api.hostname, self._api.port):
            raise requests.exceptions.InvalidURL("not the address that was set")
        host, port = url.hostname or "", url.port or (443 if url.scheme == "https" else 80)
        tls = ssl.create_default_context() if url.scheme == "https" else None
        connection = Pinned(host, port, self._address(host, port), tls)
        body: Any = request.body.encode() if isinstance(request.body, str) else request.body
        with bounded(connection):
            target = f"{url.path or '/'}?{url.query}" if url.query else url.path or "/"
            connection.request(request.method or "GET", target, body=body, headers=dict(request.headers))
            answer = connection.getresponse()
            content = answer.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise requests.exceptions.ContentDecodingError("too long an answer")
        return _response(request, answer, content)

    def close(self) -> None:
        """Nothing is kept open."""

    def _address(self, host: str, port: int) -> str:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
        addresses = [str(entry[4][0]) for entry in found]
        if not all(may_ask(address, internal=self._internal) for address in addresses):
            raise requests.exceptions.InvalidURL("an address that may not be asked")
        return addresses[0]


def _response(request: requests.PreparedRequest, answer: http.client.HTTPResponse, content: bytes) -> requests.Response:
    made = requests.Response()
    made.status_code, made.url, made.request = answer.status, request.url or "", request
    made.headers.update(dict(answer.getheaders()))
    made.raw = io.BytesIO(content)
    made._content = content
    return made
