from __future__ import annotations

from typing import Any


class Problem(Exception):  # noqa: N818 - the word users read; it is a refusal, not a defect
    """A refusal with a name and the values behind it; the edge turns it into a sentence and a status.

    Parameters
    ----------
    code
        A dotted lower-case name, listed in ``docs/problems.md`` and in ``webmap/errors.py``.
    values
        What the sentence needs: row, field, value, place, limits. Never personal data.
    """

    def __init__(self, code: str, /, **values: Any) -> None:
        super().__init__(f"{code} {values}" if values else code)
        self.code = code
        self.values = values

    def __reduce__(self) -> tuple[Any, ...]:
        """Keep the values when a refusal travels home from a worker process."""
        return (_again, (self.code, self.values))


def _again(code: str, values: dict[str, Any]) -> Problem:
    return Problem(code, **values)
