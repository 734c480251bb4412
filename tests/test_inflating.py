"""Compressed bytes → the bytes they stand for, never more than a bound."""

from __future__ import annotations

import gzip
import zlib

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import RefusedError, SourceError
from index.web.inflating import inflate

TEXT = b"Police in Paris held the founder on Monday. " * 4000


def raw_deflate(data: bytes) -> bytes:
    packing = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packing.compress(data) + packing.flush()


PACKED = {
    "": lambda data: data,
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
}


@given(
    data=st.binary(max_size=2000).map(lambda some: some * 40),
    coding=st.sampled_from(sorted(PACKED)),
    step=st.integers(1, 5000),
)
def test_what_was_packed_comes_out_however_it_is_cut(data: bytes, coding: str, step: int) -> None:
    packed = PACKED[coding](data)
    chunks = [packed[at : at + step] for at in range(0, len(packed), step)]
    assert inflate(chunks, coding, bound=len(data)) == data


@pytest.mark.parametrize("step", [1, 10**6])
def test_deflate_without_a_header_and_gzip_in_two_members_are_read(step: int) -> None:
    for coding, packed, whole in (
        ("deflate", raw_deflate(TEXT), TEXT),
        ("gzip", gzip.compress(TEXT) + gzip.compress(b"More.") + b"\0\0", TEXT + b"More."),
    ):
        chunks = [packed[at : at + step] for at in range(0, len(packed), step)]
        assert inflate(chunks, coding, bound=10**6) == whole


def test_members_with_nothing_in_them_are_passed_over_however_many_there_are() -> None:
    packed = gzip.compress(b"") * 3000 + gzip.compress(TEXT)
    assert inflate([packed], "gzip", bound=10**6) == TEXT


@pytest.mark.parametrize("coding", sorted(PACKED))
def test_a_bomb_is_refused_before_it_has_grown(coding: str) -> None:
    packed = PACKED[coding](b"\0" * 2**22)
    with pytest.raises(RefusedError, match="larger than 100,000 bytes"):
        inflate([packed], coding, bound=100_000)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
def test_half_of_it_and_something_else_are_errors(coding: str) -> None:
    with pytest.raises(SourceError, match="ends early"):
        inflate([PACKED[coding](TEXT)[:-9]], coding, bound=10**6)
    with pytest.raises(SourceError, match="it is not the"):
        inflate([b"hello, this is plain text"], coding, bound=10**6)


def test_an_unknown_coding_is_named() -> None:
    with pytest.raises(SourceError, match="compressed as 'zstd'; only gzip, deflate, br are read"):
        inflate([b"x"], "zstd", bound=10)
