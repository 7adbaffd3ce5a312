"""What every command shares: which county, how to answer, and how a refusal ends."""

from __future__ import annotations

import functools
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from tqdm import tqdm

from geodata.rules.problems import Problem
from webmap import sentences
from webmap.session import Store, open_store
from webmap.wire import dumps

DEFAULT_DB = "data/county.gpkg"


class Frame:
    """One run of a command: the opened store, and the two ways to answer (for people, or one JSON document)."""

    def __init__(self, target: str, as_json: bool, lang: str) -> None:
        self.target, self.as_json, self.lang = target, as_json, lang
        self._store: Store | None = None

    @property
    def store(self) -> Store:
        """The county's store, opened and brought up to date when it is first needed."""
        if self._store is None:
            self._store = open_store(self.target)
        return self._store

    def close(self) -> None:
        """Close the store, so that the county file is whole without its ``-wal`` once the command has ended."""
        if self._store is not None:
            self._store.close()

    def say(self, sentence: str) -> None:
        """Tell the person something, on stderr, so that stdout stays one JSON document."""
        click.echo(sentence, err=True)

    def answer(self, value: dict[str, Any], lines: str) -> None:
        """Give the answer: as JSON, or as lines for people."""
        click.echo(dumps(value) if self.as_json else lines)

    def bar(self, title: str) -> Callable[[float, str], None]:
        """Return what draws a progress bar on stderr, told the share done and what is at work."""
        drawn = tqdm(total=1.0, desc=title, bar_format="{desc} {percentage:3.0f}%|{bar}| {elapsed}", file=sys.stderr,
                     disable=not sys.stderr.isatty())  # fmt: skip

        def tell(share: float, _message: str = "") -> None:
            drawn.update(max(0.0, share - drawn.n))

        return tell


def command(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command ``--db``, ``--json`` and ``--lang``, and end a refusal with its sentence and exit code 1."""

    @click.option("--db", default=lambda: os.environ.get("SANZHANG_DB", DEFAULT_DB), help="FILE.gpkg or URL")
    @click.option("--json", "as_json", is_flag=True, help="one JSON document on stdout")
    @click.option("--lang", type=click.Choice(["zh", "en"]), default="zh")
    @functools.wraps(function)
    def run(db: str, as_json: bool, lang: str, **options: Any) -> None:
        frame = Frame(db, as_json, lang)
        try:
            code = function(frame, **options)
        except Problem as problem:
            sentence = sentences.problem(problem, lang)
            if as_json:
                click.echo(json.dumps({"error": {"code": problem.code, "message": sentence}}, ensure_ascii=False))
            click.echo(sentence, err=True)
            code = 1
        finally:
            frame.close()
        sys.exit(code or 0)

    return run


def existing(path: str) -> Path:
    """Return a path that must exist, or ``file.not_found``."""
    found = Path(path)
    if not found.exists():
        raise Problem("file.not_found", file=found.name)
    return found
