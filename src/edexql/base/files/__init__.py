"""Files and folders on every system: what Linux, macOS and Windows do differently stands here, with a way for each.

`base.system` says which system it is. `atomic` writes whole files, `regular` opens plain files only, `locks` keeps
other processes out, `folder` holds folders open against links, `names` knows which names are one or mean a device.
"""
