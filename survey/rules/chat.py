"""A chat message as it is pasted, taken apart: what is the matter, who says so, and how to reach them (D05).

Names and telephone numbers are personal data and go into sealed fields of their own; the text of an issue is read by
many and holds neither. A name is found only where a message says that it is one: before or behind a number, behind a
dash at the end, behind 联系人 or 我是, or in the line that a chat program writes above a message.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

TEXT_MOST = 4_000
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔"
    "钟谭陆汪范廖石金贾夏韦付傅方白邹孟熊秦邱江尹薛阎闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤康常温易乔赖"
    "文聂欧阮伍柳颜詹殷戚虞梅刁宁游吉庄柯祝左涂尚凌匡喻谌阳晏"
)
_DOUBLE = "欧阳|上官|司马|诸葛|夏侯|皇甫|尉迟|公孙|令狐|东方|慕容"
_NAME = rf"(?:(?:{_DOUBLE})[\u4e00-\u9fff]{{1,2}}|[{_SURNAMES}][\u4e00-\u9fff]{{1,2}})"
_TITLE = r"(?:先生|女士|小姐|大爷|大妈|大姐|大哥|大叔|阿姨|师傅|老师|医生|组长|片长|邻长|书记|主任)?"
_PHONE = r"(?<![0-9])(?:\+?86[- ]?)?(?:1[3-9][0-9](?:[- ]?[0-9]{4}){2}|0[0-9]{2,3}[- ]?[0-9]{7,8})(?![0-9])"
_ID_NO = re.compile(r"(?<![0-9])[1-9][0-9]{16}[0-9Xx](?![0-9Xx])")
_HEADER = re.compile(
    rf"^\s*(?P<name>{_NAME}|[^\s:：，。]{{1,16}}) "
    r"(?:[0-9]{4}[-/年.][0-9]{1,2}[-/月.][0-9]{1,2}日? ?|昨天 ?|今天 ?|前天 ?|星期. ?|周. ?)?(?:上午|下午|晚上|凌晨)? ?"
    r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?\s*$"
)
_LABEL = r"(?:联系人|报告人|反映人|上报人|来电人|投诉人|姓名|联系)"
_PHONE_LABEL = r"(?:联系电话|联系方式|手机号码|手机号|手机|电话号码|电话|微信同号|微信|tel|TEL|Tel)"
_MARKS = r"[\s,，:：、;；（()）]*"
_BEFORE = re.compile(
    rf"(?:^|(?<=[\s,，。.;；!！?？、—–\-－:：（(])|{_LABEL}[:：]?\s*)"
    rf"(?P<name>{_NAME}){_TITLE}{_MARKS}{_PHONE_LABEL}?{_MARKS}$"
)
_CLOSE = re.compile(rf"(?P<name>{_NAME}){_MARKS}{_PHONE_LABEL}?{_MARKS}$")
_BEHIND = re.compile(rf"^{_MARKS}(?P<name>{_NAME}){_TITLE}(?=[\s,，。.;；）)]|$)")
_SIGNED = re.compile(rf"(?:[—–\-－~～]+|[（(])\s*(?P<name>{_NAME}){_TITLE}\s*[）)]?\s*$")
_LABELLED = re.compile(rf"(?:联系人|报告人|反映人|上报人|来电人|投诉人|姓名)[:：\s]*(?P<name>{_NAME}){_TITLE}")
_SELF = re.compile(
    rf"我(?:是|叫)(?P<of>[\u4e00-\u9fff0-9]{{0,10}}?(?:的|[组村片邻])?)(?P<name>{_NAME})(?=[,，。.;；!！\s]|$)"
)
_LEFT_OVER = re.compile(rf"(?:{_PHONE_LABEL}|联系人|报告人|反映人|上报人|姓名)[:：\s]*(?=[,，。.;；!！)）\s]|$)")
_EMPTY_BRACKETS = re.compile(r"[（(]\s*[,，、]*\s*[）)]")
_NICK = re.compile(rf"[。.!！?？\n]\s*(?P<name>[小老阿][{_SURNAMES}])\s*$")
_REAL = re.compile(_NAME)
_EDGE = " \t\r\n　,，、;；:：—–-－~～"


@dataclass(frozen=True)
class Message:
    """A message taken apart.

    Parameters
    ----------
    text
        What is the matter, without names of its writers, telephone and ID numbers.
    names, phones
        Who wrote it and how to reach them, in the order found.
    senders
        What the chat program calls who wrote it: in a group often the place and the name.
    """

    text: str
    names: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    senders: tuple[str, ...] = ()


def take_apart(pasted: str) -> Message:
    """Return what a pasted message says, and apart from it who says so.

    >>> message = take_apart("长冲组路灯频闪，晚上看不见路，请派人来修 — 李四 13800001234")
    >>> message.text, message.names, message.phones
    ('长冲组路灯频闪，晚上看不见路，请派人来修', ('李四',), ('13800001234',))
    """
    names: list[str] = []
    senders: list[str] = []
    lines = []
    for line in _plain(pasted[:TEXT_MOST]).split("\n"):
        header = _HEADER.match(line)
        if header:
            senders.append(header["name"])
            names.append(_of_sender(header["name"]))
        else:
            lines.append(_ID_NO.sub("", line))
    text = re.sub(r"@[^\s@,，。:：]{1,20}", "", "\n".join(lines))
    text, phones = _without_phones(text, names)
    text = _without_names(text, names)
    known = tuple(dict.fromkeys(names))
    for name in sorted(known, key=len, reverse=True):
        if _REAL.match(name):  # what a sender calls themselves may be the name of a place
            text = text.replace(name, "本人")
    numbers = tuple(dict.fromkeys(re.sub(r"[- ]", "", phone) for phone in phones))
    return Message(_tidy(text), known, numbers, tuple(dict.fromkeys(senders)))


def _plain(text: str) -> str:
    """Return a text with ordinary digits and line ends, without marks that cannot be seen."""
    table = {code: chr(code - 0xFEE0) for code in range(0xFF10, 0xFF1A)}
    table |= {0x3000: " ", 0x200B: "", 0xFEFF: "", 0x200E: "", 0x200F: "", 0x0D: ""}
    return re.sub(r"[ \t]+", " ", "".join(mark for mark in text.translate(table) if mark >= " " or mark in "\n\t"))


def _of_sender(shown: str) -> str:
    """Return the name in what a sender is called in a group, 李四 in 长冲组-李四; else what is shown."""
    found = re.search(rf"{_NAME}$", shown)
    return found[0] if found else shown


def _without_phones(text: str, names: list[str]) -> tuple[str, list[str]]:
    """Take telephone numbers out of a text, with the name beside each."""
    phones: list[str] = []
    found = re.search(_PHONE, text)
    while found:
        before, behind = text[: found.start()], text[found.end() :]
        phones.append(found[0])
        named = _BEFORE.search(before) or _last_name(before)
        if named:
            names.append(named["name"])
            before = before[: named.start("name")]
        else:
            after = _BEHIND.match(behind)
            if after:
                names.append(after["name"])
                behind = behind[after.end() :]
        text = f"{before} {behind}"
        found = re.search(_PHONE, text)
    return text, phones


def _last_name(before: str) -> re.Match[str] | None:
    """Find a name that ends a text without a mark before it, of four, three or two characters."""
    end = len(before.rstrip(" ,，:：、;；（("))
    for length in (4, 3, 2):
        found = _CLOSE.match(before, end - length) if end >= length else None
        if found and len(found["name"]) == length:
            return found
    return None


def _without_names(text: str, names: list[str]) -> str:
    """Take out the names that a text says are names, beside telephone numbers."""
    for pattern in (_SIGNED, _LABELLED, _NICK):
        found = pattern.search(text)
        while found:
            names.append(found["name"])
            start = found.start("name") if pattern is _NICK else found.start()
            text = text[:start] + text[found.end() :]
            found = pattern.search(text)
    found = _SELF.search(text)
    if found:
        names.append(found["name"])
        said = f"我是{found['of']}居民" if found["of"] else ""
        text = text[: found.start()] + said + text[found.end() :]
    return text


def _tidy(text: str) -> str:
    """Take away what is left where names and numbers stood."""
    text = _EMPTY_BRACKETS.sub("", _LEFT_OVER.sub("", text))
    lines = [re.sub(r" +", " ", line).strip(_EDGE) for line in text.split("\n")]
    kept = re.sub(r"([，,、；;。])[，,、；; ]+", r"\1", "\n".join(line for line in lines if line))
    kept = re.sub(r"[，,、；;]+(?=[。！!？?])", "", kept)
    return kept.strip(_EDGE + "\n")
