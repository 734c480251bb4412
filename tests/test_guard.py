"""Which addresses may be connected to."""

from __future__ import annotations

import doctest
import socket
from typing import Any

import pytest

from index.errors import RefusedError, SourceError
from index.web import guard
from index.web.guard import addresses_of, check_url, is_public
from tests.web import to_address

PUBLIC = [
    "93.184.215.14", "8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8",
    "64:ff9b::808:808", "2001:4860:4860::8888",
]  # fmt: skip
NOT_PUBLIC = [
    "127.0.0.1", "127.8.9.10", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.1.1",
    "169.254.169.254", "100.64.0.1", "100.100.100.200", "192.0.0.192", "192.0.2.1", "198.18.0.1",
    "198.51.100.1", "203.0.113.1", "192.88.99.1", "224.0.0.1", "239.1.1.1", "240.0.0.1",
    "255.255.255.255", "168.63.129.16", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1",
    "::ffff:10.0.0.1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1",
    "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2001:0:7f00:1::", "2001:db8::1",
    "3fff::1", "100::1", "5f00::1", "not an address", "",
]  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)
    assert addresses_of("daily.example", 80, look_up=to_address(address)) == [address]


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_any_other_address_is_not(address: str) -> None:
    assert not is_public(address)
    with pytest.raises(RefusedError, match="not public"):
        addresses_of("daily.example", 80, look_up=to_address(address))
    assert addresses_of("daily.example", 80, private=True, look_up=to_address(address))


def test_one_address_that_is_not_public_spoils_the_others() -> None:
    def look_up(host: str, port: int, **_: object) -> list[Any]:
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
            for address in ("93.184.215.14", "127.0.0.1")
        ]

    with pytest.raises(RefusedError):
        addresses_of("daily.example", 80, look_up=look_up)


def test_a_name_that_is_not_known_says_so() -> None:
    def look_up(*_: object, **__: object) -> list[Any]:
        raise socket.gaierror(-2, "Name or service not known")

    with pytest.raises(
        SourceError, match=r"'daily\.example' cannot be resolved .* check the name"
    ):
        addresses_of("daily.example", 80, look_up=look_up)


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://daily.example/a?b=c#d", "https://daily.example/a?b=c"),
        ("HTTP://Daily.Example", "http://daily.example"),
        ("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
        ("http://93.184.215.14:8080/x", "http://93.184.215.14:8080/x"),
        ("http://[2606:4700::1]/x", "http://[2606:4700::1]/x"),
    ],
)
def test_an_address_of_the_web_is_taken(text: str, url: str) -> None:
    assert str(check_url(text)) == url


@pytest.mark.parametrize(
    "text",
    [
        "file:///etc/passwd", "ftp://daily.example/a", "gopher://daily.example/", "data:,x",
        "javascript:alert(1)", "//daily.example/", "daily.example", "", "http://", "http:///etc",
        "http://user@daily.example/", "http://user:word@daily.example/", "http://@daily.example/",
        "http://daily.example\\@127.0.0.1/", "http://daily.example /", "http://daily\n.example/",
        "http://daily.example:22/", "http://daily.example:25/", "http://daily.example:99999/",
        "http://127.1/", "http://2130706433/", "http://0x7f000001/", "http://0x7f.0.0.1/",
        "http://0177.0.0.1/", "http://127.0.0.1./", "http://0/", "http://[fe80::1%25eth0]/",
        "http://①②⑦.0.0.1/", "http://exa%6dple.com/", "http://[::1",
        "http://xn--_/", "http://xn--na/",
        f"http://daily.example/{'a' * 3000}",
    ],
)  # fmt: skip
def test_what_is_no_plain_address_of_the_web_is_refused(text: str) -> None:
    with pytest.raises(RefusedError, match=r"is not fetched: .+; write it like"):
        check_url(text)


def test_examples_are_true() -> None:
    assert doctest.testmod(guard).failed == 0
