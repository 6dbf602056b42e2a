"""Pictures of queries: where the satellite was, in which magnetic local time, and when files exist and match.

    import edexql
    picture = edexql.plot.track("rri has-data; date 2016-04-18", catalogue="epop")
    picture                   # a notebook shows it
    picture.svg()             # for pages: light and dark
    picture.png()             # with the extra `png`
    print(picture)            # in characters

`timeline`, `track`, `dial` and `panels` take an answer as well as a query.
"""

from __future__ import annotations

from edexql.api.pictures import availability, dial, panels, timeline, track
from edexql.base.record import resolvable
from edexql.pictures.model import PictureError
from edexql.pictures.picture import Picture

__all__ = ["Picture", "PictureError", "availability", "dial", "panels", "timeline", "track"]

for _name in __all__:
    resolvable(globals()[_name])
