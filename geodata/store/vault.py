from __future__ import annotations

import hmac
import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from geodata.rules.problems import Problem


class Vault:
    """What seals personal fields at rest (AES-256-GCM) and signs the audit chain (HMAC-SHA-256).

    The one key lies in a file beside the store, never in it; each purpose gets its own key by HKDF (RFC 5869).
    A sealed value is key id (1 byte) + nonce (12 bytes) + ciphertext; the context (table, column, row id) is
    bound to it, so that a value moved to another row does not open.
    """

    KEY_ID = b"\x01"

    def __init__(self, key: bytes) -> None:
        self._fields = AESGCM(_derive(key, b"fields"))
        self._signing = _derive(key, b"audit")
        self._digesting = _derive(key, b"digest")
        self._keeping = _derive(key, b"kept on phones")

    @classmethod
    def from_file(cls, path: Path) -> Vault:
        """Read the county's key, making it at the first start (readable by its owner alone)."""
        try:
            return cls(bytes.fromhex(path.read_text(encoding="ascii").strip()))
        except FileNotFoundError:
            path.parent.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:  # another worker was first
            return cls.from_file(path)
        key = os.urandom(32)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(key.hex() + "\n")
        return cls(key)

    def seal(self, text: str, context: str) -> bytes | None:
        """Encrypt a field; the empty text stays None, so that absence needs no key to be seen."""
        if not text:
            return None
        nonce = os.urandom(12)
        return self.KEY_ID + nonce + self._fields.encrypt(nonce, text.encode(), context.encode())

    def open(self, sealed: bytes | None, context: str) -> str:
        """Decrypt a field; ``vault.wrong_key`` when the key or the row is not the one it was sealed for."""
        if sealed is None:
            return ""
        try:
            return self._fields.decrypt(sealed[1:13], sealed[13:], context.encode()).decode()
        except InvalidTag:
            raise Problem("vault.wrong_key", context=context.partition(":")[0]) from None

    def sign(self, message: bytes) -> str:
        """Return the HMAC of a message, in hexadecimal."""
        return hmac.digest(self._signing, message, "sha256").hex()

    def digest(self, message: bytes) -> str:
        """Return a keyed digest for comparing content that may hold personal data, in hexadecimal."""
        return hmac.digest(self._digesting, message, "sha256").hex()[:32]

    def phone_key(self, account_id: str) -> bytes:
        """Return the 32 bytes by which a phone seals what it keeps for an account; the same ones each time."""
        return hmac.digest(self._keeping, account_id.encode(), "sha256")


def _derive(key: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"sanzhang " + purpose).derive(key)
