"""The second factor: six digits that a phone shows for half a minute, and codes on paper for when it is lost.

TOTP is RFC 6238 over HMAC-SHA-1 (RFC 4226), 30 seconds, 6 digits: what every authenticator reads from a QR code. A code
is taken once: the step it belongs to must be later than the last one taken (RFC 6238 5.2).
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import re
import struct
from urllib.parse import quote

from survey.rules.passwords import one_time_password

STEP_S = 30
DIGITS = 6
SECRET_BYTES = 20  # as long as the hash, RFC 4226 4 R6
DRIFT_STEPS = 1  # a phone's clock may be half a minute off, RFC 6238 5.2 allows no more
RECOVERY_CODES = 8
RECOVERY_BYTES = 24  # 24 of 31 letters are 118 bits: above the 112 from which ASVS 6.5.2 lets a plain digest do


def code_at(secret: bytes, step: int) -> str:
    """Return the code of a time step (RFC 4226 5.3).

    >>> code_at(b"12345678901234567890", 1)
    '287082'
    """
    mac = hmac.new(secret, struct.pack(">Q", step), hashlib.sha1).digest()
    offset = mac[-1] & 0xF
    (number,) = struct.unpack(">I", mac[offset : offset + 4])
    return str((number & 0x7FFFFFFF) % 10**DIGITS).zfill(DIGITS)


def step_of(now: dt.datetime) -> int:
    """Return the time step of a moment: half minutes since 1970."""
    return int(now.timestamp()) // STEP_S


def step_taken(secret: bytes, code: str, now: dt.datetime, last_step: int) -> int | None:
    """Return the step that a code belongs to, if it is near now and later than the last one taken, else None."""
    typed = re.sub(r"\s", "", code)
    if not re.fullmatch(r"[0-9]{6}", typed):
        return None
    middle = step_of(now)
    steps = range(middle - DRIFT_STEPS, middle + DRIFT_STEPS + 1)
    found = [step for step in steps if hmac.compare_digest(code_at(secret, step), typed) and step > last_step]
    return found[0] if found else None


def secret_text(secret: bytes) -> str:
    """Return a secret as it is typed into a phone: base 32, without padding.

    >>> secret_text(b"12345678901234567890")
    'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
    """
    return base64.b32encode(secret).decode("ascii").rstrip("=")


def secret_bytes(text: str) -> bytes:
    """Return a secret from its text (``secret_text``)."""
    return base64.b32decode(text + "=" * (-len(text) % 8))


def enrol_uri(secret: bytes, issuer: str, account: str) -> str:
    """Return what the QR code says: the key URI that authenticators read.

    >>> enrol_uri(b"12345678901234567890", "三长图", "wang")
    'otpauth://totp/%E4%B8%89%E9%95%BF%E5%9B%BE:wang?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=%E4%B8%89%E9%95%BF%E5%9B%BE'
    """
    label = f"{quote(issuer, safe='')}:{quote(account, safe='')}"
    return f"otpauth://totp/{label}?secret={secret_text(secret)}&issuer={quote(issuer, safe='')}"


def recovery_codes(draws: bytes) -> list[str]:
    """Spell random bytes as ``RECOVERY_CODES`` codes to be written down; 24 bytes each."""
    return [
        one_time_password(draws[start : start + RECOVERY_BYTES])
        for start in range(0, RECOVERY_CODES * RECOVERY_BYTES, RECOVERY_BYTES)
    ]


def recovery_digest(code: str, account_id: str) -> str:
    """Return what is kept of a recovery code; blanks, hyphens and capitals do not matter when it is typed.

    >>> recovery_digest("ABCD efgh", "a") == recovery_digest("abcd-efgh", "a")
    True
    """
    plain = re.sub(r"[\s-]", "", code).casefold()
    return hashlib.sha256(f"{account_id}:{plain}".encode()).hexdigest()
