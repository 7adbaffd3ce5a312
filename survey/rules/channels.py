"""Channels: where notices go beside the trays, as the county set them up; which addresses the server will post to.

Addresses are those of Apprise, of four kinds and no others: robots of WeCom (企业微信) and DingTalk (钉钉), mail, and a
webhook that takes JSON. A robot's own address, as its settings page shows it, is understood too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urlsplit

from geodata.rules.addresses import may_ask, plain_host
from geodata.rules.problems import Problem
from geodata.rules.units import is_within

MOST = 200  # a county has about 30 towns; each may have a robot for its units and a few for its offices
KINDS = {"wecombot": "wecom", "dingtalk": "dingtalk", "mailto": "mail", "mailtos": "mail", "json": "webhook",
         "jsons": "webhook"}  # fmt: skip
_MAIL_ARGS = frozenset({"to", "cc", "bcc", "from", "name", "smtp", "mode", "user", "pass"})
_KEYS = frozenset({"id", "name", "url", "unit_id", "office_id", "internal"})
_ADDRESS_MOST = 1_000


@dataclass(frozen=True)
class Channel:
    """Where notices of some ground, or of one office, go.

    Parameters
    ----------
    unit_id
        The unit whose notices, and those of all units inside, go there; "" is the county.
    office_id
        Or the office whose notices go there.
    internal
        Whether its host may lie in the county's own network: only then is a private address asked.
    shown
        What may be shown of its address: its kind and host, never a key or password.
    """

    id: str
    name: str
    unit_id: str = ""
    office_id: str = ""
    internal: bool = False
    shown: str = ""


def check_item(item: Mapping[str, Any]) -> Channel:
    """Check one channel as it was sent; its address is checked apart (:func:`address_of`).

    Raises
    ------
    Problem
        ``channel.bad_value`` (channel, field).
    """
    named = str(item.get("id", ""))[:40]
    for key in item:
        if key not in _KEYS:
            raise Problem("channel.bad_value", channel=named, field=str(key)[:40])
    texts = {key: item.get(key) or "" for key in ("id", "name", "unit_id", "office_id")}
    for key, value in texts.items():
        if not isinstance(value, str) or len(value) > 60 or not value.isprintable():
            raise Problem("channel.bad_value", channel=named, field=key)
    if not texts["id"] or not texts["name"].strip():
        raise Problem("channel.bad_value", channel=named, field="id" if not texts["id"] else "name")
    internal = item.get("internal", False)
    if not isinstance(internal, bool):
        raise Problem("channel.bad_value", channel=named, field="internal")
    if texts["unit_id"] and texts["office_id"]:
        raise Problem("channel.bad_value", channel=named, field="office_id")
    return Channel(**texts, internal=internal)


def check_ids(channels: Sequence[Channel]) -> None:
    """Refuse too many channels (``channel.too_many``: most) and two of one id (``channel.duplicate_id``: channel)."""
    if len(channels) > MOST:
        raise Problem("channel.too_many", most=MOST)
    seen: set[str] = set()
    for one in channels:
        if one.id in seen:
            raise Problem("channel.duplicate_id", channel=one.id)
        seen.add(one.id)


def address_of(url: str, *, internal: bool) -> str:
    """Return an address in Apprise's form, or refuse it.

    Parameters
    ----------
    url
        ``wecombot://KEY``, ``dingtalk://[SECRET@]TOKEN``, ``mailto(s)://…``, ``json(s)://…``; or the ``https://``
        address that WeCom or DingTalk shows for a robot, or of a webhook that takes JSON.
    internal
        Whether a private address may stand in it.

    Raises
    ------
    Problem
        ``channel.bad_address``; ``channel.scheme`` (value, known); ``channel.address_refused`` (host).

    >>> address_of("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=ab-1", internal=False)
    'wecombot://ab-1/'
    >>> address_of("https://hook.example/a?t=1", internal=False)
    'jsons://hook.example/a?-t=1'
    """
    if len(url) > _ADDRESS_MOST or not url.isprintable() or " " in url:
        raise Problem("channel.bad_address")
    try:
        parts = urlsplit(url)
        parts = urlsplit(_native(parts) or url)
        host, _ = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise Problem("channel.bad_address") from None
    if parts.scheme not in KINDS:
        raise Problem("channel.scheme", value=parts.scheme[:20], known=", ".join(KINDS))
    if not host or parts.fragment:
        raise Problem("channel.bad_address")
    _check_arguments(parts)
    if KINDS[parts.scheme] in ("mail", "webhook"):
        for one in (host, *(v for k, v in parse_qsl(parts.query) if k == "smtp")):
            _check_host(one, internal)
    return parts.geturl()


def _native(parts: SplitResult) -> str:
    """Return Apprise's form of a robot's or a webhook's own address; "" where it is in that form already."""
    if parts.scheme not in ("http", "https"):
        return ""
    asked = dict(parse_qsl(parts.query))
    if parts.hostname == "qyapi.weixin.qq.com" and asked.get("key"):
        return f"wecombot://{quote(asked['key'], safe='')}/"
    if parts.hostname == "oapi.dingtalk.com" and asked.get("access_token"):
        return f"dingtalk://{quote(asked['access_token'], safe='')}/"
    query = urlencode([(f"-{key}", value) for key, value in parse_qsl(parts.query, keep_blank_values=True)])
    scheme = "jsons" if parts.scheme == "https" else "json"
    return f"{scheme}://{parts.netloc}{parts.path or '/'}{'?' + query if query else ''}"


def _check_arguments(parts: SplitResult) -> None:
    """Refuse what Apprise would read from a file, and all else that was not thought of."""
    kind = KINDS[parts.scheme]
    for key, _ in parse_qsl(parts.query, keep_blank_values=True):
        fits = key in _MAIL_ARGS if kind == "mail" else kind == "webhook" and key[:1] in "-+" and len(key) > 1
        if not fits:
            raise Problem("channel.bad_address")


def _check_host(host: str, internal: bool) -> None:
    known = plain_host(host)
    literal = known and (":" in host or host.replace(".", "").isdigit())
    local = host == "localhost" or host.endswith((".localhost", ".local", ".internal"))
    if not known or (local and not internal) or (literal and not may_ask(host, internal=internal)):
        raise Problem("channel.address_refused", host=host[:100])


def shown(address: str) -> str:
    """Return what may be shown of an address: its kind, and the host of a webhook or mail server.

    >>> shown("wecombot://693a91f6-7xxx-4bc4/"), shown("jsons://hook.example/robots/secret?-t=1")
    ('wecom', 'webhook hook.example')
    """
    parts = urlsplit(address)
    kind = KINDS[parts.scheme]
    return f"{kind} {parts.hostname}" if kind in ("mail", "webhook") else kind


def choose(channels: Sequence[Channel], to_kind: str, to_id: str, path: str, paths: Mapping[str, str]) -> str:
    """Return the id of the one channel that a notice goes to: the nearest to its tray; "" for none.

    Parameters
    ----------
    to_kind, to_id
        The tray.
    path
        Of the tray's unit, or for an office of the unit it belongs to; "" for the county's own.
    paths
        The paths of the units that channels name, by unit id; a unit that is gone is not among them.
    """
    best, nearness = "", -1
    for one in channels:
        if one.office_id:
            near = 1_000 if to_kind == "office" and one.office_id == to_id else -1
        elif not one.unit_id:
            near = 0
        else:
            ground = paths.get(one.unit_id)
            near = len(ground) if ground and path and is_within(path, ground) else -1
        if near > nearness:
            best, nearness = one.id, near
    return best
