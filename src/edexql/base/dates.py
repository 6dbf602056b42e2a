"""`date` and `timedelta` of the standard library, without the start-up time of its module `datetime`.

CPython has both in `_datetime`; until 3.11, `datetime` reads in a second implementation in Python first and throws it
away. Where there is no `_datetime`, they are those of `datetime`, which are the same classes where there is.
"""

from __future__ import annotations

__all__ = ["date", "timedelta"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import date, timedelta
else:
    try:
        from _datetime import date, timedelta
    except ImportError:
        from datetime import date, timedelta
