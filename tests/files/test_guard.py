"""Archives that would fill memory, or reach outside their folder, are refused before anything is unpacked."""

from __future__ import annotations

import resource
import struct
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from geodata.files import guard
from geodata.files.guard import check_archive, check_file_size, nested_kind
from geodata.files.read import read_any
from geodata.rules.problems import Problem


def zip_of(path: Path, entries: dict[str, bytes], **options: int) -> Path:
    """Write an archive of these entries."""
    with zipfile.ZipFile(path, "w", options.get("compression", zipfile.ZIP_DEFLATED)) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return path


def with_info(path: Path, change: Callable[[zipfile.ZipInfo], None]) -> Path:
    """Write an archive of one entry after a change to what is said of it."""
    info = zipfile.ZipInfo("a.csv")
    change(info)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(info, "x")
    return path


def symlink(info: zipfile.ZipInfo) -> None:
    """Make an entry a symbolic link."""
    info.external_attr = 0o120777 << 16


def lying(path: Path, declared: int) -> Path:
    """Write an entry of 80 MB that declares another size in its directory."""
    zip_of(path, {"xl/workbook.xml": b"<a/>", "xl/big.xml": bytes(80_000_000)})
    data = bytearray(path.read_bytes())
    at = data.rfind(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", declared)
    path.write_bytes(data)
    return path


def twice(path: Path) -> Path:
    """Write two entries whose names differ in case only."""
    return zip_of(path, {"a.csv": b"1", "A.CSV": b"2"})


def overlapping(path: Path) -> Path:
    """Write two directory entries that share the same packed bytes."""
    zip_of(path, {"a.csv": b"x" * 100, "b.csv": b"y" * 100})
    data = bytearray(path.read_bytes())
    at = data.rfind(b"PK\x01\x02") + 42
    data[at : at + 4] = struct.pack("<I", 0)
    path.write_bytes(data)
    return path


def spaces(path: Path) -> Path:
    """Write a workbook of 49 kB that unpacks to 49 MB."""
    return zip_of(path, {"xl/workbook.xml": b"<a/>", "xl/s.xml": b" " * 49_000_000})


def crowd(path: Path) -> Path:
    """Write 1,001 empty entries."""
    return zip_of(path, {f"{at}.csv": b"" for at in range(1_001)})


def one(name: str, data: bytes = b"x", compression: int = zipfile.ZIP_DEFLATED) -> Callable[[Path], Path]:
    """Return what writes an archive of one entry."""
    return lambda path: zip_of(path, {name: data}, compression=compression)


BOMBS: dict[str, tuple[Callable[[Path], Path], str]] = {
    "49 MB in 49 kB": (spaces, "archive.bomb"),
    "declares less than it holds": (lambda path: lying(path, 1_000), "archive.bomb"),
    "entries that overlap": (overlapping, "archive.bomb"),
    "more than a thousand entries": (crowd, "archive.too_many_entries"),
    "nested zip": (one("inner.ZIP"), "archive.nested"),
    "nested kmz": (one("a/inner.kmz"), "archive.nested"),
    "nested workbook": (one("a.xlsx"), "archive.nested"),
    "zip under another name": (one("a.csv", b"PK\x03\x04 and so on"), "archive.nested"),
    "parent folder": (one("../a.csv"), "archive.bad_name"),
    "parent folder, backslashes": (one("b\\..\\..\\a.csv"), "archive.bad_name"),
    "absolute": (one("/etc/a.csv"), "archive.bad_name"),
    "drive letter": (one("C:/a.csv"), "archive.bad_name"),
    "symbolic link": (lambda path: with_info(path, symlink), "archive.bad_name"),
    "the same name twice": (twice, "archive.repeated_name"),
    "nothing readable inside": (one("readme.md"), "file.kind_unknown"),
    "word document": (one("[Content_Types].xml"), "file.kind_unknown"),
    "bzip2 inside": (one("a.csv", compression=zipfile.ZIP_BZIP2), "archive.damaged"),
}


@pytest.mark.parametrize(("make", "code"), BOMBS.values(), ids=BOMBS)
def test_bombs_are_refused_at_once(tmp_path: Path, make: Callable[[Path], Path], code: str) -> None:
    """Every kind of bomb is refused by name within a second and 50 MB, whatever the file is called."""
    path = make(tmp_path / "map.zip")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    with pytest.raises(Problem) as refused:
        read_any(path)
    assert time.process_time() - start < 1.0
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024
    assert refused.value.code == code


def test_an_encrypted_entry_is_refused(tmp_path: Path) -> None:
    """An entry with a password is refused as such."""
    path = zip_of(tmp_path / "a.zip", {"a.csv": b"a,b\n1,2\n"})
    data = bytearray(path.read_bytes())
    data[data.rfind(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    with pytest.raises(Problem, match=r"archive\.encrypted"):
        check_archive(path)


@pytest.mark.parametrize("keep", [0.3, 0.9])
def test_a_cut_archive_is_damaged(tmp_path: Path, keep: float) -> None:
    """An archive that arrived in part is called damaged."""
    path = zip_of(tmp_path / "a.zip", {"a.csv": b"a,b\n1,2\n" * 1000})
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * keep)])
    with pytest.raises(Problem, match=r"archive\.damaged"):
        read_any(path)


def test_a_sound_large_archive_passes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that unpacks to exactly what it declares passes, deflated or stored."""
    data = b"".join(b"%d," % at for at in range(100_000))
    path = zip_of(tmp_path / "a.zip", {"a.csv": data, "folder/": b""})
    monkeypatch.setattr(guard, "_TRUSTED_BYTES", 0)
    assert [info.filename for info in check_archive(path)] == ["a.csv"]
    stored = zip_of(tmp_path / "b.zip", {"a.csv": data}, compression=zipfile.ZIP_STORED)
    assert len(check_archive(stored)) == 1
    monkeypatch.setattr(guard, "MAX_UNPACKED_BYTES", 1_000)
    with pytest.raises(Problem, match=r"archive\.too_big"):
        check_archive(path)


def test_file_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty file and one above the limit are refused."""
    path = tmp_path / "a.csv"
    path.write_bytes(b"")
    with pytest.raises(Problem, match=r"file\.empty"):
        read_any(path)
    path.write_bytes(b"12345")
    assert check_file_size(path) == 5
    monkeypatch.setattr(guard, "MAX_FILE_BYTES", 4)
    with pytest.raises(Problem, match=r"file\.too_big"):
        check_file_size(path)


def test_nested_kind() -> None:
    """Archives are known by their first bytes."""
    assert nested_kind(b"PK\x03\x04")
    assert nested_kind(b"\x1f\x8b\x08")
    assert not nested_kind(b"a,b,c")
