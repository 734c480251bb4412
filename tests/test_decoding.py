"""The encoding of a page as a browser decides it."""

from __future__ import annotations

import pytest

from index.decoding import decode

META = '<meta charset="{}"><p>Größe – „Zoë“ 9 €</p>'


@pytest.mark.parametrize(
    ("data", "header"),
    [
        pytest.param("Größe €".encode("utf-8-sig"), "text/html; charset=latin1", id="BOM first"),
        pytest.param("Größe €".encode("utf-16"), "text/html; charset=utf-8", id="UTF-16 BOM"),
        pytest.param("Größe €".encode("cp1252"), "text/html; charset=ISO-8859-1", id="header"),
        pytest.param("Größe €".encode(), "text/html; charset=unknown", id="unknown header"),
        pytest.param("Größe €".encode(), "", id="nothing said"),
    ],
)
def test_text_is_decoded(data: bytes, header: str) -> None:
    assert decode(data, header) == "Größe €"


@pytest.mark.parametrize("label", ["utf-8", "windows-1252", "iso-8859-1"])
def test_the_page_itself_is_asked_after_the_header(label: str) -> None:
    page = META.format(label)
    encoding = "cp1252" if label != "utf-8" else label
    assert decode(page.encode(encoding), "text/html") == page


def test_the_header_goes_before_the_page() -> None:
    page = META.format("iso-8859-1")
    assert decode(page.encode(), "text/html; charset=utf-8") == page


def test_a_page_that_can_be_read_as_saying_utf_16_is_not_utf_16() -> None:
    page = META.format("utf-16")
    assert decode(page.encode()) == page


def test_xml_says_it_in_its_first_line() -> None:
    feed = '<?xml version="1.0" encoding="ISO-8859-1"?><rss>São</rss>'
    assert decode(feed.encode("latin1"), "application/rss+xml") == feed


def test_what_nobody_can_decode_becomes_a_mark() -> None:
    assert decode(b"a\xffb", "text/html; charset=utf-8") == "a\ufffdb"
