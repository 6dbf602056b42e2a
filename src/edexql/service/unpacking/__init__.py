"""What an archive holds, seen before anything is written, and then unpacked whole or not at all.

planning, unpacking, deep what callers use: `plan`, `unpack` and `check`
plans, problem, limits    a plan and what came of it; what can be wrong, by code; how much is unpacked at most
opening, kinds            an archive, opened; what a file is, by its bytes
source, inflating         bytes at a place, of a file or a stream; compressed pieces to plain ones
zip_end, zip_fields       the end of a zip; the extra fields of its members
zip_directory             the directory of a zip, held against what stands before each member
tar_headers, tar_members  one block of a tar; a whole one
entries, content          what either format tells of a member; its bytes, checked
guesses, links            names in an encoding that nothing tells; links as copies of what they lead to
names, claims             names that are safe on every system; names that would meet in one place
arranging                 members to paths, within the limits
folders, standing         folders entered without following links; what is in the target already
locks, temporary          locks that end with their process; the folder that an archive is unpacked into first
staging, placing          members into that folder; from there into the target, or back
journal                   what is written down before, for a run after one that was killed
"""
