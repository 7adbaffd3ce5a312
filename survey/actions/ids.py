from __future__ import annotations

import uuid

from geodata.rules.problems import Problem


def checked_id(text: str) -> str:
    """Return an id that a client made, a UUID in its usual form, or ``id.not_uuid``."""
    try:
        if str(uuid.UUID(text)) == text:
            return text
    except ValueError:
        pass
    raise Problem("id.not_uuid")
