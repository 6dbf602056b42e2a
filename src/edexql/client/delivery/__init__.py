"""Files that eDEx sends: by mail, or packed into one for a direct download.

mail     the request for mail, sent once
ledger   the requests that were made, kept on disk
direct   the direct download, whose endpoints are not known
"""
