"""Where the files of photos lie: beside the county's other files, under ids of our own making, never under a name."""

from __future__ import annotations

import uuid
from pathlib import Path

from geodata.store.database import Store

SIZES = ("full", "thumb")
SOUND = "sound"


def folder(store: Store) -> Path:
    """Return the county's folder of photos: ``county.photos`` beside ``county.gpkg``, as its key lies beside it.

    It bears the county's own name, so that two counties in one folder do not sweep each other's photos away.
    """
    if store.embedded:
        return Path(store.target).resolve().with_suffix(".photos")
    return store.folder / "county.photos"


def incoming(store: Store, blob_id: str) -> Path:
    """Return where the bytes lie as they were sent, until they have been looked at."""
    return folder(store) / "incoming" / str(uuid.UUID(blob_id))


def sound(store: Store, blob_id: str) -> Path:
    """Return where a recording lies, kept as it was sent."""
    name = str(uuid.UUID(blob_id))
    return folder(store) / SOUND / name[:2] / name


def made(store: Store, blob_id: str, size: str) -> Path:
    """Return where a picture lies that was made of them; by the first letters of its id, for a county sends a million.

    Parameters
    ----------
    size
        One of ``SIZES``.
    """
    name = str(uuid.UUID(blob_id))
    return folder(store) / SIZES[SIZES.index(size)] / name[:2] / f"{name}.jpg"
