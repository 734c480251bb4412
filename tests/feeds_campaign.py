"""31 real feeds, served from loopback: what each gives, and what a second pass asks for.

`python -m tests.feeds_campaign` prints a table. The feeds are those in ../shared/data/feeds, as
they are, but that what they link to stands on the same server: real pages from
../shared/data/extraction, one after the other, without those that show only the beginning of their
article. A feed must be taken from, or say why not; a second pass must download nothing.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import NamedTuple

from index import IndexSettings
from index.ingest.ledger import Ledger
from index.ingest.refreshing import Refreshed, refresh
from index.storage.store import Store
from tests.conftest import SHARED
from tests.fakes import WordEncoder
from tests.pages import pages
from tests.web import Clock, Here, Reply, Web, fetcher, serve

FEEDS = SHARED / "data" / "feeds"

SHORTEST = 200
"""Words in the article of a page that is served; teasers for subscribers have fewer."""

BROKEN = {
    "unrecognized.rss": "not a feed",
    "incomplete-fields.atom": "neither a link nor the text",
    "missing-fields.atom": "only http and https are taken",
}
"""What is broken for good, and what must be said of it."""

# The links of entries, whatever the kind of feed.
_LINKS = re.compile(
    rb"(<(?:link|guid|id|feedburner:origLink)\b[^>]*>\s*(?:<!\[CDATA\[)?\s*|<link\b[^>]*?href=['\"]"
    rb"|<item rdf:about=['\"])(https?://)"
)


class Row(NamedTuple):
    """What came of one feed."""

    name: str
    articles: int
    left_out: int
    said: str
    bodies: tuple[int, int]
    unchanged: tuple[int, int]


def run(names: Iterable[str], *, articles: int) -> Iterator[Row]:
    """Yield what came of each feed in two passes, each with a data folder of its own.

    Args:
        names: Of files in `FEEDS`.
        articles: Entries of a feed that are served, the first ones; the others would only take
            time.
    """
    served = [page.saved for page in pages() if len(page.body.split()) > SHORTEST]
    for name in names:
        with serve() as web, tempfile.TemporaryDirectory(prefix="clipdesk-") as folder:
            web.pages["/robots.txt"] = Reply(b"User-agent: *\nCrawl-delay: 0\n", "text/plain")
            feed = shorten((FEEDS / name).read_bytes(), articles)
            web.pages["/feed"] = Reply(link_to(web, feed), "text/xml")
            web.otherwise = partial(page_of, served)
            yield try_feed(name, web, Path(folder))


def shorten(feed: bytes, most: int) -> bytes:
    """Return a feed with its first entries only, the rest of it as it is."""
    ends = [match.end() for match in re.finditer(rb"</(?:item|entry)>", feed)]
    return feed if len(ends) <= most else feed[: ends[most - 1]] + feed[ends[-1] :]


def link_to(web: Web, feed: bytes) -> bytes:
    """Return a feed whose links lead to `web`; each still names the host it led to."""
    return _LINKS.sub(lambda match: match[1] + web.url("/").encode(), feed)


def page_of(served: Sequence[bytes], path: str) -> Reply:
    """Return the same page for a path each time."""
    return Reply(served[zlib.crc32(path.encode()) % len(served)])


def try_feed(name: str, web: Web, folder: Path) -> Row:
    (folder / "sources.toml").write_text(
        f'delay = 0\n[[feed]]\nname = "feed"\nurl = "{web.url("/feed")}"\n'
    )
    first, second = one_pass(folder), one_pass(folder)
    reasons = [*first.failed.values(), *(item.reason for item in first.left_out)]
    held = indexed(folder)
    assert held == len(first.added), (held, len(first.added))
    said = reasons[0].removeprefix(web.url("/feed")).lstrip(": ") if reasons else ""
    return Row(
        name,
        held,
        len(first.left_out),
        said.replace(web.url("/"), "…/"),
        (first.bodies, second.bodies),
        (first.unchanged, second.unchanged),
    )


def one_pass(folder: Path) -> Refreshed:
    settings = IndexSettings(data_dir=folder, allow_private_addresses=True)
    return refresh(
        settings,
        load_encoder=WordEncoder,
        everything=True,
        fetcher=fetcher(Clock()),
        apart=Here(),
    )


def indexed(folder: Path) -> int:
    if not (folder / "coverage.sqlite").exists():
        return 0
    with closing(Store(folder)) as store, closing(Ledger(folder, writable=False)) as ledger:
        ids = store.digests()
        assert all(ledger.is_held(id_) for id_ in ids)
        return len(ids)


def is_right(row: Row) -> bool:
    """Say whether a feed was taken from, or a broken one told why not, and then left alone."""
    quiet = row.bodies[1] == 0 and row.unchanged[1] == 1
    if row.name in BROKEN:
        return row.articles == 0 and BROKEN[row.name] in row.said and quiet
    return row.articles > 0 and quiet


def table(rows: Iterable[Row]) -> Iterator[str]:
    yield f"{'feed':<28}{'articles':>9}{'left out':>9}{'bodies':>9}{'304s':>7}  said first"
    for row in rows:
        mark = "" if is_right(row) else "  WRONG"
        bodies, unchanged = (f"{one} → {two}" for one, two in (row.bodies, row.unchanged))
        yield (
            f"{row.name:<28}{row.articles:>9}{row.left_out:>9}{bodies:>9}{unchanged:>7}"
            f"  {row.said[:110]}{mark}"
        )


def _pairs(row: Row) -> tuple[tuple[int, int], tuple[int, int]]:
    return row.bodies, row.unchanged


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=20, help="Entries of each feed.")
    parser.add_argument("--json", action="store_true", help="Print rows for programs.")
    options = parser.parse_args()
    rows = []
    for row in run(sorted(path.name for path in FEEDS.iterdir()), articles=options.articles):
        rows.append(row)
        sys.stderr.write(f"\r{len(rows)}/31 ")
    sys.stderr.write("\n")
    lines = (json.dumps(row._asdict()) for row in rows) if options.json else table(rows)
    print("\n".join(lines))  # noqa: T201 - a report on stdout is what it is for
    right = sum(map(is_right, rows))
    bodies, unchanged = (
        sum(pair[1] for pair in pairs) for pairs in zip(*map(_pairs, rows), strict=True)
    )
    quiet = f"second pass: {bodies} bodies, {unchanged} times not modified"
    print(f"{right} of {len(rows)} as they should be; {quiet}")  # noqa: T201
    sys.exit(right != len(rows))


if __name__ == "__main__":
    main()
