"""Compressed bytes → the bytes they stand for, never more than a bound."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import Any, Protocol

import brotli

from index.errors import RefusedError, SourceError

__all__ = ["CODINGS", "inflate", "too_large"]

CODINGS = ("gzip", "deflate", "br")
"""Content codings that are read; also what is asked for."""

_STEP = 2**16
"""Most bytes taken, and made, at once."""

_GZIP = b"\x1f\x8b"


def inflate(chunks: Iterable[bytes], coding: str, *, bound: int) -> bytes:
    """Return what `chunks` stand for.

    Args:
        chunks: As they come from the wire or a file.
        coding: One of `CODINGS`, or "" for bytes as they are.
        bound: Most bytes to return.

    Raises:
        RefusedError: It would be more than `bound` bytes.
        SourceError: It is not of this coding, or the coding is not known.
    """
    decoder, whole = _decoder(coding), bytearray()
    try:
        for piece in _pieces(chunks):
            made = decoder.decode(piece)
            while made:
                whole += made
                if len(whole) > bound:
                    raise too_large(bound)
                made = decoder.decode(b"")
    except (zlib.error, brotli.error) as error:
        raise SourceError(f"it is not the {coding} it says it is ({error})") from None
    if not decoder.is_whole():
        raise SourceError("it ends early; the next pass tries again")
    return bytes(whole)


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Cut chunks small: what a member of gzip leaves is copied for the one behind it."""
    for chunk in chunks:
        for at in range(0, len(chunk), _STEP):
            yield chunk[at : at + _STEP]


def too_large(bound: int) -> RefusedError:
    """Return what is raised of something that has more bytes than a bound."""
    return RefusedError(f"it is larger than {bound:,} bytes; leave it out")


class _Decoder(Protocol):
    """Undoes one coding, piece by piece."""

    def decode(self, data: bytes) -> bytes:
        """Return a piece of what `data` stands for; asked with b"" as long as there is more."""
        ...

    def is_whole(self) -> bool:
        """Say whether it ended where it was to end."""
        ...


def _decoder(coding: str) -> _Decoder:
    if coding in ("", "identity"):
        return _Plain()
    if coding in ("gzip", "x-gzip", "deflate"):
        return _Zlib()
    if coding == "br":
        return _Brotli()
    raise SourceError(f"it is compressed as {coding!r}; only {', '.join(CODINGS)} are read")


class _Plain:
    """Bytes as they are."""

    def decode(self, data: bytes) -> bytes:
        """Return a piece of what `data` stands for."""
        return data

    def is_whole(self) -> bool:
        """Say whether it ended where it was to end."""
        return True


class _Zlib:
    """gzip, member after member, or deflate, which servers send with and without its header."""

    def __init__(self) -> None:
        self._held = b""
        self._object: Any = None  # zlib does not name its type

    def decode(self, data: bytes) -> bytes:
        """Return a piece of what `data` stands for."""
        self._held += data
        while True:
            if (self._object is None or self._object.eof) and len(self._held) < 2:
                return b""
            if self._object is None or (self._object.eof and self._held.startswith(_GZIP)):
                self._object = zlib.decompressobj(_window(self._held))
            if self._object.eof:  # what follows is padding
                self._held = b""
                return b""
            made = self._object.decompress(self._held, _STEP)
            self._held = self._object.unconsumed_tail or self._object.unused_data
            if made or not (self._object.eof and self._held):
                return bytes(made)
            # A member with nothing in it, of which there may be thousands: on to the next.

    def is_whole(self) -> bool:
        """Say whether it ended where it was to end."""
        return bool(self._object.eof) if self._object else not self._held


def _window(head: bytes) -> int:
    """Return what zlib is to expect: gzip, zlib's own header, or none."""
    if head.startswith(_GZIP):
        return zlib.MAX_WBITS | 16
    with_header = head[0] & 15 == zlib.DEFLATED and int.from_bytes(head[:2]) % 31 == 0
    return zlib.MAX_WBITS if with_header else -zlib.MAX_WBITS


class _Brotli:
    """Brotli."""

    def __init__(self) -> None:
        self._object, self._came = brotli.Decompressor(), False

    def decode(self, data: bytes) -> bytes:
        """Return a piece of what `data` stands for."""
        self._came = self._came or bool(data)
        made: bytes = self._object.process(data, output_buffer_limit=_STEP)
        return made

    def is_whole(self) -> bool:
        """Say whether it ended where it was to end."""
        return not self._came or bool(self._object.is_finished())
