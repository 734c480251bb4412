"""Which addresses may be connected to: those of the public Internet, whatever a URL looks like."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable
from typing import Any, TypeAlias

import httpx

from index.articles.fields import quote
from index.errors import RefusedError, SourceError

__all__ = ["LookUp", "addresses_of", "check_url", "is_public"]

_LONGEST = 2048
"""Characters in a URL."""

_MOST = 8
"""Addresses of one host that are looked at."""

_WEB_PORTS = (None, 80, 443)
"""Ports below 1024 that the web is served on; the others speak of mail, shells and the like."""

# A browser reads a host as an IPv4 address when its last part is a number, even a hexadecimal one.
# Source: https://url.spec.whatwg.org/#ends-in-a-number-checker
_NUMBER_LAST = re.compile(r"(?:^|\.)(?:\d+|0x[0-9a-f]*)\.?$", re.IGNORECASE)
_UNCLEAN = re.compile(r"[\s\\\x00-\x20\x7f]")
_AUTHORITY = re.compile(r"^[a-z]+://([^/?#]*)", re.IGNORECASE)

# What the networks below do not say in every version of Python, and one cloud's public-looking
# metadata service.
# Source: IANA special-purpose address registries; learn.microsoft.com, "What is 168.63.129.16?"
_NOT_PUBLIC = [
    ipaddress.ip_network(text)
    for text in (
        "192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32",
        "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
    )
]  # fmt: skip
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

LookUp: TypeAlias = Callable[..., list[Any]]
"""As `socket.getaddrinfo`."""


def check_url(text: str, *, private: bool = False) -> httpx.URL:
    """Return the URL that `text` is, where its form can do no harm.

    Nothing is resolved; `addresses_of` looks at where it leads.

    Args:
        text: As a stranger wrote it.
        private: Whether hosts may be named by any address, and any port be asked.

    Raises:
        RefusedError: It is not http(s), holds a user's name, or hides where it leads.
    """
    url, host = _parse(text)
    if url.scheme not in ("http", "https"):
        raise _refuse(text, "only http and https are taken")
    authority = _AUTHORITY.match(text)
    if url.userinfo or authority is None or "@" in authority[1]:
        raise _refuse(text, "it holds a user's name or password")
    if not host or "%" in host:
        raise _refuse(text, "it names no host")
    if _NUMBER_LAST.search(host) and not _is_dotted_quad(host):
        raise _refuse(text, "its host is an address in disguise")
    if (url.port or 0) > 65535 or not (
        private or url.port in _WEB_PORTS or (url.port or 0) > 1023
    ):
        raise _refuse(text, f"port {url.port} is not the web's")
    return url.copy_with(fragment=None)


def addresses_of(
    host: str, port: int, *, private: bool = False, look_up: LookUp = socket.getaddrinfo
) -> list[str]:
    """Return the addresses of a host: the very ones to connect to, never the name again.

    Args:
        host: A name, or an address.
        port: To be connected to.
        private: Whether addresses that are not public are allowed.
        look_up: Asks the system's resolver.

    Raises:
        RefusedError: One of them is not public.
        SourceError: There is none.
    """
    try:
        found = look_up(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SourceError(f"{quote(host)} cannot be resolved ({reason}): check the name") from None
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))[:_MOST]
    for address in addresses:
        if not private and not is_public(address):
            raise RefusedError(
                f"{quote(host)} leads to {address}, which is not public; "
                "ALLOW_PRIVATE_ADDRESSES=true allows it"
            )
    return addresses


def is_public(address: str) -> bool:
    """Say whether an IP address is of the public Internet, also where IPv6 holds IPv4 in it.

    >>> is_public("93.184.215.14"), is_public("::ffff:127.0.0.1"), is_public("169.254.169.254")
    (True, False, False)
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or (_last_32_bits(ip) if ip in _NAT64 else None)
        if inner is not None:
            return is_public(str(inner))
        if ip not in _GLOBAL_UNICAST or ip.scope_id:
            return False
    special = any(ip in network for network in _NOT_PUBLIC)
    return ip.is_global and not (special or ip.is_multicast or ip.is_reserved)


def _parse(text: str) -> tuple[httpx.URL, str]:
    """Return a URL and its host, which may be no name though the URL can be taken apart."""
    if len(text) > _LONGEST:
        raise _refuse(text, f"it is longer than {_LONGEST} characters")
    if _UNCLEAN.search(text):
        raise _refuse(text, "it holds spaces, backslashes or control characters")
    try:
        url = httpx.URL(text)
        return url, url.host
    except (httpx.InvalidURL, ValueError) as error:
        raise _refuse(text, str(error)) from None


def _is_dotted_quad(host: str) -> bool:
    try:
        return str(ipaddress.IPv4Address(host)) == host
    except ValueError:
        return False


def _last_32_bits(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address:
    return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)


def _refuse(text: str, reason: str) -> RefusedError:
    return RefusedError(f"{quote(text)} is not fetched: {reason}; write it like https://…")
