"""Reading in a process of its own, which may neither last nor grow for ever."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from index.articles.fields import Fault
from index.errors import RefusedError, SourceError
from index.ingest.taking import read_page
from index.web.apart import Apart
from index.web.feeds import read_feed
from tests.test_refreshing import page


def take_long() -> None:
    while True:
        pass


def take_much() -> int:
    return len(bytearray(8 * 2**30))


def die() -> None:
    os._exit(7)


@pytest.fixture(scope="module")
def apart() -> Iterator[Apart]:
    with closing(Apart()) as running:
        yield running


def test_what_is_read_comes_back(apart: Apart) -> None:
    article = apart.call(read_page, page(0).decode(), "https://daily.example/0", {})
    assert article == read_page(page(0).decode(), "https://daily.example/0", {})


def test_errors_come_back_as_they_are(apart: Apart) -> None:
    with pytest.raises(SourceError, match="not a feed"):
        apart.call(read_feed, b"<html></html>")
    with pytest.raises(Fault) as caught:
        apart.call(read_page, "<p>Log in.</p>", "https://daily.example/0", {})
    assert caught.value.field == "body"


def test_what_takes_more_than_there_is_is_refused_and_the_next_is_read(apart: Apart) -> None:
    for function in (take_much, die):
        with pytest.raises(RefusedError, match="takes more than there is"):
            apart.call(function)
    assert apart.call(os.getpid) != os.getpid()


def test_what_takes_too_long_is_ended() -> None:
    begun = time.monotonic()
    refused = pytest.raises(RefusedError, match="takes longer than 1 seconds")
    with closing(Apart(seconds=1)) as apart, refused:
        apart.call(take_long)
    assert time.monotonic() - begun < 30
