"""zlib-ng and zlib give the same sums, the same content, and both say what is damaged."""

from __future__ import annotations

import subprocess
import sys
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edexql.formats import fast_zlib
from edexql.formats.compression import DamagedData, Deflate

RAW, GZIP = -15, 31
# Alike bytes in a row, and bytes at random: what is stored, coded with few bits, and repeated from afar.
CONTENT = st.lists(st.one_of(st.binary(max_size=400), st.binary(max_size=9).map(lambda data: data * 999))).map(b"".join)


def packed(content: bytes, window: int, level: int) -> bytes:
    stream = zlib.compressobj(level, zlib.DEFLATED, window)
    return stream.compress(content) + stream.flush()


def unpacked(pieces: list[bytes], window: int) -> tuple[bytes, bool, bytes]:
    stream = Deflate(window)
    content = b"".join(piece for data in pieces for piece in stream.feed(data))
    return content, stream.ended, stream.leftover


def test_zlib_ng_is_taken_where_it_is_installed():
    module = pytest.importorskip("zlib_ng.zlib_ng")
    assert fast_zlib.crc32 is module.crc32
    assert fast_zlib.decompressobj is module.decompressobj


def test_zlib_is_taken_where_zlib_ng_is_not():
    code = """
import sys, zlib
sys.modules["zlib_ng"] = None
from edexql.formats import fast_zlib
assert fast_zlib.crc32 is zlib.crc32 and fast_zlib.decompressobj is zlib.decompressobj
assert set(fast_zlib.DAMAGED) == {zlib.error}
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@given(st.lists(CONTENT, max_size=5))
def test_sums_are_those_of_zlib_however_they_are_put_together(pieces):
    crc32, adler32 = 0, 1
    for piece in pieces:
        crc32, adler32 = fast_zlib.crc32(memoryview(piece), crc32), fast_zlib.adler32(piece, adler32)
    whole = b"".join(pieces)
    assert (crc32, adler32) == (zlib.crc32(whole), zlib.adler32(whole))


@given(CONTENT, st.sampled_from([RAW, GZIP]), st.integers(0, 9), st.integers(1, 5000), st.binary(max_size=9))
def test_what_zlib_has_compressed_is_decompressed(content, window, level, length, more):
    data = packed(content, window, level)
    pieces = [data[at : at + length] for at in range(0, len(data), length)]
    pieces[-1] += more
    assert unpacked(pieces, window) == (content, True, more)


@given(CONTENT, st.sampled_from([RAW, GZIP]), st.data())
def test_of_data_that_are_cut_off_the_beginning_comes_and_no_end(content, window, data):
    whole = packed(content, window, 6)
    cut = whole[: data.draw(st.integers(0, len(whole) - 1))]
    found, ended, leftover = unpacked([cut], window)
    assert content.startswith(found)
    assert (ended, leftover) == (False, b"")


@given(CONTENT, st.data())
def test_a_gzip_stream_with_a_wrong_sum_is_damaged(content, data):
    whole = bytearray(packed(content, GZIP, 6))
    whole[data.draw(st.integers(-8, -1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(DamagedData):
        unpacked([bytes(whole)], GZIP)
