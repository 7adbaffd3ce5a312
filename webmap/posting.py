"""Messages to robots, mail servers and webhooks by Apprise, in the process aside (``webmap.aside``).

Three things Apprise leaves to others are done around it. Every name is resolved by us, and only addresses that may be
asked are given back, so neither a redirect nor a name that resolves differently a moment later leads inside. What came
of it is read from the answer itself: WeCom and DingTalk say 200 to what they refuse. And where nobody knows whether a
message arrived, that is said, instead of sending it twice.
"""

from __future__ import annotations

import os
import smtplib
import socket
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import apprise
import requests
from requests.adapters import HTTPAdapter
from requests.exceptions import ConnectionError as NoConnection
from requests.exceptions import ConnectTimeout, RequestException, SSLError
from urllib3.exceptions import MaxRetryError, NewConnectionError

from geodata.rules.addresses import may_ask

CONNECT_S = 5
_READ_S = 60  # longer than the process lives (``webmap.chores.POST_S``), so that a silence is never taken for a no
_ADDRESS = ("refused", "address refused")
_UNKNOWN = frozenset({502, 504})  # what a gateway says that did not hear from who may have done it

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # a hundred services are loaded here, some of which lean on what is outdated
    apprise.Apprise.instantiate("json://localhost")


def post(address: str, text: str, internal: bool) -> tuple[str, str]:
    """Send a message to one address; return (``sent``, ``refused`` or ``unsure``; what was the matter).

    Parameters
    ----------
    address
        In Apprise's form, as ``survey.rules.channels`` let it pass.
    internal
        Whether private addresses may be asked.
    """
    os.environ["NO_PROXY"] = "*"  # a proxy would look names up on its own
    channel = apprise.Apprise.instantiate(_patient(address), suppress_exceptions=True)
    if channel is None:
        return "refused", "address"
    verdicts: list[tuple[str, str]] = []
    with _guarded(internal, verdicts), _heard(verdicts):
        done = channel.notify(body=text)
    if _ADDRESS in verdicts:
        return _ADDRESS
    if verdicts:
        return verdicts[-1]
    return ("sent", "") if done else ("refused", "not posted")


def _patient(address: str) -> str:
    joint = "&" if "?" in address else "?"
    return f"{address}{joint}redirect=no&cto={CONNECT_S}&rto={_READ_S}"


@contextmanager
def _guarded(internal: bool, verdicts: list[tuple[str, str]]) -> Iterator[None]:
    """Let names be resolved only to addresses that may be asked; if any of a name's may not, none is."""
    real = socket.getaddrinfo

    def resolve(*args: Any, **named: Any) -> Any:
        found = real(*args, **named)
        if not all(may_ask(str(entry[4][0]), internal=internal) for entry in found):
            verdicts.append(_ADDRESS)
            raise socket.gaierror(socket.EAI_FAIL, "address refused")
        return found

    with _replaced(socket, "getaddrinfo", resolve):
        yield


@contextmanager
def _heard(verdicts: list[tuple[str, str]]) -> Iterator[None]:
    """Listen to what HTTP and mail servers answer, or do not."""
    http, mail = HTTPAdapter.send, smtplib.SMTP.sendmail

    def send(*args: Any, **named: Any) -> requests.Response:
        try:
            answer = http(*args, **named)
        except RequestException as error:
            verdicts.append(("refused", "no connection") if _before_sending(error) else ("unsure", "no answer"))
            raise
        verdicts.append(_verdict(answer))
        return answer

    def sendmail(*args: Any, **named: Any) -> Any:
        verdicts.append(("unsure", "no answer"))  # until the server says something
        try:
            refused = mail(*args, **named)
        except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as error:
            verdicts.append(("refused", f"mail {getattr(error, 'smtp_code', 'recipients')}"))
            raise
        verdicts.append(("sent", ""))
        return refused

    with _replaced(HTTPAdapter, "send", send), _replaced(smtplib.SMTP, "sendmail", sendmail):
        yield


def _before_sending(error: RequestException) -> bool:
    """Tell whether a request failed before anything of it was sent."""
    if isinstance(error, ConnectTimeout | SSLError):
        return True
    cause = error.args[0] if isinstance(error, NoConnection) and error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)


def _verdict(answer: requests.Response) -> tuple[str, str]:
    """Return what an answer means: a robot says 200 and an ``errcode`` that is not 0 to what it refuses."""
    if answer.status_code in _UNKNOWN:
        return "unsure", f"status {answer.status_code}"
    if not 200 <= answer.status_code < 300:
        return "refused", f"status {answer.status_code}"
    try:
        said = answer.json()
    except ValueError:
        said = None
    code = said.get("errcode", 0) if isinstance(said, dict) else 0
    return ("sent", "") if code == 0 else ("refused", f"errcode {str(code)[:20]}")


@contextmanager
def _replaced(owner: Any, name: str, new: Any) -> Iterator[None]:
    real = getattr(owner, name)
    setattr(owner, name, new)
    try:
        yield
    finally:
        setattr(owner, name, real)
