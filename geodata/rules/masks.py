from __future__ import annotations

import re

_DOUBLE_SURNAMES = ("欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "夏侯", "令狐", "慕容", "司徒")


def name(text: str) -> str:
    """Mask a person's name to the surname, after the practice of GB/T 35273.

    >>> name("张三"), name("欧阳某某"), name("")
    ('张*', '欧阳**', '')
    """
    head = 2 if text.startswith(_DOUBLE_SURNAMES) else 1
    return text[:head] + "*" * len(text[head:])


def phone(text: str) -> str:
    """Mask a telephone number to its first three and last four digits.

    >>> phone("13812341234"), phone("0738-123"), phone("")
    ('138****1234', '****', '')
    """
    if len(text) < 10:
        return "****" if text else ""
    return f"{text[:3]}****{text[-4:]}"


def address(text: str) -> str:
    """Mask an address below the 组: house numbers, floors and rooms become stars.

    >>> address("石桥村老屋组12号3栋2单元502")
    '石桥村老屋组**号*栋*单元***'
    """
    return re.sub(r"[0-9０-９]", "*", text)


def id_no(text: str) -> str:
    """Mask an identity number (GB 11643) to its first three and last two characters.

    >>> id_no("43138219800101123X"), id_no("")
    ('431*************3X', '')
    """
    return text[:3] + "*" * max(0, len(text) - 5) + text[-2:] if len(text) > 5 else "*" * len(text)
