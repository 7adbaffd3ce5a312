"""The Flask application: its settings, headers and routes."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request
from flask_wtf.csrf import CSRFProtect

from geodata.rules.problems import Problem
from webmap import errors, files, pages, routes
from webmap.api import accounts as _accounts
from webmap.api import audit as _audit
from webmap.api import (
    base,
    board,
    board_files,
    board_index,
    categories,
    edits,
    faq,
    field,
    holidays,
    imports,
    intake,
    issues,
    jobs,
    net,
    notices,
    officer_accounts,
    officers,
    offices,
    outside,
    phone,
    photos,
    plans,
    posts,
    residents,
    review,
    route_exceptions,
    visits,
    wall,
)
from webmap.api import security as _security
from webmap.api import session as _session
from webmap.session import Store, open_store

_DECLARED = (
    _accounts,
    _audit,
    base,
    board,
    board_files,
    board_index,
    categories,
    edits,
    faq,
    field,
    holidays,
    imports,
    intake,
    issues,
    jobs,
    net,
    notices,
    officer_accounts,
    officers,
    offices,
    photos,
    outside,
    phone,
    plans,
    posts,
    residents,
    review,
    route_exceptions,
    _security,
    _session,
    visits,
    wall,
)
"""Importing them declares their routes."""

CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; worker-src 'self'; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
MAX_UPLOAD = 64 * 1024 * 1024  # a county's homes in XLSX are about 20 MB


def create_app(store: Store, *, tls: bool = False, hosts: Iterable[str] | None = None) -> Flask:
    """Make the application that serves one county's store.

    Parameters
    ----------
    store
        The opened store.
    tls
        Whether the reader's connection is encrypted by this server or the proxy before it; cookies then are Secure
        and HSTS is sent.
    hosts
        Host names that may be asked for; others are refused. None admits any (a server on loopback).
    """
    app = Flask(__name__, static_folder=None)
    app.extensions["sanzhang"] = store
    app.config.update(
        SECRET_KEY=store.vault.sign(b"flask session"),
        MAX_CONTENT_LENGTH=MAX_UPLOAD,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=tls,
        SESSION_COOKIE_NAME="__Host-form" if tls else "sanzhang_form",
        SANZHANG_TLS=tls,
        TRUSTED_HOSTS=list(hosts) if hosts else None,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=tls,
    )
    app.before_request(_refuse_from_elsewhere)
    CSRFProtect(app)
    errors.install(app)
    routes.install(app)
    pages.install(app)
    files.install(app)
    app.after_request(_headers)
    return app


def _refuse_from_elsewhere() -> None:
    """Refuse what another site's page makes a browser send, whatever it carries: beside the form's token, not for it.

    Browsers tell of it themselves (Fetch Metadata); an Origin is compared where the operator named the hosts.
    """
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    hosts = current_app.config["TRUSTED_HOSTS"]
    origin = request.headers.get("Origin")
    elsewhere = origin is not None and hosts is not None and (urlsplit(origin).hostname or "") not in _names(hosts)
    if elsewhere or request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise Problem("csrf.refused")


def _names(hosts: Iterable[str]) -> set[str]:
    return {urlsplit(f"//{host}").hostname or "" for host in hosts}


def _headers(response: Response) -> Response:
    headers: dict[str, str] = {
        "Content-Security-Policy": CSP,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "geolocation=(self), camera=(), microphone=()",
    }
    for name, value in headers.items():
        response.headers.setdefault(name, value)
    if request.is_secure or current_app.config["SANZHANG_TLS"]:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def from_environment() -> Flask:
    """Make the application from ``SANZHANG_DB`` and its companions: what a WSGI server is told to load."""
    settings: dict[str, Any] = json.loads(os.environ["SANZHANG_SERVE"])
    store = open_store(settings["db"], Path(settings["folder"]) if settings.get("folder") else None)
    return create_app(store, tls=settings.get("tls", False), hosts=settings.get("hosts"))
