"""Messages leave through Apprise to a server on loopback: what counts as sent, as refused, and as not known."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from webmap import aside as apart
from webmap import posting
from webmap.aside import Aside, Ended, load
from webmap.chores import LOAD_S, POST_S
from webmap.posting import post


class Hook(ThreadingHTTPServer):
    """A webhook: what it was sent, and what it is to answer (status, body; "hang up" and "wait" for the rude)."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.took: list[tuple[str, dict[str, Any]]] = []
        self.answer: tuple[Any, str] = (200, "{}")
        self.gate = threading.Event()

    @property
    def address(self) -> str:
        """Where it listens, as a channel's address."""
        return f"json://127.0.0.1:{self.server_address[1]}/hook?-t=1"


class _Handler(BaseHTTPRequestHandler):
    server: Hook

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}"
        self.server.took.append((self.path, json.loads(body)))
        status, said = self.server.answer
        if status == "wait":
            self.server.gate.wait(20)
        if isinstance(status, str):
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(status)
        if status == 302:
            self.send_header("Location", said)
        self.send_header("Content-Length", str(len(said.encode())))
        self.end_headers()
        self.wfile.write(said.encode())

    def do_GET(self) -> None:
        """Whoever follows a redirect comes with GET."""
        self.do_POST()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def hook() -> Iterator[Hook]:
    """A webhook on loopback."""
    server = Hook()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server
    server.gate.set()
    server.shutdown()
    server.server_close()
    thread.join()


@contextmanager
def names(**known: str) -> Iterator[None]:
    """Let some host names be found at addresses."""
    real = socket.getaddrinfo

    def resolve(host: Any, port: Any, *rest: Any, **named: Any) -> Any:
        return real(known.get(str(host), host), port, *rest, **named)

    with posting._replaced(socket, "getaddrinfo", resolve):
        yield


def test_a_message_arrives_with_its_words(hook: Hook) -> None:
    """One POST of JSON with the text, and the query that the address had."""
    assert post(hook.address, "【三长图】\n一。", True) == ("sent", "")
    ((path, body),) = hook.took
    assert path == "/hook?t=1"
    assert body["message"] == "【三长图】\n一。"


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ((200, '{"errcode": 0, "errmsg": "ok"}'), ("sent", "")), ((204, ""), ("sent", "")), ((200, "ok"), ("sent", "")),
        ((200, '{"errcode": 45009}'), ("refused", "errcode 45009")), ((404, ""), ("refused", "status 404")),
        ((500, ""), ("refused", "status 500")), ((504, ""), ("unsure", "status 504")),
        (("hang up", ""), ("unsure", "no answer")),
    ],
)  # fmt: skip
def test_what_came_of_it_is_read_from_the_answer(hook: Hook, answer: Any, verdict: tuple[str, str]) -> None:
    """A robot's 200 with an error is a refusal; a gateway's silence, or a line cut after sending, is not known."""
    hook.answer = answer
    assert post(hook.address, "x", True) == verdict
    assert len(hook.took) == 1, "nothing is sent twice by itself"


def test_nobody_listening_is_a_refusal() -> None:
    """What was surely not sent is tried again."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    assert post(f"json://127.0.0.1:{port}/", "x", True) == ("refused", "no connection")


def test_private_addresses_are_not_asked_by_whatever_name(hook: Hook) -> None:
    """An address, a name that leads inside, and a name that does so only now: none is asked unless it may be."""
    port = hook.server_address[1]
    assert post(hook.address, "x", False) == ("refused", "address refused")
    with names(**{"hook.example": "127.0.0.1"}):
        assert post(f"json://hook.example:{port}/", "x", False) == ("refused", "address refused")
        assert post(f"json://hook.example:{port}/", "x", True) == ("sent", "")
    with names(**{"meta.example": "169.254.169.254"}):
        assert post("json://meta.example/latest", "x", True) == ("refused", "address refused")
    assert len(hook.took) == 1


def test_a_redirect_is_not_followed(hook: Hook) -> None:
    """Where it leads was not set up by anybody."""
    hook.answer = (302, f"http://127.0.0.1:{hook.server_address[1]}/elsewhere")
    assert post(hook.address, "x", True) == ("refused", "status 302")
    assert [path for path, _ in hook.took] == ["/hook?t=1"]


def test_a_mail_server_that_says_no_is_a_refusal_and_one_that_falls_silent_is_not_known() -> None:
    """Mail is judged by what the server answers to the letter itself."""
    for last, verdict in (
        (b"250 ok\r\n", ("sent", "")),
        (b"554 no\r\n", ("refused", "mail 554")),
        (None, ("unsure", "no answer")),
    ):
        with mail_server(last) as port:
            found = post(f"mailto://127.0.0.1:{port}?to=a@example.org&from=b@example.org&mode=insecure", "x", True)
        assert found == verdict


@contextmanager
def mail_server(last: bytes | None) -> Iterator[int]:
    """A mail server that takes one letter and answers it as told; None hangs up instead."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(10)

    def talk() -> None:
        line, _ = listener.accept()
        with line, line.makefile("rb") as said:
            line.sendall(b"220 x\r\n")
            for words in said:
                if words.upper().startswith(b"DATA"):
                    line.sendall(b"354 go\r\n")
                    while said.readline() != b".\r\n":
                        pass
                    if last is None:
                        return
                    line.sendall(last)
                elif words.upper().startswith(b"QUIT"):
                    line.sendall(b"221 bye\r\n")
                    return
                else:
                    line.sendall(b"250 ok\r\n")

    thread = threading.Thread(target=talk, daemon=True)
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        thread.join(10)
        listener.close()


def test_an_address_that_apprise_does_not_know_is_refused() -> None:
    """It is told, not raised."""
    assert post("nothing://x", "x", False) == ("refused", "address")


def test_the_process_aside_sends_and_is_ended_when_it_hangs(hook: Hook) -> None:
    """A server that takes the message and says nothing costs the process; the next message goes out by a new one."""
    aside = Aside()
    try:
        aside.call(LOAD_S, load, "webmap.posting")
        assert aside.call(POST_S, apart.post, hook.address, "x", True) == ("sent", "")
        hook.answer = ("wait", "")
        with pytest.raises(Ended):
            aside.call(0.5, apart.post, hook.address, "x", True)
        hook.answer = (200, "{}")
        aside.call(LOAD_S, load, "webmap.posting")
        assert aside.call(POST_S, apart.post, hook.address, "x", True) == ("sent", "")
    finally:
        aside.close()


def grow() -> int:
    """Take two gigabytes."""
    return len(bytearray(2 * 1024**3))


def fail() -> None:
    """Raise what anybody might."""
    raise KeyError("x")


def die() -> None:
    """End the process on the spot, as a decoder that crashes does."""
    import os

    os._exit(1)


def test_the_process_aside_is_bounded_and_outlived() -> None:
    """Too much memory and what is raised come back as errors, a crash as the end; each time it goes on afterwards."""
    aside = Aside()
    try:
        with pytest.raises(MemoryError):
            aside.call(30, grow)
        with pytest.raises(KeyError):
            aside.call(30, fail)
        with pytest.raises(Ended):
            aside.call(30, die)
        assert aside.call(30, abs, -7) == 7
        with pytest.raises(Ended):
            aside.call(0.2, time.sleep, 30)
    finally:
        aside.close()
    aside.close()
