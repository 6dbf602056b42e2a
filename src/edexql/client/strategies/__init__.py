"""Ways to download what a user names; each is one file, registered by one line in `registry`.

registry     the strategies, and which of them is used for what
strategy     what a strategy is, and what it may use
link         links, as they are
archive      names and paths in the dated tree of the archive
folder_tar   folders of the archive, each packed into one tar while it is sent
direct       files of a listing, packed into one by eDEx
"""
