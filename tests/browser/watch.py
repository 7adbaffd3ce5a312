"""Watches every page of a test: nothing on the console, nothing against the content policy, no other host asked."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

# Told by the page itself, because a worker's violations never reach the console.
CSP_LISTENER = """
window.refusedByPolicy = [];
document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
  window.refusedByPolicy.push(`${violatedDirective} ${blockedURI}`));
"""


_KEPT = "local_storage,session_storage,indexeddb,service_workers,cache_storage,websql,file_systems"


class Watch:
    """What happened in one browser context."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.url = url
        self.context = context
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.allowed: list[str] = []
        self.going: set[int] = set()
        self.key = ""  # of a window that is used again; its cookies as it was opened
        self.cookies: list[Any] = []
        self.changed_at = time.monotonic()
        context.add_init_script(CSP_LISTENER)
        context.on("request", self._asked)
        context.on("requestfinished", self._answered)
        context.on("requestfailed", self._answered)
        context.on("console", self._said)
        context.on("weberror", lambda error: self.errors.append(f"uncaught: {error.error}"))

    def allow(self, words: str) -> None:
        """Expect a line on the console that holds these words, such as a refusal's status."""
        self.allowed.append(words)

    def quiet(self, page: Page, for_ms: int = 350, within_s: float = 30.0) -> None:
        """Wait until no request has been under way for a while."""
        until = time.monotonic() + within_s
        while self.going or time.monotonic() - self.changed_at < for_ms / 1000:
            assert time.monotonic() < until, f"requests without end: {self.requests[-5:]}"
            page.wait_for_timeout(60)

    def until(self, page: Page, true: Callable[[], bool], within_s: float = 30.0) -> None:
        """Wait until something is true of what was asked so far."""
        end = time.monotonic() + within_s
        while not true():
            assert time.monotonic() < end, f"never asked; the last were {self.requests[-5:]}"
            page.wait_for_timeout(50)

    def check(self) -> None:
        """Fail when anything was said on a console, refused by the policy, or asked of another host."""
        for page in self.context.pages:
            refused = page.evaluate("window.refusedByPolicy ?? []")
            assert refused == [], f"{page.url}: refused by the content policy: {refused}"
        said = [line for line in self.errors if not any(words in line for words in self.allowed)]
        assert said == [], said
        strangers = {one for one in self.requests if not one.startswith((f"{self.url}/", "data:", "blob:"))}
        assert strangers == set(), f"asked of other hosts: {strangers}"

    def wipe(self) -> None:
        """Leave nothing of a test in the window but what the browser keeps of files."""
        page = self.context.pages[0]
        page.goto("about:blank")
        for other in self.context.pages[1:]:
            other.close()
        self.context.unroute_all()
        self.context.set_offline(False)
        self.context.clear_permissions()
        self.context.clear_cookies()
        self.context.add_cookies(self.cookies)
        session = self.context.new_cdp_session(page)
        session.send("Storage.clearDataForOrigin", {"origin": self.url, "storageTypes": _KEPT})
        page.close()
        self.requests, self.errors, self.allowed = [], [], []
        self.going.clear()

    def paths(self) -> list[str]:
        """Return the paths asked for so far."""
        return [urlsplit(one).path for one in self.requests]

    def _asked(self, request: Request) -> None:
        self.requests.append(request.url)
        if request.url.startswith("http"):
            self.going.add(id(request))
        self.changed_at = time.monotonic()

    def _answered(self, request: Request) -> None:
        self.going.discard(id(request))
        self.changed_at = time.monotonic()

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(f"{message.text} ({message.location.get('url', '')})")
