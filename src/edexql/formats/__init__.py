"""What files look like: text or bytes to values, for the client, the server and the catalogue alike.

signatures    what a file is, by its first bytes and by its name
integrity     whether a file is complete, as far as its own format says
digests, crc  digests of files, and the checksums that Python does not have
compression   decompression piece by piece
fast_zlib     sums and decompression by zlib-ng or zlib
tar_blocks    the blocks of a tar
availability  when each instrument had data, a file a day
mail          mail, and the links in it
pages/        pages of folders
"""
