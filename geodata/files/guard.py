from __future__ import annotations

import stat
import struct
import unicodedata
import zipfile
import zlib
from pathlib import Path
from typing import BinaryIO

from geodata.rules.problems import Problem

MAX_FILE_BYTES = 500 * 1024 * 1024
MAX_UNPACKED_BYTES = 2 * 1024 * 1024 * 1024
MAX_ENTRIES = 1_000
MAX_RATIO = 100
_RATIO_FROM_BYTES = 1024 * 1024  # small even texts (styles, empty parts) pack better than 1:100 and harm nobody
_DEFLATE_LIMIT = 1_032  # deflate cannot unpack to more than this many times its packed size
_TRUSTED_BYTES = 64 * 1024 * 1024  # what could be unpacked to less than this need not be measured
_CHUNK = 1024 * 1024
_ARCHIVES = (".zip", ".7z", ".rar", ".gz", ".bz2", ".xz", ".tar", ".kmz", ".jar", ".zst")
_OFFICE_PARTS = ("xl/embeddings/", "xl/media/")


def check_file_size(path: Path) -> int:
    """Refuse an empty file (``file.empty``) and one above 500 MB (``file.too_big``: bytes, limit); return its size."""
    size = path.stat().st_size
    if size == 0:
        raise Problem("file.empty")
    if size > MAX_FILE_BYTES:
        raise Problem("file.too_big", bytes=size, limit=MAX_FILE_BYTES)
    return size


def check_archive(path: Path) -> list[zipfile.ZipInfo]:
    """Refuse an archive that would fill memory or disk, or reach outside its folder, before anything is unpacked.

    Parameters
    ----------
    path
        A zip, or a format that is one (XLSX, KMZ, zipped Shapefile).

    Returns
    -------
    list of ZipInfo
        The entries that are files.

    Raises
    ------
    Problem
        ``archive.damaged``; ``archive.too_many_entries`` (entries, limit); ``archive.too_big`` (bytes, limit);
        ``archive.bomb`` (entry, ratio, limit), also for entries that overlap or unpack to more than they declare;
        ``archive.nested`` (entry); ``archive.bad_name`` (entry) for ``..``, absolute names and links;
        ``archive.repeated_name`` (entry); ``archive.encrypted`` (entry).
    """
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
            _check_names(infos)
            _check_sizes(infos)
            _check_overlap(infos, path.stat().st_size)
            with path.open("rb") as file:
                for info in infos:
                    _measure(file, info)
    except (zipfile.BadZipFile, struct.error, zlib.error, EOFError, NotImplementedError, UnicodeDecodeError) as error:
        raise Problem("archive.damaged") from error
    return [info for info in infos if not info.is_dir()]


def _check_names(infos: list[zipfile.ZipInfo]) -> None:
    if len(infos) > MAX_ENTRIES:
        raise Problem("archive.too_many_entries", entries=len(infos), limit=MAX_ENTRIES)
    seen: set[str] = set()
    for info in infos:
        name = info.filename.replace("\\", "/")
        shown = name[:100]
        parts = name.split("/")
        is_link = stat.S_ISLNK(info.external_attr >> 16)
        if is_link or ".." in parts or name.startswith("/") or ":" in parts[0] or "\x00" in info.orig_filename:
            raise Problem("archive.bad_name", entry=shown)
        key = unicodedata.normalize("NFC", name).casefold()
        if key in seen:
            raise Problem("archive.repeated_name", entry=shown)
        seen.add(key)
        if key.endswith(_ARCHIVES) or (key.endswith((".xlsx", ".xlsm")) and not key.startswith(_OFFICE_PARTS)):
            raise Problem("archive.nested", entry=shown)
        if info.flag_bits & 0x1:
            raise Problem("archive.encrypted", entry=shown)


def _check_sizes(infos: list[zipfile.ZipInfo]) -> None:
    total = sum(info.file_size for info in infos)
    if total > MAX_UNPACKED_BYTES:
        raise Problem("archive.too_big", bytes=total, limit=MAX_UNPACKED_BYTES)
    for info in infos:
        if info.file_size > _RATIO_FROM_BYTES and info.file_size > MAX_RATIO * max(info.compress_size, 1):
            _bomb(info, info.file_size // max(info.compress_size, 1))


def _bomb(info: zipfile.ZipInfo, ratio: int) -> None:
    raise Problem("archive.bomb", entry=info.filename[:100], ratio=ratio, limit=MAX_RATIO)


def _check_overlap(infos: list[zipfile.ZipInfo], size: int) -> None:
    """Refuse entries that share packed bytes: that is how a zip of 42 kB holds petabytes."""
    end = 0
    for info in sorted(infos, key=lambda entry: entry.header_offset):
        if info.header_offset < end or info.header_offset + 30 + info.compress_size > size:
            _bomb(info, 0)
        end = info.header_offset + 30 + info.compress_size


def _measure(file: BinaryIO, info: zipfile.ZipInfo) -> None:
    """Unpack an entry that could be large into nothing, and refuse it once it exceeds what it declares."""
    if info.compress_type == zipfile.ZIP_STORED:
        if info.file_size != info.compress_size:
            _bomb(info, 0)
        return
    if info.compress_type != zipfile.ZIP_DEFLATED:
        raise Problem("archive.damaged")
    if info.compress_size * _DEFLATE_LIMIT <= max(_TRUSTED_BYTES, info.file_size):
        return
    file.seek(info.header_offset)
    header = struct.unpack("<4s5H3I2H", file.read(30))
    file.seek(header[9] + header[10], 1)
    _inflate(file, info)


def _inflate(file: BinaryIO, info: zipfile.ZipInfo) -> None:
    engine = zlib.decompressobj(-15)
    left, made = info.compress_size, 0
    data = b""
    while not engine.eof:
        if not data:
            data = file.read(min(_CHUNK // 16, left))
            left -= len(data)
            if not data:
                return
        made += len(engine.decompress(data, _CHUNK))
        data = engine.unconsumed_tail
        if made > info.file_size:
            _bomb(info, made // max(info.compress_size, 1))


def nested_kind(head: bytes) -> bool:
    """Tell whether a file's first bytes are those of an archive, whatever its name says."""
    return head.startswith((b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ"))
