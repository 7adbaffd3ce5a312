"""The pages: one shell, a template each, and who may open it."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, make_response, redirect, render_template, request
from flask_wtf.csrf import generate_csrf

from geodata.rules.actors import Actor
from geodata.rules.problems import Problem
from survey.actions import modules
from webmap import auth, session
from webmap.files import asset, manifest
from webmap.words import EN, ZH

# page -> the right it asks for (or one of several): None is for anybody, "" for every account
PAGES: dict[str, str | None] = {
    "signin": None,
    "password": "",
    "security": "",
    "map": "see",
    "print": "see",
    "import": "import",
    "plans": "draft",
    "draw": "draft",
    "issues": "issues|office|report",
    "board": "issues",
    "ledger": "issues|office|report",
    "people": "officers",
    "posts": "see",
    "chiefs": "see",
    "handover": "officers",
    "accounts": "accounts|grant",
    "audit": "audit",
    "settings": "settings",
    "incoming": "desk",
    "field": None,
    "report": None,
}
# kept on phones for work without signal, and so the same for everybody: nothing of an account stands in them
_SAME_FOR_ALL = frozenset({"field", "report"})


# what an account must do before any other page
_FIRST = {"password.must_change": "/password", "factor.must_enrol": "/security"}


class Words(dict[str, str]):
    """The template's words; a missing one shows its key, so that nothing breaks a page."""

    def __getattr__(self, name: str) -> str:
        return self.get(name, name)

    def __missing__(self, key: str) -> str:
        return key


def install(app: Flask) -> None:
    """Give the application its pages; ``/`` leads to the map."""

    @app.get("/")
    def root() -> Any:
        with session.transaction(writes=False) as db:
            signed = auth.find_signed(db, session.now())
        return redirect("/map" if signed is None else first_page(signed.actor))

    for page in PAGES:
        app.add_url_rule(f"/{page}", f"page.{page}", lambda page=page: _show(page), methods=["GET"])


def first_page(actor: Actor) -> str:
    """Return the page to begin with: the map for all who may see it, else what they may do, at least their own."""
    if actor.may("see"):
        return "/map"
    if actor.may("report"):
        return "/issues"
    return "/audit" if actor.may("audit") else "/security"


def _show(page: str) -> Any:
    lang = "en" if request.cookies.get("lang") == "en" else "zh"
    if page in _SAME_FOR_ALL:
        _require_open(page)
        return _render_for_all(page, lang)
    with session.transaction(writes=False) as db:
        moment = session.now()
        try:
            actor = auth.current_actor(db, moment)
        except Problem as problem:
            if problem.code not in _FIRST:
                raise
            return redirect(_FIRST[problem.code])
        signed = auth.find_signed(db, moment)
    right = PAGES[page]
    if right is not None and signed is None:
        return redirect(f"/signin?next={request.full_path.rstrip('?')}" if page != "password" else "/signin")
    if right and not any(actor.may(one) for one in right.split("|")):
        return _render("refused", lang, actor, signed, 403)
    return _render(page, lang, actor, signed)


def _require_open(page: str) -> None:
    """Refuse the residents' page where the county has not switched it on."""
    with session.transaction(writes=False) as db:
        if page == "report" and not modules.in_use(db)["residents"]:
            raise Problem("resident.off")


def _render_for_all(page: str, lang: str) -> Response:
    words = Words(EN if lang == "en" else ZH)
    chunks = manifest().get(f"{page}-chunks", "").split()
    told = {"lang": lang, "t": words, "page": page, "page_data": {"lang": lang}, "asset": asset, "chunks": chunks}
    body = render_template(f"{page}.html", **told)
    answer = make_response(body)
    # A note is spoken into the phone instead of typed; no other page listens.
    answer.headers["Permissions-Policy"] = "geolocation=(self), camera=(), microphone=(self)"
    return answer


def _render(page: str, lang: str, actor: Actor, signed: Any, status: int = 200) -> Response:
    account = None if signed is None else {
        "id": signed.account.id, "name": signed.account.name, "display_name": signed.account.display_name,
    }  # fmt: skip
    body = render_template(
        f"{page}.html",
        lang=lang,
        t=Words(EN if lang == "en" else ZH),
        account=account,
        first_page=first_page(actor),
        rights=list(actor.rights),
        page=page,
        page_data={
            "lang": lang,
            "rights": list(actor.rights),
            "account": account,
            "device": bool(auth.device_token()),
            "must_enrol": signed is not None and signed.must_enrol,
        },
        asset=asset,
        csrf_token=generate_csrf,
    )
    return make_response(body, status)
