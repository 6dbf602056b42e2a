"""Files and folders on every system: what Linux, macOS and Windows do differently stands here, with a way for each.

`base.system` says which system it is.

atomic   files written completely or not at all
regular  plain files opened, and nothing else
locks    other processes kept out
folder   folders held open against links
disk     what is free, and the errors of a full disk and of one without hard links
names    names of files: in archives, in addresses, and which are one or mean a device
"""
