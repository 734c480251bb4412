"""The encoding of a page as a browser decides it."""

from __future__ import annotations

import pytest

from index.text.decoding import decode, guess

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


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        (
            "cp1252",
            "Les députés ont adopté à l'unanimité le projet de loi, a déclaré la ministre.",
        ),
        ("cp1252", "El niño de doce años ganó el campeonato de ajedrez, según la federación."),
        ("cp1252", "Bjørn på tunet i Røros ble skutt den første lørdagen klokken åtte."),
        ("cp1252", "A população não está satisfeita com a decisão, disse o presidente da câmara."),
        ("cp1252", "Älgen gick över vägen i Göteborg på måndagen och stoppade trafiken."),
        ("cp1252", "“We won’t go,” said the minister – and she didn’t."),
        ("cp1250", "Zażółć gęślą jaźń – powiedział wójt gminy; śledztwo trwa już trzy miesiące."),
        ("iso8859-2", "Vláda schválila návrh zákona o důchodech, oznámil mluvčí po zasedání."),
        ("cp1251", "Премьер-министр заявил, что решение будет принято на следующей неделе."),
        ("koi8-r", "Премьер-министр заявил, что решение будет принято на следующей неделе."),
        (
            "cp1254",
            "Başbakan, kararın gelecek hafta alınacağını söyledi; muhalefet karşı çıkıyor.",
        ),
        ("cp949", "서울시는 월요일에 새로운 교통 규정을 발표했다."),
        ("shift_jis", "東京の警察は月曜日に男を逮捕したと発表した。"),
    ],
)
def test_text_that_says_nothing_is_what_it_looks_like(encoding: str, text: str) -> None:
    """A sentence is enough, for a wrong letter would be quoted as if the article had it."""
    assert decode(text.encode(encoding)) == text
    assert text.encode(encoding).decode(guess(text.encode(encoding))) == text
