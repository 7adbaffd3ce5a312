from __future__ import annotations

from typing import Any


def layers_shown() -> list[dict[str, Any]]:
    """Return the base layers that a reader may switch on; none are needed."""
    return []
