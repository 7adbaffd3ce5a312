"""Chinese texts cut into words by jieba, loaded when first needed: its dictionary takes a second and 60 MB."""

from __future__ import annotations

import functools
import logging
import threading
import warnings
from typing import Any

_LOADING = threading.Lock()


def cut(text: str) -> list[str]:
    """Return the words of a text, with the shorter words inside long ones before them (jieba's cut for search)."""
    return list(_tokenizer().cut_for_search(text, HMM=False))


def _tokenizer() -> Any:
    with _LOADING:
        return _load()


@functools.cache
def _load() -> Any:
    """Load jieba quietly, and its dictionary from its own file.

    jieba would keep a copy of the dictionary in the machine's folder for temporary files and unmarshal whatever lies
    there under that name; reading its own file takes a second once and trusts nobody.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # invalid escapes in its source, and pkg_resources' farewell
        import jieba
    jieba.setLogLevel(logging.WARNING)
    found = jieba.Tokenizer()
    found.FREQ, found.total = found.gen_pfdict(found.get_dict_file())
    found.initialized = True
    return found
