"""How files of common kinds begin."""

from __future__ import annotations

MARKS: dict[str, tuple[bytes, ...]] = {
    # An empty zip has its end record alone; one that might have become several parts has a mark before its first
    # member (APPNOTE 8.5.3 and 8.5.4).
    "zip": (b"PK\x03\x04", b"PK\x05\x06", b"PK00PK\x03\x04", b"PK\x07\x08PK\x03\x04"),
    "hdf5": (b"\x89HDF\r\n\x1a\n",),
    "netcdf": (b"CDF\x01", b"CDF\x02", b"CDF\x05"),
    "cdf": (b"\xcd\xf3\x00\x01", b"\xcd\xf2\x60\x02"),
    "png": (b"\x89PNG\r\n\x1a\n",),
    "jpeg": (b"\xff\xd8\xff",),
    "pdf": (b"%PDF-",),
    "gzip": (b"\x1f\x8b\x08",),
    "compress": (b"\x1f\x9d",),
    "bzip2": (b"BZh",),
    "xz": (b"\xfd7zXZ\x00",),
    "zstandard": (b"\x28\xb5\x2f\xfd",),
    "7z": (b"7z\xbc\xaf\x27\x1c",),
    "rar": (b"Rar!\x1a\x07",),
    "sqlite": (b"SQLite format 3\x00",),
}
NAMES = {
    "zip": "a zip archive",
    "hdf5": "an HDF5 file",
    "netcdf": "a NetCDF file",
    "cdf": "a CDF file",
    "png": "a PNG image",
    "jpeg": "a JPEG image",
    "pdf": "a PDF document",
    "gzip": "a gzip file",
    "compress": "a file packed by compress",
    "bzip2": "a bzip2 file",
    "xz": "an xz file",
    "zstandard": "a Zstandard file",
    "7z": "a 7z archive",
    "rar": "a RAR archive",
    "sqlite": "an SQLite database",
}
# Kinds that hold other files or texts.
PACKED = ("zip", "gzip", "compress", "bzip2", "xz", "zstandard", "7z", "rar")


def kind_of(head: bytes) -> str | None:
    """The kind of a file that begins with these bytes, None where its beginning has no mark."""
    return next((kind for kind, marks in MARKS.items() if head.startswith(marks)), None)
