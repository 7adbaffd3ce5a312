"""What somebody of the register types to sign in: their name, with a number where others have it."""

from __future__ import annotations

import re
from collections.abc import Collection

from survey.rules.passwords import prepare

LONGEST = 40
_LEAST = 2
_ROOM = 6  # for a number after the name


def base_of(name: str, code: str) -> str:
    """Return the sign-in name that a person would have if nobody else had it: their name, else their code.

    A telephone number would be easier still, but it is personal data, and sign-in names stand in lists and the audit.

    >>> base_of("李某甲", "R01"), base_of("阿卜杜·热合曼", "R01"), base_of("甲", "R-01"), base_of("", "·")
    ('李某甲', '阿卜杜热合曼', 'r-01', 'chief')
    """
    for text in (name, code):
        kept = re.sub(r"[^\w.@-]", "", prepare(text).casefold())[: LONGEST - _ROOM]
        if len(kept) >= _LEAST:
            return kept
    return "chief"


def free_name(base: str, taken: Collection[str]) -> str:
    """Return a sign-in name that nobody has: the base, else with the first number from 2 on that is free.

    >>> free_name("王伟", {"王伟", "王伟2"}), free_name("王伟", ())
    ('王伟3', '王伟')
    """
    name, number = base, 1
    while name in taken:
        number += 1
        name = f"{base}{number}"
    return name
