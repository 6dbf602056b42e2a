"""A session of requests with the manners of edexql."""

from __future__ import annotations

import requests

from edexql.service.certificates import trusted
from edexql.service.exchange.budget import Budgeted
from edexql.service.exchange.connecting import Adapter
from edexql.service.exchange.manners import Manners, user_agent

TYPE_CHECKING = False
if TYPE_CHECKING:
    from requests.adapters import BaseAdapter

MOST_REDIRECTS = 5


def session(manners: Manners | None = None, carrier: BaseAdapter | None = None) -> requests.Session:
    """A session that says who asks and keeps to its budgets; proxies and certificates are those of requests.

    `carrier` is what requests go through, such as a Recording or a Replaying; None is the network. What goes
    beyond a budget raises ExchangeError.
    """
    manners = manners or Manners()
    made = requests.Session()
    made.headers["User-Agent"] = manners.user_agent or user_agent()
    made.verify = trusted()
    made.max_redirects = MOST_REDIRECTS
    budgeted = Budgeted(carrier or Adapter(pool_maxsize=manners.connections), manners)
    for scheme in ("http://", "https://"):
        made.mount(scheme, budgeted)
    return made
