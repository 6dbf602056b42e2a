"""SVG documents, read as people read them."""

from __future__ import annotations

from xml.etree import ElementTree

SVG = "{http://www.w3.org/2000/svg}"


def described(document: str) -> str:
    """What a document says to those who do not see it."""
    return ElementTree.fromstring(document).findtext(f"{SVG}desc") or ""


def words(document: str) -> list[str]:
    """The words in a document."""
    each = ElementTree.fromstring(document).iter(f"{SVG}text")
    return [element.text or "" for element in each if not element.get("aria-hidden")]


def titled(document: str, title: str) -> ElementTree.Element:
    """The element whose title begins so. Raises AssertionError where there is none."""
    for element in ElementTree.fromstring(document).iter():
        if (element.findtext(f"{SVG}title") or "").startswith(title):
            return element
    raise AssertionError(title)
