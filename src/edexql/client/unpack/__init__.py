"""What an archive holds, seen before anything is written, and then unpacked whole or not at all.

What callers use is `plan.plan`, `execution.unpack` and `verification.check`.

plan            what an archive would become in a folder; nothing is written
execution       unpack what was planned: all of it, or nothing
verification    an archive and the zips in it, read to their depth and compared with their checksums
archive         an archive, opened, of the kind that its bytes say, and its members
tar             a tar, block after block
zip_directory   the directory of a zip, compared with the header of each member
zip_records     the end records and extra fields of a zip
links           links, as copies of what they lead to
source          bytes at a place of a file or a stream; the content of a member, checked
paths           members to paths: safe names, no two in one place, within the limits
target          what is in the target already, where a member is to be
staging         the temporary folder, and members unpacked into it
placement       from there into the target, or back
journal         what is written down before, for the run after one that was killed
model           values: limits, members, plans, results; errors and their codes
"""
