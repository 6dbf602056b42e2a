"""The error of a service, and why the network failed, in a few words."""

from __future__ import annotations

from edexql.base.errors import EdexqlError
from edexql.client.credentials import public_url, redact


class ServiceError(EdexqlError):
    """The service could not be reached, or did not answer as eDEx does. `url` is what was asked.

    Names and passwords in addresses are left out of both.
    """

    __module__ = "edexql"

    def __init__(self, message: str, url: str) -> None:
        super().__init__(redact(message))
        self.url = public_url(url)


DEEPEST = 10


def causes(error: BaseException) -> list[BaseException]:
    """An error and what it comes from, down to the first.

    What requests and urllib3 wrap stands in `reason`, `__cause__` or the arguments. `__context__` is left out: it
    may be an error of before, in the handling of which this one came up.
    """
    chain = [error]
    while len(chain) <= DEEPEST:
        last = chain[-1]
        inside = (getattr(last, "reason", None), last.__cause__, *reversed(last.args))
        inner = next((one for one in inside if isinstance(one, BaseException) and one not in chain), None)
        if inner is None:
            break
        chain.append(inner)
    return chain


def reason(error: BaseException) -> str:
    """The innermost cause of a network error, in a few words."""
    cause = causes(error)[-1]
    words = getattr(cause, "strerror", None) or str(cause) or type(cause).__name__
    return f"{_proxy(error)} does not connect: {words}" if type(error).__name__ == "ProxyError" else words


def _proxy(error: BaseException) -> str:
    """The proxy that an error of requests is about, as far as the environment tells it."""
    from requests.utils import get_environ_proxies, select_proxy

    from edexql.client.credentials import public_proxy_url

    url = str(getattr(getattr(error, "request", None), "url", None) or "")
    proxy = select_proxy(url, get_environ_proxies(url)) if url else None
    return f"the proxy {public_proxy_url(proxy)}" if proxy else "the proxy"
