"""CRC-32, Adler-32 and the decompression of deflate, by zlib-ng where it is installed (the extra `fast`), else by zlib.

Both give the same sums and the same content. On processors of today zlib-ng takes a tenth of the time for a CRC-32, and
a third to two thirds to decompress text. Python for Windows has zlib-ng in its own zlib from 3.14 on.
"""

from __future__ import annotations

import zlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    import zlib as module
else:
    try:
        from zlib_ng import zlib_ng as module
    except ImportError:
        module = zlib

adler32, crc32, decompressobj = module.adler32, module.crc32, module.decompressobj
# What is raised for damaged data: zlib-ng has a class of its own.
DAMAGED: tuple[type[Exception], ...] = (zlib.error, module.error)
