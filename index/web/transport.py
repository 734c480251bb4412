"""HTTP connections to the very addresses that were checked. The only import of httpcore.

A name is resolved once, its addresses are checked, and one of them is connected to, so that no
second answer of a name server can lead elsewhere. TLS and the Host header keep the name.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable
from typing import Any

import httpcore
import httpx

from index.errors import SourceError
from index.web.guard import LookUp, addresses_of

__all__ = ["open_transport"]

_SECONDS = 30.0
"""From connecting to the last byte; a server that drips does not hold us longer."""


def open_transport(
    *, private: bool, look_up: LookUp, seconds: float = _SECONDS
) -> httpx.HTTPTransport:
    """Return what sends an httpx client's requests; proxies of the environment are not asked.

    Its requests raise RefusedError and SourceError as `addresses_of` does.

    Args:
        private: Whether addresses that are not public are allowed.
        look_up: Asks the system's resolver.
        seconds: For one request, from connecting to the last byte.
    """
    context = httpx.create_ssl_context(trust_env=False)
    return _Transport(context, _Backend(private, look_up, seconds))


class _Transport(httpx.HTTPTransport):
    """An httpx transport over a backend of ours."""

    def __init__(self, context: ssl.SSLContext, backend: httpcore.NetworkBackend) -> None:
        super().__init__(verify=context, trust_env=False)
        # httpx takes no backend. No connection is kept, so each has the deadline of its request.
        self._pool = httpcore.ConnectionPool(
            ssl_context=context, network_backend=backend, max_keepalive_connections=0
        )


class _Backend(httpcore.SyncBackend):
    """Opens connections, to checked addresses only."""

    def __init__(self, private: bool, look_up: LookUp, seconds: float) -> None:
        self._private, self._look_up, self._seconds = private, look_up, seconds

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address that answers, all of them checked."""
        until = time.monotonic() + self._seconds
        found = addresses_of(host, port, private=self._private, look_up=self._look_up)
        failure: Exception = SourceError(f"{host!r} has no address: check the name")
        for address in found:
            try:
                left = _left(until, timeout)
                opened = super().connect_tcp(address, port, left, local_address, socket_options)
                return _Stream(opened, until)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure


class _Stream(httpcore.NetworkStream):
    """A stream with a deadline."""

    def __init__(self, stream: httpcore.NetworkStream, until: float) -> None:
        self._stream, self._until = stream, until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what is there."""
        return self._stream.read(max_bytes, _left(self._until, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all of it."""
        self._stream.write(buffer, _left(self._until, timeout))

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Speak TLS, to the name."""
        left = _left(self._until, timeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, left), self._until)

    def get_extra_info(self, info: str) -> Any:
        """Return what is known of the connection."""
        return self._stream.get_extra_info(info)


def _left(until: float, timeout: float | None) -> float:
    """Return the seconds left; raise httpcore.ReadTimeout where there are none."""
    left = until - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("it takes too long")
    return left if timeout is None else min(left, timeout)
