"""What an archive holds, seen before anything is written, and then unpacked whole or not at all.

planning, unpacking, deep  what callers use: `plan`, `unpack` and `check`
plans, problem             what an archive has and what would come of it, within limits; what can be wrong, by code
opening, source            an archive, opened, of the kind that its bytes tell; bytes at a place, of a file or a stream
zip_directory, zip_records the directory of a zip, held against what stands before each member; its end and extra fields
tar                        a tar, block after block
content, decoders          the bytes of a member, checked; compressed pieces to plain ones
names, links               places that are one file on every system; links as copies of what they lead to
arranging                  members to paths, within the limits
folders, target            folders entered without following links; what is in the target already
temporary                  the folder that an archive is unpacked into first
staging, placing           members into that folder; from there into the target, or back
journal                    what is written down before, for a run after one that was killed
"""
