"""Base layers: what the county configured, what the map is told of it, and where its own files lie."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from geodata.actions.whole import require_whole
from geodata.rules import base_layers, pmtiles
from geodata.rules.actors import Actor
from geodata.rules.base_layers import BaseLayer
from geodata.rules.problems import Problem
from geodata.store import audit, settings
from geodata.store.database import Db

SETTING = "base_layers"


def list_shown(db: Db, actor: Actor, now: dt.datetime) -> list[dict[str, Any]]:
    """Return the layers that a reader may switch on; one whose file is gone is left out, so that the map opens.

    Raises
    ------
    Problem
        ``right.missing`` (right) for who may not see the map.
    """
    _require_see(actor)
    found = []
    for layer in _stored(db):
        try:
            found.append({**base_layers.show_layer(layer), **_describe(db, layer)})
        except Problem:
            continue
    return found


def find_source(db: Db, actor: Actor, now: dt.datetime, address: str) -> tuple[BaseLayer, str]:
    """Return the layer, and the part of it, behind an address of tiles.

    Raises
    ------
    Problem
        ``base_layer.not_found``, ``right.missing`` (right).
    """
    _require_see(actor)
    return base_layers.find_part(_stored(db), address)


def find_file(db: Db, actor: Actor, now: dt.datetime, layer_id: str) -> Path:
    """Return the PMTiles file of a layer: only what the configuration names, only in the store's folder.

    Raises
    ------
    Problem
        ``base_layer.not_found``, ``right.missing`` (right).
    """
    _require_see(actor)
    for layer in _stored(db):
        if layer.kind == "pmtiles" and layer.id == layer_id:
            try:
                return _path_of(db, layer)
            except Problem:
                break
    raise Problem("base_layer.not_found")


def list_configured(db: Db, actor: Actor, now: dt.datetime) -> list[dict[str, Any]]:
    """Return the configuration as it was set; it names the places of tokens, never a token.

    Raises
    ------
    Problem
        ``right.missing`` (right).
    """
    require_whole(db, actor, "settings")  # what all readers are shown, and the server fetches for them
    items: list[dict[str, Any]] = settings.get(db, SETTING, [])
    return items


def configure(db: Db, actor: Actor, now: dt.datetime, items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Replace the whole configuration; an empty list is the default, no base layer.

    Returns
    -------
    list
        The configuration as stored.

    Raises
    ------
    Problem
        What ``check_layers`` raises; ``base_layer.no_file`` (layer, file), ``base_layer.not_pmtiles`` (layer, file),
        ``right.missing`` (right) for who does not hold ``settings`` over the whole county.
    """
    require_whole(db, actor, "settings")  # what all readers are shown, and the server fetches for them
    layers = base_layers.check_layers(items)
    for layer in layers:
        _describe(db, layer)
    kept = [layer.to_dict() for layer in layers]
    settings.put(db, SETTING, kept)
    # which hosts the server will ask from now on belongs in the audit; addresses may be secrets of the network
    told = [{"id": layer.id, "kind": layer.kind, "hosts": list(layer.hosts), "internal": layer.internal,
             "approval_no": layer.approval_no} for layer in layers]  # fmt: skip
    audit.record(db, actor, now, "base_layers.set", layers=told)
    return kept


def _stored(db: Db) -> list[BaseLayer]:
    return base_layers.take_sound(settings.get(db, SETTING, []))


def _describe(db: Db, layer: BaseLayer) -> dict[str, Any]:
    """Return what only the layer's file can say; nothing for a layer without one."""
    if layer.kind != "pmtiles":
        return {"form": "raster", "vector_layers": []}
    with _path_of(db, layer).open("rb") as file:
        try:
            header = pmtiles.read_header(file.read(pmtiles.HEADER_BYTES))
        except Problem as problem:
            raise Problem(problem.code, layer=layer.id, file=layer.file) from None
        names: list[str] = []
        if header.form == "vector" and header.metadata_bytes <= pmtiles.MOST_METADATA_BYTES:
            file.seek(header.metadata_at)
            names = pmtiles.vector_layer_ids(header, file.read(header.metadata_bytes))
    return {"form": header.form, "vector_layers": names, "min_zoom": header.min_zoom, "max_zoom": header.max_zoom}


def _path_of(db: Db, layer: BaseLayer) -> Path:
    folder = db.store.folder.resolve()
    path = (folder / layer.file).resolve()
    # the name was checked when it was configured; a link that leads out of the folder is seen only here
    if path.parent != folder or not path.is_file():
        raise Problem("base_layer.no_file", layer=layer.id, file=layer.file)
    return path


def _require_see(actor: Actor) -> None:
    if not actor.may("see"):
        raise Problem("right.missing", right="see")
