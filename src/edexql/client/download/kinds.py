"""Kinds of files: which a name promises, and how a file of each begins."""

from __future__ import annotations

from edexql.formats.signatures import MARKS
from edexql.formats.tar_blocks import BLOCK, is_header

# Bytes of the beginning that tell every kind.
HEAD = 4096
_ENDINGS = {
    ".zip": "zip",
    ".h5": "hdf5",
    ".hdf5": "hdf5",
    ".nc": "netcdf",
    ".png": "png",
    ".gz": "gzip",
    ".tgz": "gzip",
    ".tar": "tar",
}
_MARKS = {
    # NetCDF 4 is HDF5.
    "netcdf": (*MARKS["hdf5"], *MARKS["netcdf"]),
    **{kind: MARKS[kind] for kind in ("zip", "hdf5", "png", "gzip")},
}
KINDS = (*_MARKS, "tar", "other")


def kind_of(name: str, told: str | None = None) -> str:
    """The kind that is told, or that the ending of a name promises; `other` is whatever has no mark of its own."""
    if told is not None:
        return told
    lower = name.lower()
    return next((kind for ending, kind in _ENDINGS.items() if lower.endswith(ending)), "other")


def begins(kind: str, head: bytes) -> bool:
    """Whether a file that begins with these bytes, HEAD of them or all, can be of a kind."""
    if kind == "tar":
        return is_header(head[:BLOCK])
    return kind not in _MARKS or head.startswith(_MARKS[kind])
