"""URL → what stands there, fetched politely, safely and only where it is new."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field
from http import HTTPStatus
from importlib.metadata import version

import httpx

from index.errors import RefusedError, SourceError
from index.web.guard import LookUp, check_url
from index.web.inflating import CODINGS, inflate, too_large
from index.web.patience import DAY, TransientError, asking_again, seconds_of
from index.web.robots import NAME, delay_of, is_allowed
from index.web.transport import open_transport

__all__ = ["NO_VALIDATORS", "PAGE", "Fetched", "Fetcher", "Host", "Validators"]

PAGE = 8 * 2**20
"""Bytes in the largest page, decompressed."""

_ROBOTS = 500 * 2**10  # bytes of robots.txt that are obeyed, as many as RFC 9309 asks for
_STEP = 10.0  # seconds for each step of a request
_HOPS = 5  # redirects followed
_RECOVERY = 300.0  # seconds that a host is left alone which did not answer
_GONE = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
_BUSY = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)


@dataclass(frozen=True, slots=True)
class Validators:
    """By which a server knows what we hold: its ETag and Last-Modified, or "".

    Source: RFC 9110, section 8.8.
    """

    etag: str = ""
    modified: str = ""


NO_VALIDATORS = Validators()
"""Of what we do not hold yet."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a server answered.

    Attributes:
        url: Where it came from in the end, after redirects.
        status: 200, 304 (what we hold is still right), 404 or 410.
        body: Decompressed; empty but for 200.
        content_type: The header, or "".
        validators: To ask with the next time.
    """

    url: str
    status: int
    body: bytes = b""
    content_type: str = ""
    validators: Validators = NO_VALIDATORS


@dataclass(slots=True)
class Host:
    """What we know of a host.

    Attributes:
        rules: Its robots.txt, "" for none.
        read: When that was read, in seconds since 1970.
        not_before: When it may be asked again, likewise.
    """

    rules: str = ""
    read: float = 0.0
    not_before: float = 0.0


@dataclass(slots=True)
class Fetcher:
    """Fetches URLs, for one thread.

    Attributes:
        private: Whether addresses that are not public are allowed.
        contact: Where a site's owner can reach the operator, or "".
        delay: Seconds to leave between two requests to a host.
        hosts: What is known of hosts, by "scheme://host:port"; kept up to date.
        look_up, clock, sleep: The machine's.
        transport: Sends requests, and checks where to.
        bodies, unchanged: How many bodies were downloaded, and how often the server answered 304.
    """

    private: bool = False
    contact: str = ""
    delay: float = 1.0
    hosts: MutableMapping[str, Host] = field(default_factory=dict)
    look_up: LookUp = socket.getaddrinfo
    clock: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    bodies: int = field(default=0, init=False)
    unchanged: int = field(default=0, init=False)
    _asked: dict[str, float] = field(default_factory=dict, init=False)
    transport: httpx.BaseTransport = field(init=False)

    def __post_init__(self) -> None:
        self.transport = open_transport(private=self.private, look_up=self.look_up)

    def close(self) -> None:
        """Close the connections."""
        self.transport.close()

    def get(
        self, url: str, validators: Validators = NO_VALIDATORS, *, bound: int = PAGE
    ) -> Fetched:
        """Return what stands at `url`, or that what `validators` tell of is still right.

        Args:
            url: As a stranger wrote it.
            validators: Of what we hold.
            bound: Most bytes of the body, decompressed.

        Raises:
            RefusedError: The address, one that it redirects to, or the body may do harm, or the
                site's robots.txt asks us to stay away.
            SourceError: It cannot be had now.
        """
        for _ in range(_HOPS + 1):
            checked = check_url(url, private=self.private)
            host = self._host_of(checked)
            if not is_allowed(host.rules, str(checked)):
                raise RefusedError(f"{url}: the site's robots.txt asks us to stay away")
            answer = self._send(checked, validators, bound)
            if isinstance(answer, Fetched):
                if answer.status == HTTPStatus.NOT_MODIFIED and not _conditions(validators):
                    raise SourceError(f"{url}: the server answers 304, though we hold nothing")
                self.bodies += answer.status == HTTPStatus.OK
                self.unchanged += answer.status == HTTPStatus.NOT_MODIFIED
                return answer
            url = answer
        raise SourceError(f"{url}: more than {_HOPS} redirects; give the address that they end at")

    def _host_of(self, url: httpx.URL) -> Host:
        """Return what is known of a URL's host, its robots.txt read today."""
        host = self.hosts.setdefault(_origin(url), Host())
        if self.clock() - host.read > DAY:  # so long RFC 9309 lets rules be kept
            host.rules = self._read_rules(url)
            host.read = self.clock()
        return host

    def _read_rules(self, url: httpx.URL) -> str:
        """Return the text of a host's robots.txt, "" where it has none (RFC 9309, 2.3.1).

        Where it fails, nothing is allowed, and the host is left alone for a while.
        """
        target = str(url.copy_with(raw_path=b"/robots.txt"))
        for _ in range(_HOPS + 1):
            try:
                answer = self._send(check_url(target, private=self.private), NO_VALIDATORS, PAGE)
            except _UnavailableError:
                return ""
            except TransientError as error:
                host = self.hosts[_origin(url)]
                host.not_before = self.clock() + (error.rest or _RECOVERY)
                raise
            if isinstance(answer, Fetched):
                return _first_lines(answer.body).decode("utf-8-sig", "replace")
            target = answer
        return ""

    def _send(self, url: httpx.URL, validators: Validators, bound: int) -> Fetched | str:
        """Ask once and, where that may help, again; return the answer or where it redirects to."""
        host = self.hosts.setdefault(_origin(url), Host())
        left = host.not_before - self.clock()
        if left > 0:
            raise SourceError(f"{url}: its host is to be left alone for {left:,.0f} seconds more")
        try:
            return asking_again(self.sleep)(self._send_once, url, validators, bound)
        except TransientError as error:
            host.not_before = self.clock() + error.rest
            raise

    def _send_once(self, url: httpx.URL, validators: Validators, bound: int) -> Fetched | str:
        self._pause(url)
        request = self._request(url, validators)
        try:
            # Not through a client of httpx: it would keep cookies and read redirects before us.
            response = self.transport.handle_request(request)
            response.request = request
            try:
                return _read(response, bound)
            finally:
                response.close()
        except httpx.HTTPError as error:
            reason = str(error) or type(error).__name__
            raise TransientError(f"{url}: no answer ({reason})", rest=_RECOVERY) from None
        except SourceError as error:
            if str(url) in str(error):
                raise
            raise type(error)(f"{url}: {error}") from None

    def _request(self, url: httpx.URL, validators: Validators) -> httpx.Request:
        about = f"; +{self.contact}" if self.contact else ""
        headers = {
            "User-Agent": f"{NAME}/{version('clipdesk')} (news excerpts with citations{about})",
            "Accept": "*/*",
            "Accept-Encoding": ", ".join(CODINGS),
            **_conditions(validators),
        }
        steps = httpx.Timeout(_STEP).as_dict()  # the transport bounds the whole
        return httpx.Request("GET", url, headers=headers, extensions={"timeout": steps})

    def _pause(self, url: httpx.URL) -> None:
        """Leave the host in peace between two requests."""
        origin = _origin(url)
        asked = self._asked.get(origin)
        if asked is not None:
            delay = max(self.delay, delay_of(self.hosts[origin].rules))
            if (left := asked + delay - self.clock()) > 0:
                self.sleep(left)
        self._asked[origin] = self.clock()


class _UnavailableError(SourceError):
    """The server says 4xx: it does not give this to us."""


def _read(response: httpx.Response, bound: int) -> Fetched | str:
    url, status = str(response.url), response.status_code
    validators = Validators(
        response.headers.get("etag", ""), response.headers.get("last-modified", "")
    )
    if status == HTTPStatus.OK:
        body = _read_body(response, bound)
        return Fetched(url, status, body, response.headers.get("content-type", ""), validators)
    if status == HTTPStatus.NOT_MODIFIED:
        return Fetched(url, status, validators=validators)
    if response.has_redirect_location:
        return _target_of(response)
    said = f"{url}: the server answers {status} {response.reason_phrase}".rstrip()
    if status in _BUSY:
        wanted = seconds_of(response.headers.get("retry-after", ""))
        raise TransientError(said, after=wanted)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise TransientError(said)
    if status in _GONE:
        return Fetched(url, status)
    raise _UnavailableError(said)


def _target_of(response: httpx.Response) -> str:
    """Return where a response redirects to."""
    try:
        return str(response.url.join(response.headers["location"]))
    except (httpx.InvalidURL, ValueError) as error:
        raise RefusedError(f"{response.url}: redirects to no address ({error})") from None


def _read_body(response: httpx.Response, bound: int) -> bytes:
    length = response.headers.get("content-length", "")
    if length.isdigit() and int(length) > bound:
        raise too_large(bound)
    coding = response.headers.get("content-encoding", "").strip().lower()
    return inflate(response.iter_raw(), coding, bound=bound)


def _first_lines(body: bytes) -> bytes:
    """Return a robots.txt as far as it is obeyed; not half a line, which may forbid much more."""
    return body if len(body) <= _ROBOTS else body[:_ROBOTS].rpartition(b"\n")[0]


def _conditions(validators: Validators) -> dict[str, str]:
    """Return the headers that ask for what is new; what httpx would not send is left out."""
    conditions = {"If-None-Match": validators.etag, "If-Modified-Since": validators.modified}
    return {name: value for name, value in conditions.items() if value and value.isascii()}


def _origin(url: httpx.URL) -> str:
    return f"{url.scheme}://{url.netloc.decode('ascii')}"
