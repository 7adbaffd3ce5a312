"""Which passwords are taken, under one of two named profiles that contradict each other.

OWASP ASVS 5.0 forbids rules of composition and forced changes (6.2.5, 6.2.10) and asks for length and a list of common
passwords (6.2.1, 6.2.4); 等保 (GB/T 22239-2019 8.1.4.1) asks for complexity and regular changes. Ours: ``asvs`` by
default, ``dengbao`` where the assessor wants it. In both a new password is checked against what people type first:
keyboard walks, sequences, repeats, dates, mobile numbers, the account's own name and a list of stems.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass

from geodata.rules.problems import Problem

LONGEST = 256
_FEWEST_DIFFERENT = 5


@dataclass(frozen=True)
class PasswordProfile:
    """The rules of one profile.

    Parameters
    ----------
    shortest
        Characters at least.
    classes
        How many of lower case, upper case, digits and others there must be; 0 asks for none.
    longest_days
        Days after which it must be changed; None for never.
    not_reused
        How many of the account's last passwords may not come back.
    first_wait_s
        Seconds to wait after the fifth failure (``survey.rules.attempts``).
    idle_s, absolute_s
        Seconds without a request, and in all, after which a session ends: 30 minutes and 12 hours, NIST SP 800-63B
        (rev. 3) 4.2.3 for AAL2; ASVS 7.3.1 and 7.3.2 and 等保 ask for time-outs and name no figures.
    idle_account_days
        Days without signing in after which an account is disabled (8.1.4.2: no stale accounts); None for never.
    factor_roles
        Roles that must sign in with a second factor (8.1.4.1 d); the county may name more.
    """

    name: str
    shortest: int
    classes: int
    longest_days: int | None
    not_reused: int
    first_wait_s: int
    idle_s: int = 1_800
    absolute_s: int = 43_200
    idle_account_days: int | None = None
    factor_roles: frozenset[str] = frozenset()


_OFFICES = frozenset({"administrator", "security_admin", "audit_admin", "leader"})
PROFILES = {
    "asvs": PasswordProfile("asvs", 10, 0, None, 1, 30),
    "dengbao": PasswordProfile("dengbao", 10, 3, 90, 5, 900, idle_account_days=90, factor_roles=_OFFICES),
}
ONE_TIME_DAYS = 7  # ASVS 6.4.1: what an administrator hands out must not live long

_WORDS = (
    "password passw0rd passwd administrator admin root guest user test welcome letmein iloveyou sunshine princess "
    "dragon monkey football baseball superman batman master michael shadow computer internet samsung whatever "
    "trustno starwars changeme secret default system server login qwerty asdfgh zxcvbn qazwsx "
    "woaini woaiwojia woaizhongguo zhongguo zhonghua beijing shanghai hunan lianyuan loudi chengbu shaoshan "
    "mima wodemima nihao aini wangyut sanzhang sanzhangtu pianzhang zuzhang linzhang wanggeyuan cunwei"
)
_STEMS = tuple(sorted(_WORDS.split(), key=len, reverse=True))
_WALKS = (
    "01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol", "qazwsxedcrfvtgbyhnujmikolp", "1q2w3e4r5t6y7u8i9o0p", "!@#$%^&*()",
)  # fmt: skip
_LEET = str.maketrans("013457@$!", "oleastasi")


@dataclass(frozen=True)
class Secret:
    """What is kept of an account's password.

    Parameters
    ----------
    hash
        The argon2id hash in its own text form.
    set_at
        When it was set, for its age.
    one_time
        Whether it was handed out; ``used`` tells that its one sign-in is spent.
    past
        Hashes of the passwords before it, newest first.
    """

    hash: str
    set_at: dt.datetime
    one_time: bool = False
    used: bool = False
    past: tuple[str, ...] = ()


def prepare(password: str) -> str:
    """Return a password as it is hashed: NFKC, so that full-width letters of an input method are the same letters.

    >>> prepare("Ａｂ１")
    'Ab1'
    """
    return unicodedata.normalize("NFKC", password)


def check_password(password: str, profile: PasswordProfile, own_words: tuple[str, ...] = ()) -> None:
    """Check a new password.

    Parameters
    ----------
    password
        As ``prepare`` returns it.
    own_words
        The account's own names, which it may not consist of.

    Raises
    ------
    Problem
        ``password.short`` (least), ``password.long`` (most), ``password.classes`` (least), ``password.common`` (why).
    """
    if len(password) < profile.shortest:
        raise Problem("password.short", least=profile.shortest)
    if len(password) > LONGEST:
        raise Problem("password.long", most=LONGEST)
    if profile.classes and len(classes_of(password)) < profile.classes:
        raise Problem("password.classes", least=profile.classes)
    why = weakness(password, own_words)
    if why:
        raise Problem("password.common", why=why)


def classes_of(password: str) -> frozenset[str]:
    """Return which of lower, upper, digit, other a password holds (a Chinese character is an other)."""
    tests = (("lower", str.islower), ("upper", str.isupper), ("digit", str.isdecimal))
    found = (next((name for name, test in tests if test(character)), "other") for character in password)
    return frozenset(found)


def weakness(password: str, own_words: tuple[str, ...] = ()) -> str:
    """Return why a password is among the first to be guessed: ``repeat``, ``number``, ``own``, ``usual``, or "".

    >>> weakness("13812345678"), weakness("qwertyuiop123"), weakness("P@ssw0rd2024"), weakness("chun-tian zhong shu")
    ('number', 'usual', 'usual', '')
    """
    plain = password.casefold()
    letters = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", plain).translate(_LEET)
    if len(set(plain)) < _FEWEST_DIFFERENT or _is_repeat(plain):
        return "repeat"
    if re.fullmatch(r"(\+?86)?1[3-9]\d{9}|\d{17}[\dx]|\D{0,3}(19|20)\d{6}\D{0,3}", plain):
        return "number"
    if any(len(w) >= 2 and len(_without(plain, w.casefold())) < _FEWEST_DIFFERENT for w in own_words):
        return "own"
    return "usual" if min(_guessable_rest(plain), _guessable_rest(letters)) < _FEWEST_DIFFERENT else ""


def is_too_old(set_at: dt.datetime, now: dt.datetime, profile: PasswordProfile) -> bool:
    """Tell whether a password must be changed for its age."""
    return profile.longest_days is not None and now - set_at > dt.timedelta(days=profile.longest_days)


def is_spent(set_at: dt.datetime, now: dt.datetime) -> bool:
    """Tell whether a one-time password that was never used has lapsed."""
    return now - set_at > dt.timedelta(days=ONE_TIME_DAYS)


def one_time_password(draws: bytes) -> str:
    """Spell 12 random bytes as a password that can be read out over the telephone (no 0, 1, i, l, o).

    A draw is reduced modulo 31 letters and digits; the bias of a byte leaves 59 of 59.4 bits.

    >>> one_time_password(bytes(range(12)))
    'abcd-efgh-jkmn'
    """
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    letters = [alphabet[draw % len(alphabet)] for draw in draws]
    return "-".join("".join(letters[i : i + 4]) for i in range(0, len(letters), 4))


def _is_repeat(text: str) -> bool:
    return re.fullmatch(r"(.{1,4}?)\1+.{0,3}", text) is not None


def _without(text: str, word: str) -> str:
    return re.sub(r"[\d\W_]", "", text.replace(word, ""))


def _guessable_rest(text: str) -> int:
    """Return how many characters are left when known stems, keyboard walks, years and marks are taken out."""
    for stem in _STEMS:
        text = text.replace(stem, " ")
    for run in sorted(set(_runs(text)), key=len, reverse=True):
        text = text.replace(run, " ")
    return len(re.sub(r"(19|20)\d\d|[\W_]|\d{1,3}(?=\s|$)", "", text))


def _runs(text: str) -> list[str]:
    """Return the longest keyboard walks of at least four characters in a text, either way."""
    found = []
    walks = [w for walk in _WALKS for w in (walk, walk[::-1])]
    start = 0
    while start < len(text):
        end = start
        while end < len(text) and any(text[start : end + 1] in walk for walk in walks):
            end += 1
        if end - start >= 4:
            found.append(text[start:end])
        start = max(end, start + 1)
    return found
