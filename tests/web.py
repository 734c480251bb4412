"""A web server on loopback that says what a test wants, and remembers what it was asked."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, ParamSpec, TypeVar

from index.web.apart import Apart
from index.web.fetching import Fetcher

_P = ParamSpec("_P")
_R = TypeVar("_R")


@dataclass(frozen=True)
class Reply:
    """What is sent; a 200 has an ETag and knows it again."""

    body: bytes = b""
    kind: str = "text/html; charset=utf-8"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class Asked(NamedTuple):
    path: str
    headers: dict[str, str]
    status: int


@dataclass
class Web:
    """The server's pages by path, and what it was asked."""

    port: int
    pages: dict[str, Reply | Callable[[], Reply]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    otherwise: Callable[[str], Reply] = lambda _: Reply(b"nothing here", status=404)

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def paths(self) -> list[str]:
        return [one.path for one in self.asked]

    def count(self, status: int) -> int:
        return sum(one.status == status for one in self.asked)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A client may leave when it has seen enough."""


@contextmanager
def serve() -> Iterator[Web]:
    """Serve on loopback until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            found = web.pages.get(self.path) or web.otherwise(self.path)
            reply = found() if callable(found) else found
            tag = f'"{sha256(reply.body).hexdigest()[:16]}"'
            known = reply.status == 200 and self.headers.get("If-None-Match") == tag
            body = b"" if known else reply.body
            status = 304 if known else reply.status
            web.asked.append(Asked(self.path, dict(self.headers), status))
            self.send_response(status)
            headers = {"Content-Type": reply.kind, "Content-Length": str(len(body))}
            if reply.status == 200:
                headers["ETag"] = tag
            for name, value in (headers | dict(reply.headers)).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = _Server(("127.0.0.1", 0), Handler)
    web = Web(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield web
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def to_loopback(host: str, port: int, **_: Any) -> list[Any]:
    """Stand in for a name server to which every name is 127.0.0.1."""
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]


def to_address(address: str) -> Callable[..., list[Any]]:
    """Return a name server to which every name is `address`."""
    kind = socket.AF_INET6 if ":" in address else socket.AF_INET
    return lambda host, port, **_: [(kind, socket.SOCK_STREAM, 6, "", (address, port))]


class Clock:
    """A clock that only moves when somebody sleeps."""

    def __init__(self, now: float = 1_760_000_000.0) -> None:
        self.now, self.slept = now, list[float]()

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


class Here(Apart):
    """Reads in this process, for tests of what is read: starting another takes a second."""

    def call(self, function: Callable[_P, _R], *args: _P.args, **options: _P.kwargs) -> _R:
        return function(*args, **options)


def fetcher(clock: Clock | None = None, **options: Any) -> Fetcher:
    """Return one that may ask loopback and does not really sleep."""
    clock = clock or Clock()
    given: dict[str, Any] = {"private": True, "look_up": to_loopback, "delay": 0.0} | options
    return Fetcher(clock=clock, sleep=clock.sleep, **given)
