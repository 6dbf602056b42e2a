"""The link of a mail comes whole, however the mail was written, saved or copied."""

from __future__ import annotations

import base64
import quopri
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edexql.formats.mail import links

LINK = "https://edex.phys.ucalgary.ca/download?report=8&token=" + "aB3=3D_-" * 12 + "&name=FAI_lv1_h5_20190501.zip"
TEXT = f"Your files are ready (see below):\n\n{LINK}\n\nThe link works for a week.\n"
HTML = f'<html><body><p>Your files <a class="x" href="{LINK.replace("&", "&amp;")}">are ready</a>.</p></body></html>'
HEAD = "From: esoc@phys.ucalgary.ca\r\nSubject: Your e-POP files\r\nMIME-Version: 1.0\r\n"


def mail(*, subtype="plain", text=TEXT, cte="quoted-printable", more=()):
    message = EmailMessage(policy=SMTP)
    message["From"] = "esoc@phys.ucalgary.ca"
    message["Subject"] = "Your e-POP files"
    message.set_content(text, subtype=subtype, cte=cte)
    for kind, other in more:
        message.add_alternative(other, subtype=kind, cte=cte)
    return message.as_bytes()


MAILS = {
    "quoted-printable": mail(),
    "base64": mail(cte="base64"),
    "7bit": mail(cte="7bit"),
    "HTML": mail(subtype="html", text=HTML),
    "HTML in base64": mail(subtype="html", text=HTML, cte="base64"),
    "text and HTML": mail(more=[("html", HTML)]),
    "a mailbox": b"From esoc@phys.ucalgary.ca Wed May  1 15:00:00 2019\n" + mail().replace(b"\r\n", b"\n"),
    "forwarded in a mail": (
        HEAD + 'Content-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\nContent-Type: message/rfc822\r\n\r\n'
    ).encode()
    + mail()
    + b"\r\n--x--\r\n",
    "the source of the text": quopri.encodestring(TEXT.encode()),
    "the source of the HTML": quopri.encodestring(HTML.encode()),
    "the HTML": HTML.encode(),
    "the text": TEXT.encode(),
    "the text in angle brackets, folded": f"Files: <{LINK[:40]}\n  {LINK[40:]}>.".encode(),
    "format=flowed": (
        HEAD
        + "Content-Type: text/plain; format=flowed; delsp=yes\r\n\r\nYour files: \r\n"
        + LINK[:70]
        + " \r\n"
        + LINK[70:]
    ).encode(),
    "Latin-1": (HEAD + "Content-Type: text/plain; charset=iso-8859-1\r\n\r\nCéline: " + LINK).encode("latin-1"),
    "UTF-16": HEAD.encode()
    + b'Content-Type: text/plain; charset="utf-16"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    + base64.encodebytes(TEXT.encode("utf-16")),
    "an unknown character set": (HEAD + "Content-Type: text/plain; charset=klingon\r\n\r\n" + TEXT).encode(),
    "a byte order mark": b"\xef\xbb\xbf" + TEXT.encode(),
    "in a sentence": f"Take {LINK}, please (or {LINK}).".encode(),
    "a reply": "".join(f"> {line}\n" for line in TEXT.splitlines()).encode(),
}


@pytest.mark.parametrize("way", MAILS)
def test_the_link_of_a_mail_comes_whole(way):
    assert links(MAILS[way]) == [LINK]


def test_several_links_come_in_their_order_and_each_once():
    html = "<a href=\"https://a.ca/1\">https://a.ca/1</a> <a href='https://b.ca/x?y=1&amp;z=2'>two</a> https://c.ca/3."
    assert links(mail(subtype="html", text=html)) == ["https://a.ca/1", "https://b.ca/x?y=1&z=2", "https://c.ca/3"]


def test_a_link_that_may_be_cut_at_the_end_of_a_line_comes_both_ways():
    assert links(f"Files:\n{LINK[:72]}\n{LINK[72:]}\n".encode()) == [LINK[:72], LINK]


def test_one_sign_of_quoted_printable_is_read_both_ways():
    assert links(b"https://a.ca/?view=3D") == ["https://a.ca/?view=3D", "https://a.ca/?view="]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("(https://a.ca/b)", ["https://a.ca/b"]),
        ("https://a.ca/b_(c).", ["https://a.ca/b_(c)"]),
        ("[https://a.ca/b]", ["https://a.ca/b"]),
        ('"https://a.ca/b"', ["https://a.ca/b"]),
        ("HTTPS://A.ca/b!", ["HTTPS://A.ca/b"]),
        ("no link", []),
        ("", []),
    ],
)
def test_what_stands_around_a_link_is_no_part_of_it(text, found):
    assert links(text.encode()) == found


@given(st.binary(max_size=300))
def test_any_bytes_are_read(data):
    assert all(link.lower().startswith("http") for link in links(data))
    assert links(HEAD.encode() + b"\r\n" + data) is not None


@pytest.mark.parametrize("piece", ["<a ", "<a href=", "<", "<style>", "=3D", "<http://", "https://x\n", "&#", "=\n"])
def test_a_long_mail_is_read_in_linear_time(piece):
    # Twice the square of this would take minutes.
    assert links((HEAD + "Content-Type: text/html\r\n\r\n" + piece * 100_000).encode()) is not None
    assert links((piece * 100_000).encode()) is not None
