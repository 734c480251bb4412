"""Fetching: politely, safely, and only what is new."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from email.utils import formatdate
from typing import Any

import brotli
import httpx
import pytest

from index.errors import RefusedError, SourceError
from index.web.fetching import Fetcher, Validators
from index.web.transport import open_transport
from tests.web import Clock, Reply, Web, fetcher, serve, to_loopback

TEXT = b"Police in Paris held the founder on Monday. " * 50
ROBOTS = "User-agent: *\nDisallow: /private/*.html$\nAllow: /private/open\nCrawl-delay: 5\n"


@pytest.fixture
def web() -> Iterator[Web]:
    with serve() as running:
        yield running


def test_a_page_comes_once_and_then_only_when_it_changes(web: Web) -> None:
    web.pages["/a"] = Reply(TEXT)
    with closing(fetcher()) as fetching:
        first = fetching.get(web.url("/a"))
        again = fetching.get(web.url("/a"), first.validators)
        web.pages["/a"] = Reply(b"changed")
        newer = fetching.get(web.url("/a"), first.validators)
    assert (first.status, first.body, first.content_type) == (
        200,
        TEXT,
        "text/html; charset=utf-8",
    )
    assert (again.status, again.body, again.validators.etag) == (304, b"", first.validators.etag)
    assert (newer.status, newer.body) == (200, b"changed")
    assert (fetching.bodies, fetching.unchanged) == (2, 1)


def test_a_mark_that_is_not_ascii_is_not_sent_back(web: Web) -> None:
    """RFC 9110 lets an ETag be of any letters, and httpx sends none such."""
    web.pages["/a"] = Reply(TEXT)
    with closing(fetcher()) as fetching:
        assert fetching.get(web.url("/a"), Validators('"caf\xe9"', "")).status == 200


def test_not_modified_is_no_answer_to_who_holds_nothing(web: Web) -> None:
    """Or a feed behind a muddled cache would seem to be well, and give nothing for ever."""
    web.pages["/a"] = Reply(status=304)
    with closing(fetcher()) as fetching:
        with pytest.raises(SourceError, match="304, though we hold nothing"):
            fetching.get(web.url("/a"))
        assert fetching.get(web.url("/a"), Validators('"x"')).status == 304


def test_we_say_who_we_are_and_who_is_to_blame(web: Web) -> None:
    web.pages["/a"] = Reply(TEXT)
    for contact in ("", "desk@daily.example"):
        with closing(fetcher(contact=contact)) as fetching:
            fetching.get(web.url("/a", "daily.example"))
    first, last = web.asked[1].headers, web.asked[-1].headers
    assert first["User-Agent"].startswith("Clipdesk/")
    assert "desk@daily.example" in last["User-Agent"]
    assert last["Host"] == f"daily.example:{web.port}"


@pytest.mark.parametrize(
    ("coding", "pack"), [("gzip", gzip.compress), ("br", brotli.compress), ("identity", bytes)]
)
def test_compressed_bodies_are_read(web: Web, coding: str, pack: Callable[[bytes], bytes]) -> None:
    web.pages["/a"] = Reply(pack(TEXT), headers={"Content-Encoding": coding})
    with closing(fetcher()) as fetching:
        assert fetching.get(web.url("/a")).body == TEXT


@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_what_is_too_large_is_refused(web: Web, coding: str) -> None:
    body = gzip.compress(b"\0" * 10**6) if coding == "gzip" else b"\0" * 10**6
    web.pages["/a"] = Reply(body, headers={"Content-Encoding": coding})
    with closing(fetcher()) as fetching, pytest.raises(RefusedError, match="larger than 5,000"):
        fetching.get(web.url("/a"), bound=5000)


def test_redirects_are_followed_as_far_as_a_reader_would(web: Web) -> None:
    for hop in range(9):
        web.pages[f"/{hop}"] = Reply(status=302, headers={"Location": f"/{hop + 1}"})
    web.pages["/9"] = Reply(TEXT)
    with closing(fetcher()) as fetching:
        assert fetching.get(web.url("/4")).url == web.url("/9")
        with pytest.raises(SourceError, match="more than 5 redirects"):
            fetching.get(web.url("/0"))


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "http://u:p@daily.example/", "http://2130706433/", "ftp://a/"]
)
def test_every_hop_is_checked(web: Web, target: str) -> None:
    web.pages["/a"] = Reply(status=301, headers={"Location": target})
    with closing(fetcher()) as fetching, pytest.raises(RefusedError, match="is not fetched"):
        fetching.get(web.url("/a"))


@pytest.mark.parametrize("target", ["https:////]", "http://[no", "http://xn--_/", "http://xn--na"])
def test_a_redirect_to_no_address_is_refused(web: Web, target: str) -> None:
    web.pages["/a"] = Reply(status=302, headers={"Location": target})
    with closing(fetcher()) as fetching, pytest.raises(RefusedError):
        fetching.get(web.url("/a"))


def test_a_redirect_to_loopback_is_refused_where_a_public_host_sends_it(web: Web) -> None:
    """The first hop is played by a transport, for no public host can be reached here."""
    hops: list[str] = []

    class Hops(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            hops.append(str(request.url))
            if request.url.host != "daily.example":
                return guarded.handle_request(request)
            if request.url.path == "/robots.txt":
                return httpx.Response(404)
            return httpx.Response(302, headers={"Location": web.url("/secret")})

    web.pages["/secret"] = Reply(b"secret")
    fetching = fetcher(private=False, look_up=socket.getaddrinfo)
    guarded, fetching.transport = fetching.transport, Hops()
    with closing(fetching), pytest.raises(RefusedError, match=r"leads to 127\.0\.0\.1"):
        fetching.get("http://daily.example/a")
    assert "http://daily.example/a" in hops
    assert web.asked == []


def test_a_second_answer_of_the_name_server_leads_nowhere(web: Web) -> None:
    """The name is looked up once for a connection, and that very address is connected to."""
    answers = iter([("93.184.215.14", 0), ("127.0.0.1", 0)])
    asked: list[str] = []

    def rebinding(host: str, port: int, **_: object) -> list[Any]:
        asked.append(host)
        address, _zero = next(answers)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    connected: list[object] = []
    connect = socket.create_connection

    def note(address: object, *rest: Any, **more: Any) -> socket.socket:
        connected.append(address)
        raise ConnectionRefusedError

    web.pages["/a"] = Reply(b"secret")
    with (
        closing(fetcher(private=False, look_up=rebinding)) as fetching,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(socket, "create_connection", note)
        with pytest.raises(RefusedError, match=r"leads to 127\.0\.0\.1"):
            fetching.get(web.url("/a", "daily.example"))
    assert connect is socket.create_connection
    assert connected == [("93.184.215.14", web.port)]
    assert asked == ["daily.example"] * 2  # once for each attempt, and never again within one
    assert web.asked == []


def test_tls_is_asked_for_the_name_and_not_for_the_address() -> None:
    names: list[str | None] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

        def accept() -> None:
            try:
                with context.wrap_socket(listening.accept()[0], server_side=True):
                    pass
            except OSError:
                pass  # it has no certificate to show

        thread = threading.Thread(target=accept)
        thread.start()
        with open_transport(private=True, look_up=to_loopback) as transport:
            request = httpx.Request("GET", f"https://daily.example:{port}/")
            with pytest.raises(httpx.ConnectError):
                transport.handle_request(request)
        thread.join()
    assert names == ["daily.example"]


def test_a_server_that_drips_is_cut_off() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        done = threading.Event()

        def drip() -> None:
            with listening.accept()[0] as connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
                while not done.wait(0.02):
                    connection.sendall(b"x")

        thread = threading.Thread(target=drip)
        thread.start()
        port = listening.getsockname()[1]
        begun = time.monotonic()
        transport = open_transport(private=True, look_up=to_loopback, seconds=0.3)
        with httpx.Client(transport=transport) as client, pytest.raises(httpx.ReadTimeout):
            client.get(f"http://daily.example:{port}/")
        assert time.monotonic() - begun < 5
        done.set()
        thread.join()


def test_robots_txt_is_read_once_a_day_and_obeyed(web: Web) -> None:
    web.pages |= {"/robots.txt": Reply(ROBOTS.encode()), "/a": Reply(TEXT)}
    web.pages["/private/open"] = Reply(TEXT)
    clock = Clock()
    with closing(fetcher(clock)) as fetching:
        fetching.get(web.url("/a"))
        fetching.get(web.url("/private/open"))
        with pytest.raises(RefusedError, match=r"robots\.txt asks us to stay away"):
            fetching.get(web.url("/private/x.html"))
        assert web.paths().count("/robots.txt") == 1
        clock.sleep(25 * 3600)
        fetching.get(web.url("/a"))
    assert web.paths().count("/robots.txt") == 2
    assert "/private/x.html" not in web.paths()


@pytest.mark.parametrize(("status", "allowed"), [(404, True), (403, True), (500, False)])
def test_without_robots_txt_all_is_allowed_and_nothing_where_it_fails(
    web: Web, status: int, allowed: bool
) -> None:
    web.pages |= {"/robots.txt": Reply(status=status), "/a": Reply(TEXT)}
    with closing(fetcher()) as fetching:
        if allowed:
            assert fetching.get(web.url("/a")).status == 200
        else:
            with pytest.raises(SourceError, match=r"robots\.txt: the server answers 500"):
                fetching.get(web.url("/a"))


def test_a_host_whose_robots_txt_fails_is_left_alone_for_a_while(web: Web) -> None:
    web.pages |= {"/robots.txt": Reply(status=500), "/a": Reply(TEXT)}
    clock = Clock()
    with closing(fetcher(clock)) as fetching:
        for _ in range(5):
            with pytest.raises(SourceError):
                fetching.get(web.url("/a"))
        assert web.paths() == ["/robots.txt"] * 3
        clock.sleep(3600)
        web.pages["/robots.txt"] = Reply(ROBOTS.encode())
        assert fetching.get(web.url("/a")).status == 200


def test_a_robots_txt_that_begins_with_a_mark_of_its_encoding_is_obeyed(web: Web) -> None:
    web.pages |= {"/robots.txt": Reply(b"\xef\xbb\xbf" + ROBOTS.encode())}
    with closing(fetcher()) as fetching, pytest.raises(RefusedError, match="stay away"):
        fetching.get(web.url("/private/x.html"))


def test_of_a_robots_txt_without_end_the_beginning_is_obeyed(web: Web) -> None:
    web.pages |= {"/robots.txt": Reply(ROBOTS.encode() + b"\n# so long" * 100_000)}
    web.pages |= {"/a": Reply(TEXT)}
    with closing(fetcher()) as fetching:
        assert fetching.get(web.url("/a")).status == 200
        with pytest.raises(RefusedError, match=r"robots\.txt asks us to stay away"):
            fetching.get(web.url("/private/x.html"))


def test_a_host_is_left_in_peace_between_requests(web: Web) -> None:
    web.pages |= {"/robots.txt": Reply(ROBOTS.encode()), "/a": Reply(TEXT), "/b": Reply(TEXT)}
    clock = Clock()
    with closing(fetcher(clock, delay=1.0)) as fetching:
        fetching.get(web.url("/a"))
        fetching.get(web.url("/b"))
    assert clock.slept == [5.0, 5.0]  # as robots.txt asks; it was a request, too


def test_a_busy_server_is_asked_again_when_it_says(web: Web) -> None:
    replies = iter([Reply(status=503, headers={"Retry-After": "7"}), Reply(TEXT)])
    web.pages["/a"] = lambda: next(replies)
    clock = Clock()
    with closing(fetcher(clock)) as fetching:
        assert fetching.get(web.url("/a")).body == TEXT
    assert clock.slept == [7.0]


@pytest.mark.parametrize("dated", [False, True])
def test_a_server_that_wants_long_peace_has_it(web: Web, dated: bool) -> None:
    wanted = formatdate(time.time() + 3600, usegmt=True) if dated else "3600"
    web.pages["/a"] = Reply(status=429, headers={"Retry-After": wanted})
    clock = Clock()
    with closing(fetcher(clock)) as fetching:
        for reason in ("the server answers 429", "its host is to be left alone for 3,"):
            with pytest.raises(SourceError, match=reason):
                fetching.get(web.url("/a"))
        assert web.paths().count("/a") == 1
        clock.sleep(3601)
        web.pages["/a"] = Reply(TEXT)
        assert fetching.get(web.url("/a")).status == 200


def test_a_server_that_fails_is_asked_three_times_ever_later(web: Web) -> None:
    web.pages["/a"] = Reply(status=500)
    clock = Clock()
    with closing(fetcher(clock)) as fetching, pytest.raises(SourceError, match="answers 500"):
        fetching.get(web.url("/a"))
    assert web.paths().count("/a") == 3
    assert len(clock.slept) == 2


def test_a_host_that_does_not_answer_holds_up_nothing_else(web: Web) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        closed = listening.getsockname()[1]
    with closing(fetcher()) as fetching:
        for reason in ("no answer", "its host is to be left alone"):
            with pytest.raises(SourceError, match=reason):
                fetching.get(f"http://127.0.0.1:{closed}/a")


@pytest.mark.parametrize("status", [404, 410])
def test_what_is_gone_is_told(web: Web, status: int) -> None:
    web.pages["/a"] = Reply(status=status)
    with closing(fetcher()) as fetching:
        assert fetching.get(web.url("/a"), Validators('"old"')).status == status


@pytest.mark.parametrize("status", [401, 403, 451])
def test_what_is_not_given_to_us_says_so(web: Web, status: int) -> None:
    web.pages["/a"] = Reply(status=status)
    with closing(fetcher()) as fetching, pytest.raises(SourceError, match=f"answers {status}"):
        fetching.get(web.url("/a"))


def test_proxies_of_the_environment_are_not_asked(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    web.pages["/a"] = Reply(TEXT)
    with closing(fetcher()) as fetching:
        assert fetching.get(web.url("/a")).status == 200


def test_loopback_is_not_fetched_unless_it_is_allowed(web: Web) -> None:
    web.pages["/a"] = Reply(TEXT)
    refused = pytest.raises(RefusedError, match="ALLOW_PRIVATE_ADDRESSES=true allows it")
    with closing(Fetcher(delay=0)) as fetching, refused:
        fetching.get(web.url("/a"))
    assert web.asked == []
