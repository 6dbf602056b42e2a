"""What every part stands on and no part of eDEx is.

units  sizes of files: read and written
"""
