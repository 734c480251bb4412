"""DATABASE_URL → how a PostgreSQL server is connected to.

The URL is one as libpq takes it, with the parameters that providers hand out. asyncpg does as most
of them say, but only where it reads them in such a URL itself; any that it does not know it sends
to the server, which refuses it.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urlencode

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from index import ClipdeskError

__all__ = ["DatabaseError", "Server", "read_server"]

_CONNECTING = 10.0
"""Seconds that a server has to answer, where `connect_timeout` does not say."""

_MOST_PORT = 65535

_FORM = "write postgresql://user:password@host/name"

_NO_PORT = (  # which is not named: where the host was forgotten it is the password
    "DATABASE_URL has a port that is no number up to 65535: write "
    "postgresql://user:password@host:5432/name"
)

_HOSTS = re.compile(r"^[\w+]+://(?:[^@?]*@)?(?P<hosts>[^/?@]*,[^/?@]*)(?=[/?]|$)")
"""Several hosts, which SQLAlchemy's URLs cannot have there."""

_PASSED = frozenset(
    {
        "application_name",  # this and `options` are for the server, all others for asyncpg
        "dbname",
        "gsslib",
        "host",
        "krbsrvname",
        "options",
        "passfile",
        "password",
        "port",
        "service",
        "ssl_max_protocol_version",
        "ssl_min_protocol_version",
        "sslcert",
        "sslcrl",
        "sslkey",
        "sslmode",
        "sslnegotiation",
        "sslpassword",
        "sslrootcert",
        "target_session_attrs",
        "user",
    }
)

_DROPPED = frozenset(
    {
        "channel_binding",  # asyncpg has none, see `_select`
        "client_encoding",  # asyncpg's is always UTF-8
        "fallback_application_name",
        "gssencmode",  # asyncpg has none
        "keepalives",  # a server that is silent is given up by the time it takes
        "keepalives_count",
        "keepalives_idle",
        "keepalives_interval",
        "load_balance_hosts",  # asyncpg tries them in order
        "sslcompression",
        "sslsni",  # asyncpg always names the host
        "tcp_user_timeout",
    }
)
"""What makes no difference to what is kept, or cannot be had: any server can do without."""

log = logging.getLogger(__name__)


class DatabaseError(ClipdeskError):
    """The database cannot be used; `str(error)` is one line that says how to mend that."""


class Server(NamedTuple):
    """A PostgreSQL server.

    Attributes:
        url: How SQLAlchemy names it.
        arguments: What asyncpg is told besides.
        place: Where it is looked for, as people are told.
    """

    url: URL
    arguments: dict[str, Any]
    place: str


def read_server(url: str) -> Server:
    """Return the server that a URL names.

    Raises:
        DatabaseError: The URL is none of such a server, or asks for what cannot be had.
    """
    listed = _HOSTS.match(url)
    parsed = _parse(url[: listed.start("hosts")] + url[listed.end("hosts") :] if listed else url)
    given = {name: _last(value) for name, value in parsed.query.items()}
    if listed:
        given["host"] = listed["hosts"]
    _check_ports([*_ports_in(given), str(parsed.port or "")])
    arguments: dict[str, Any] = {"timeout": _read_timeout(given.pop("connect_timeout", "0"))}
    if mode := given.pop("ssl", ""):
        given["sslmode"] = "require" if mode == "true" else mode  # as libpq reads JDBC's
    if passed := _select(given):
        arguments["dsn"] = f"postgresql://?{urlencode(passed)}"
    port = parsed.port or given.get("port", 5432)
    place = given.get("host") or f"{parsed.host or 'this machine'}, port {port}"
    return Server(parsed.set(drivername="postgresql+asyncpg", query={}), arguments, place)


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise DatabaseError(f"DATABASE_URL cannot be read: {_FORM}") from error
    except ValueError as error:
        raise DatabaseError(_NO_PORT) from error
    if parsed.get_backend_name() not in ("postgres", "postgresql"):
        raise DatabaseError(
            f"DATABASE_URL names {parsed.drivername!r}, but only PostgreSQL can be used: {_FORM}, "
            "or nothing for SQLite in DATA_DIR"
        )
    return parsed


def _last(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else value[-1]


def _read_timeout(given: str) -> float:
    """Return for how many seconds to wait for a server; libpq's 0 says nothing about it."""
    try:
        seconds = int(given)
    except ValueError as error:
        raise DatabaseError(
            f"DATABASE_URL has connect_timeout={given!r}: write seconds, as in connect_timeout=10"
        ) from error
    return seconds if seconds > 0 else _CONNECTING


def _ports_in(given: dict[str, str]) -> Iterator[str]:
    """Return the ports that hosts of a list have, and those that stand by themselves."""
    for host in given.get("host", "").split(","):
        if not host.startswith("/"):  # a folder with a socket
            yield host.rpartition("]")[2].partition(":")[2]
    yield from given.get("port", "").split(",")


def _check_ports(ports: list[str]) -> None:
    if not all(port == "" or (port.isdecimal() and int(port) <= _MOST_PORT) for port in ports):
        raise DatabaseError(_NO_PORT)


def _select(given: dict[str, str]) -> dict[str, str]:
    """Return the parameters that are passed on.

    Raises:
        DatabaseError: One is unknown, or going on without it would send in clear what must not be.
    """
    if given.get("gssencmode") == "require":
        raise DatabaseError(
            "DATABASE_URL has gssencmode='require', which the bot cannot do: write sslmode=require"
        )
    if given.get("channel_binding") == "require":
        log.warning(
            "DATABASE_URL has channel_binding='require', which the bot cannot do: it goes "
            "without, sslmode=verify-full checks the server instead"
        )
    for name in sorted(given.keys() - _PASSED - _DROPPED):
        raise DatabaseError(
            f"DATABASE_URL has the parameter {name!r}, which the bot cannot pass on: take it out"
        )
    return {name: value for name, value in given.items() if name in _PASSED}
