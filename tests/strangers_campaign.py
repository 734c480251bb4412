"""What strangers may try on whoever takes their feeds, and what each attempt got.

`python -m tests.strangers_campaign` prints a table. Every attempt is a whole pass over a source,
with the settings that are shipped: private addresses are not allowed. The Internet is a server on
loopback that stands in for one public address; every connection that would go anywhere else is
noted, and is an attempt that passed. So is one after which the secret that only loopback knows is
in the index, or memory grew beyond all bounds.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import socket
import stat
import sys
import tempfile
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import brotli

from index import IndexSettings
from index.ingest.refreshing import Refreshed, refresh
from index.storage.store import Store
from tests.fakes import WordEncoder
from tests.web import Clock, Here, Reply, Web, fetcher, serve

PUBLIC = "93.184.215.14"
"""The one public address; the server on loopback stands in for it."""

SECRET = (
    "The secret of the inner network is nobody's business but that of those who are inside it."
)

MOST = 120 * 2**20
"""Bytes that an attempt may make us hold at once: twice the largest sitemap, and some."""

# Where names lead. rebind.example is public when it is first asked for, and loopback ever after.
NAMES = {
    "public.example": [PUBLIC],
    "loopback.example": ["127.0.0.1"],
    "zero.example": ["0.0.0.0"],
    "metadata.example": ["169.254.169.254"],
    "private10.example": ["10.0.0.1"],
    "private172.example": ["172.16.0.1"],
    "private192.example": ["192.168.0.1"],
    "carrier.example": ["100.64.0.1"],
    "alibaba.example": ["100.100.100.200"],
    "azure.example": ["168.63.129.16"],
    "oracle.example": ["192.0.0.192"],
    "multicast.example": ["224.0.0.1"],
    "broadcast.example": ["255.255.255.255"],
    "reserved.example": ["240.0.0.1"],
    "benchmark.example": ["198.18.0.1"],
    "loopback6.example": ["::1"],
    "any6.example": ["::"],
    "mapped.example": ["::ffff:127.0.0.1"],
    "compatible.example": ["::127.0.0.1"],
    "nat64.example": ["64:ff9b::7f00:1"],
    "sixtofour.example": ["2002:7f00:1::"],
    "teredo.example": ["2001:0:7f00:1::"],
    "unique.example": ["fd00:ec2::254"],
    "linklocal6.example": ["fe80::1"],
    "both.example": [PUBLIC, "127.0.0.1"],
    "nowhere.example": [],
}

# Forms of an address that leads inside: {port} is that of the server that knows the secret.
FORMS = [
    *(f"http://{name}:{{port}}/secret" for name in NAMES if name != "public.example"),
    "http://rebind.example:{port}/secret",
    "http://localhost:{port}/secret",
    "http://localhost.:{port}/secret",
    "http://LOCALHOST:{port}/secret",
    "http://127.0.0.1:{port}/secret",
    "http://127.0.0.1.:{port}/secret",
    "http://127.1:{port}/secret",
    "http://127.0.1:{port}/secret",
    "http://2130706433:{port}/secret",
    "http://0x7f000001:{port}/secret",
    "http://0x7f.0x0.0x0.0x1:{port}/secret",
    "http://0177.0.0.1:{port}/secret",
    "http://017700000001:{port}/secret",
    "http://0:{port}/secret",
    "http://0.0.0.0:{port}/secret",
    "http://[::1]:{port}/secret",
    "http://[::]:{port}/secret",
    "http://[0:0:0:0:0:ffff:127.0.0.1]:{port}/secret",
    "http://[::ffff:7f00:1]:{port}/secret",
    "http://[::127.0.0.1]:{port}/secret",
    "http://[64:ff9b::127.0.0.1]:{port}/secret",
    "http://[fe80::1%25lo]:{port}/secret",
    "http://169.254.169.254/latest/meta-data/",
    "http://[fd00:ec2::254]/latest/meta-data/",
    "http://127。0。0。1:{port}/secret",
    "http://１２７.0.0.1:{port}/secret",
    "http://①②⑦.⓪.⓪.①:{port}/secret",
    "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:{port}/secret",
    "http://127%2e0%2e0%2e1:{port}/secret",
    "http://public.example@127.0.0.1:{port}/secret",
    "http://public.example:80@127.0.0.1:{port}/secret",
    "http://127.0.0.1:{port}\\@public.example/secret",
    "http://public.example\\@127.0.0.1:{port}/secret",
    "http://public.example#@127.0.0.1:{port}/secret",
    "http://127.0.0.1:{port}#@public.example/secret",
    "http:127.0.0.1:{port}/secret",
    "http:///127.0.0.1:{port}/secret",
    "//127.0.0.1:{port}/secret",
    "http://public.example:22/",
    "http://public.example:25/",
    "http://public.example:{port}\r\nHost: 127.0.0.1/secret",
    "file:///etc/passwd",
    "file://localhost/etc/passwd",
    "/etc/passwd",
    "ftp://127.0.0.1/secret",
    "gopher://127.0.0.1:{port}/_GET%20/secret",
    "dict://127.0.0.1:{port}/info",
    "data:text/html,<p>secret</p>",
    "javascript:alert(1)",
    "jar:http://127.0.0.1:{port}/secret!/",
    "unix:///var/run/docker.sock",
]


class Outcome(NamedTuple):
    """What was tried, what it got, and whether it passed."""

    attack: str
    way: str
    got: str
    passed: bool


@dataclass
class World:
    """A data folder, the Internet, and what was connected to besides it."""

    folder: Path
    web: Web
    private: bool = False
    leaks: list[str] = field(default_factory=list)
    _rebound: bool = False

    def look_up(self, host: str, port: int, **_: Any) -> list[Any]:
        """Answer as an attacker's name server; the system reads plain addresses."""
        name = host.lower().rstrip(".")
        if name == "rebind.example":
            addresses, self._rebound = ["127.0.0.1" if self._rebound else PUBLIC], True
        elif name in NAMES:
            addresses = NAMES[name]
        else:
            return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        if not addresses:
            raise socket.gaierror(-2, "Name or service not known")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in addresses]

    def run(self, sources: str) -> Refreshed:
        """Make a pass with the settings that are shipped."""
        (self.folder / "sources.toml").write_text(f"delay = 0\n{sources}")
        clock = Clock()
        with self._connections():
            return refresh(
                IndexSettings(data_dir=self.folder),
                load_encoder=WordEncoder,
                everything=True,
                fetcher=fetcher(clock, private=self.private, look_up=self.look_up),
                apart=Here(),
            )

    @contextmanager
    def _connections(self) -> Iterator[None]:
        connect = socket.create_connection

        def note(address: tuple[str, int], *rest: Any, **more: Any) -> socket.socket:
            if address[0] == PUBLIC:
                return connect(("127.0.0.1", self.web.port), *rest, **more)
            self.leaks.append(f"{address[0]}:{address[1]}")
            raise ConnectionRefusedError

        with mock.patch.object(socket, "create_connection", note):
            yield

    def url(self, path: str) -> str:
        return self.web.url(path, "public.example")

    def bodies(self) -> str:
        """Return all that is indexed."""
        if not (self.folder / "coverage.sqlite").exists():
            return ""
        with closing(Store(self.folder)) as store:
            return "\n".join(article.body for article in store.articles(store.digests()).values())


@contextmanager
def world(*, private: bool = False) -> Iterator[World]:
    with serve() as web, tempfile.TemporaryDirectory(prefix="clipdesk-") as folder:
        web.pages["/secret"] = Reply(page(SECRET))
        yield World(Path(folder), web, private)


def page(text: str) -> bytes:
    body = f"<p>{text} {text}</p>" * 3
    return f"<html><head><title>T</title></head><body><article>{body}</article></body>".encode()


def rss(link: str, *, prolog: str = "", text: str = "A teaser.") -> bytes:
    shown = link.replace("&", "&amp;").replace("<", "&lt;")
    return (
        f"{prolog}<rss version='2.0' xmlns:xi='http://www.w3.org/2001/XInclude'><channel>"
        f"<title>T</title><item><title>T</title><link>{shown}</link>"
        f"<description>{text}</description></item></channel></rss>"
    ).encode()


def try_links(forms: Sequence[str] = FORMS, *, private: bool = False) -> Iterator[Outcome]:
    """Try every form of address, as an entry of a feed and as a redirect from a public host.

    Private addresses are allowed only to see that the campaign would notice.
    """
    for form in forms:
        for way in ("entry", "redirect"):
            with world(private=private) as it:
                target = form.format(port=it.web.port)
                link = target
                if way == "redirect":
                    it.web.pages["/go"] = Reply(status=302, headers={"Location": header(target)})
                    link = it.url("/go")
                it.web.pages["/feed"] = Reply(rss(link), "text/xml")
                yield judge(it, f"{form}", way, feed_of(it))


def header(target: str) -> str:
    """Return an address as it can be sent in a header: a server of strangers sends any bytes."""
    return target.encode().decode("latin1").replace("\r\n", "%0d%0a")


def feed_of(it: World) -> str:
    return f'[[feed]]\nname = "f"\nurl = "{it.url("/feed")}"\n'


def judge(it: World, attack: str, way: str, sources: str) -> Outcome:
    """Make the pass, and say what the attempt got."""
    tracemalloc.start()
    try:
        done = it.run(sources)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    bodies = it.bodies()
    harm = [f"connected to {leak}" for leak in it.leaks]
    harm += ["told the secret"] if "secret" in bodies or "root:" in bodies else []
    harm += [f"held {peak:,} bytes"] if peak > MOST else []
    reasons = [*done.failed.values(), *(item.reason for item in done.left_out)]
    if "/secret" in it.web.paths() and way != "text":
        # The stand-in was asked by its own name: it has the same pages, but no secrets.
        reasons += ["the public server was asked for it"]
    got = "; ".join(harm) or (reasons[0] if reasons else "taken, without harm")
    return Outcome(attack.encode("unicode_escape").decode(), way, clean(got, it), bool(harm))


def clean(text: str, it: World) -> str:
    return text.replace(f":{it.web.port}", "").replace(str(it.folder), "…")


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
PROLOGS = {
    "billion laughs": f'<!DOCTYPE r [<!ENTITY l0 "ha">{LAUGHS}]>',
    "quadratic blow-up": f'<!DOCTYPE r [<!ENTITY a "{"x" * 100_000}">]>',
    "external entity, file": '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    "external entity, http": '<!DOCTYPE r [<!ENTITY x SYSTEM "http://127.0.0.1/secret">]>',
    "parameter entity": '<!DOCTYPE r [<!ENTITY % p SYSTEM "http://127.0.0.1/"> %p;]>',
    "external DTD": '<!DOCTYPE r SYSTEM "http://127.0.0.1/evil.dtd">',
    "entity behind a comment": '<!-- <rss> --><!DOCTYPE r [<!ENTITY x "secret">]>',
    "stylesheet": '<?xml-stylesheet type="text/xsl" href="http://127.0.0.1/evil.xsl"?>',
}
USES = {"billion laughs": "&l11;", "quadratic blow-up": "&a;" * 20_000}


def try_xml() -> Iterator[Outcome]:
    """Entities and whatever else XML offers, in feeds and sitemaps, in two encodings."""
    for name, prolog in PROLOGS.items():
        text = USES.get(name, "&x;" if "ENTITY x" in prolog else "")
        for encoding in ("utf-8", "utf-16"):
            with world() as it:
                feed = rss(it.url("/none"), prolog=prolog, text=text).decode().encode(encoding)
                it.web.pages["/feed"] = Reply(feed, "text/xml")
                yield judge(it, f"{name}, {encoding}", "feed", feed_of(it))
        with world() as it:
            sitemap = f"{prolog}<urlset><url><loc>{it.url('/none')}{text}</loc></url></urlset>"
            it.web.pages["/map"] = Reply(sitemap.encode(), "text/xml")
            yield judge(it, name, "sitemap", sitemap_of(it))
    with world() as it:
        text = "<xi:include href='file:///etc/passwd' parse='text'/>"
        it.web.pages["/feed"] = Reply(rss(it.url("/none"), text=text), "text/xml")
        yield judge(it, "XInclude", "feed", feed_of(it))
    with world() as it:
        it.web.pages["/feed"] = Reply(b"<rss>" + b"<a>" * 200_000, "text/xml")
        yield judge(it, "200,000 elements deep", "feed", feed_of(it))
    with world() as it:
        nested = b'{"version": "https://jsonfeed.org/version/1", "items": ' + b"[" * 200_000
        it.web.pages["/feed"] = Reply(nested, "application/json")
        yield judge(it, "200,000 arrays deep", "JSON feed", feed_of(it))


def sitemap_of(it: World) -> str:
    return f'[[sitemap]]\nname = "m"\nurl = "{it.url("/map")}"\n'


def try_bombs() -> Iterator[Outcome]:
    """Little that becomes much, wherever a body is read."""
    zeros = b"\0" * 2**28
    raw = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    packed = {
        "gzip": gzip.compress(zeros),
        "deflate": zlib.compress(zeros, 9),
        "deflate (raw)": raw.compress(zeros) + raw.flush(),
        "br": brotli.compress(zeros, quality=5),
    }
    del zeros
    for coding, body in packed.items():
        headers = {"Content-Encoding": coding.split()[0]}
        for way, path in (("feed", "/feed"), ("sitemap", "/map"), ("entry", "/page")):
            with world() as it:
                it.web.pages["/feed"] = Reply(rss(it.url("/page")), "text/xml")
                it.web.pages[path] = Reply(body, "text/xml", headers=headers)
                sources = sitemap_of(it) if way == "sitemap" else feed_of(it)
                yield judge(it, f"{coding} bomb, 256 MiB", way, sources)
        with world() as it:
            it.web.pages["/robots.txt"] = Reply(body, "text/plain", headers=headers)
            it.web.pages["/feed"] = Reply(rss(it.url("/page")), "text/xml")
            yield judge(it, f"{coding} bomb, 256 MiB", "robots.txt", feed_of(it))
    with world() as it:
        it.web.pages["/map"] = Reply(packed["gzip"], "application/gzip")
        yield judge(it, "sitemap.xml.gz bomb, 256 MiB", "sitemap", sitemap_of(it))
    for what, headers in (
        ("coded twice", {"Content-Encoding": "gzip, gzip"}),
        ("coded as nobody knows", {"Content-Encoding": "zstd"}),
        ("larger than it may be", {"Content-Length": str(10**12)}),
        ("a header without end", {"X-Long": "x" * 10**6}),
    ):
        with world() as it:
            it.web.pages["/feed"] = Reply(b"<rss/>", "text/xml", headers=headers)
            yield judge(it, what, "feed", feed_of(it))
    with world() as it:
        it.web.pages["/feed"] = Reply(status=302, headers={"Location": it.url("/feed")})
        yield judge(it, "a redirect to itself", "feed", feed_of(it))
    with world() as it:
        it.web.pages["/feed"] = Reply(rss(it.url("/page")), "text/xml")
        it.web.pages["/page"] = Reply(b"<div>" * 500_000 + page("Deep."))
        yield judge(it, "500,000 elements deep", "entry", feed_of(it))


def try_archives() -> Iterator[Outcome]:
    """ZIP and WARC archives made to do harm."""
    for name in (
        "../../secret.html", "/secret.html", "..\\..\\secret.html", "C:\\secret.html",
        "a/../../secret.html", "C:/secret.html", "\\\\host\\share\\secret.html",
    ):  # fmt: skip
        with world() as it:
            info = zipfile.ZipInfo("x.html")
            info.filename = name
            pack(it.folder / "a.zip", [(info, page(SECRET))])
            yield judge(it, f"member {name}", "ZIP", files_of("a.zip"))
    with world() as it:
        (it.folder / "secret.html").write_bytes(page(SECRET))
        link = zipfile.ZipInfo("x.html")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        pack(it.folder / "a.zip", [(link, str(it.folder / "secret.html").encode())])
        yield judge(it, "symbolic link", "ZIP", files_of("a.zip"))
    with world() as it:
        with (
            zipfile.ZipFile(it.folder / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive,
            archive.open("x.html", "w") as member,
        ):
            for _ in range(256):
                member.write(b"\0" * 2**20)
        yield judge(it, "ZIP bomb, 256 MiB", "ZIP", files_of("a.zip"))
    with world() as it:
        inner = io.BytesIO()
        with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("x.html", page(SECRET))
        pack(it.folder / "a.zip", [(zipfile.ZipInfo("inner.zip"), inner.getvalue())])
        yield judge(it, "ZIP in a ZIP", "ZIP", files_of("a.zip"))
    with world() as it:
        data = bytearray(pack(it.folder / "a.zip", [(zipfile.ZipInfo("x.html"), page("Plain."))]))
        data[-20:-10] = b"\xff" * 10
        (it.folder / "a.zip").write_bytes(data)
        yield judge(it, "directory that lies", "ZIP", files_of("a.zip"))
    for coding, packing in (("gzip", gzip.compress), ("br", brotli.compress)):
        with world() as it:
            block = (
                f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: {coding}\r\n\r\n"
            ).encode() + packing(b"\0" * 2**28)
            warc(it.folder / "a.warc.gz", it.url("/"), block)
            yield judge(it, f"{coding} bomb, 256 MiB", "WARC", files_of("a.warc.gz"))
    with world() as it:
        block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + b"\0" * 2**26
        warc(it.folder / "a.warc.gz", it.url("/"), block)
        yield judge(it, "gzip record bomb, 64 MiB", "WARC", files_of("a.warc.gz"))


def files_of(name: str) -> str:
    return f'[[files]]\nname = "a"\npath = "{name}"\n'


def pack(path: Path, members: Sequence[tuple[zipfile.ZipInfo, bytes]]) -> bytes:
    with zipfile.ZipFile(path, "w") as archive:
        for info, data in members:
            archive.writestr(info, data)
    return path.read_bytes()


def warc(path: Path, url: str, block: bytes) -> None:
    top = (
        f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\n"
        "WARC-Record-ID: <urn:uuid:12345678-feed-beef-cafe-123456789012>\r\n"
        f"WARC-Date: 2024-09-03T10:00:00Z\r\nContent-Length: {len(block)}\r\n"
        "Content-Type: application/http; msgtype=response\r\n\r\n"
    )
    path.write_bytes(gzip.compress(top.encode() + block + b"\r\n\r\n"))


GROUPS: dict[str, Callable[[], Iterator[Outcome]]] = {
    "links": try_links,
    "xml": try_xml,
    "bombs": try_bombs,
    "archives": try_archives,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=GROUPS, help="One group of attempts.")
    parser.add_argument("--json", action="store_true", help="Print rows for programs.")
    options = parser.parse_args()
    outcomes: list[Outcome] = []
    for name, group in GROUPS.items():
        if options.only in (None, name):
            for outcome in group():
                outcomes.append(outcome)
                sys.stderr.write(f"\r{name}: {len(outcomes)} ")
    sys.stderr.write("\n")
    for one in outcomes:
        mark = "PASSED" if one.passed else "      "
        line = f"{mark} {one.way:<10} {one.attack[:56]:<56}  {one.got[:150]}"
        print(json.dumps(one._asdict()) if options.json else line)  # noqa: T201
    passed = sum(one.passed for one in outcomes)
    print(f"{len(outcomes)} attempts, {passed} passed")  # noqa: T201
    sys.exit(bool(passed))


if __name__ == "__main__":
    main()
