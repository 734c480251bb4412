"""RSS, Atom and JSON feeds → entries."""

from __future__ import annotations

import json

import pytest

from index.errors import RefusedError, SourceError
from index.web.entries import Entry
from index.web.feeds import read_feed
from tests.conftest import shared

TEXT = "Police in Paris held the founder on Monday. " * 20
TEASER = "Police in Paris held the founder."
RSS = """<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
  xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>The Daily</title>
<item><title>Founder &amp;amp; held</title><link>/held</link><guid>held-1</guid>
<dc:creator>Anna Writer</dc:creator><pubDate>Tue, 03 Sep 2024 23:30:00 -0700</pubDate>
<description>{description}</description><content:encoded><![CDATA[{content}]]></content:encoded>
</item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>The Daily</title><entry>
<title>Founder held</title><id>https://daily.example/held</id><author><name>Anna</name></author>
<updated>2024-09-03T23:30:00-07:00</updated>
<content type="html">{content}</content></entry></feed>"""
URL = "https://daily.example/feed"


def read_one(feed: str, content_type: str = "") -> Entry:
    (entry,) = read_feed(feed.encode(), content_type=content_type, url=URL)
    return entry


def rss(description: str = TEASER, content: str = "") -> str:
    return RSS.format(description=description, content=content)


def json_feed(**item: object) -> str:
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "The Daily"}
    return json.dumps(feed | {"authors": [{"name": "Desk"}], "items": [{"id": "1"} | item]})


def test_rss_is_read() -> None:
    entry = read_one(rss(content=f"<p>{TEXT}</p>"))
    assert (entry.url, entry.headline, entry.byline, entry.outlet, entry.published, entry.id) == (
        "https://daily.example/held", "Founder & held", "Anna Writer", "The Daily",
        "Tue, 03 Sep 2024 23:30:00 -0700", "https://daily.example/held-1",
    )  # fmt: skip
    assert entry.html == f"<p>{TEXT}</p>"


def test_atom_is_read_and_an_id_serves_as_its_link() -> None:
    entry = read_one(ATOM.format(content=TEXT))
    assert (entry.url, entry.byline) == ("https://daily.example/held", "Anna")
    assert entry.published == entry.updated == "2024-09-03T23:30:00-07:00"
    assert entry.html == TEXT.strip()


def test_json_feeds_are_read() -> None:
    entry = read_one(
        json_feed(
            url="/held",
            title="Founder held",
            content_text=f"{TEXT}\n\n1 < 2",
            date_published="2024-09-03",
            authors=[{"name": "Anna"}, {"name": "Ben"}],
        )
    )
    assert (entry.url, entry.byline) == ("https://daily.example/held", "Anna, Ben")
    assert entry.html == f"<p>{TEXT}</p><p>1 &lt; 2</p>"
    assert read_one(json_feed(external_url="https://other.example/a")).byline == "Desk"


def test_json_is_not_in_the_encoding_that_a_page_in_it_names() -> None:
    feed = json_feed(title="Zoë left", content_html="<meta charset=windows-1251>")
    served = feed.encode().replace(b"\\u00eb", "ë".encode())  # most write it as it is
    (entry,) = read_feed(served, content_type="application/feed+json")
    assert entry.headline == "Zoë left"


def test_half_characters_in_json_leave_what_can_be_stored_and_sent() -> None:
    entry = read_one(json_feed(id="1\ud800", url="/he\ud800ld", date_published="2024-09-03\udfff"))
    assert (entry.id, entry.url) == ("1", "https://daily.example/held")
    assert entry.published == "2024-09-03"


@pytest.mark.parametrize(
    ("description", "content"),
    [
        pytest.param(TEASER, "", id="a teaser"),
        pytest.param(TEASER, f"<p>{TEASER}</p>", id="a teaser as content"),
        pytest.param(TEASER, f"{TEXT}…", id="ends in an ellipsis"),
        pytest.param(TEASER, f"<p>{TEXT}</p><a href='/'>Continue reading...</a>", id="continues"),
        pytest.param(
            TEASER, f"<p>{TEXT} <a>Continue reading <i>Who held Durov</i> →</a></p>", id="by title"
        ),
        pytest.param(TEASER, f"<p>{TEXT}</p><a>Read more on The Daily »</a>", id="by site"),
        pytest.param(TEASER, f"<p>{TEXT}</p><p>Lire la suite de « Durov »</p>", id="in French"),
        pytest.param(
            TEASER,
            f"<p>{TEXT} […]</p><p>The post <a>Held</a> appeared first on <a>D</a>.</p>",
            id="before a trailer",
        ),
        pytest.param(
            TEASER,
            f"<p>{TEXT} […]</p><p>Der Beitrag Held erschien zuerst auf D.</p>",
            id="before a German one",
        ),
        pytest.param(TEXT, "", id="a long summary"),
    ],
)
def test_a_feed_that_teases_has_no_text_of_its_own(description: str, content: str) -> None:
    assert read_one(rss(description, content)).html == ""


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(f"<p>{TEXT}</p><p>The post Held appeared first on D.</p>", id="trailer"),
        pytest.param(f"<p>Read more, he said. {TEXT}</p>", id="said before"),
        pytest.param(f"<p>{TEXT} He would read more. Nobody would stop him.</p>", id="said last"),
    ],
)
def test_what_only_sounds_like_a_teaser_is_the_text(content: str) -> None:
    assert read_one(rss(TEASER, content)).html


def test_a_very_long_summary_is_the_text() -> None:
    assert read_one(rss(description=TEXT * 3)).html


def test_of_a_feed_that_is_not_well_formed_only_the_links_are_believed() -> None:
    cut = rss(content=f"<p>{TEXT}</p>").partition("</channel>")[0]
    entry = read_one(cut)
    assert (entry.url, entry.html) == ("https://daily.example/held", "")


def test_a_feed_without_what_feeds_have_is_read() -> None:
    """Of what is not well-formed its parser sometimes says None."""
    feed = (
        b'<feed xmlns="http://www.w3.org/2005/Atom"><t\xa4tle>T</title><entry><id>http://a</id>'
        b'<link hjef="b"/><content type="xhtml"><dJv>x</div></content></entry></feed>'
    )
    (entry,) = read_feed(feed, url=URL)
    assert (entry.id, entry.html) == ("http://a", "")


def test_white_space_before_the_declaration_does_no_harm() -> None:
    entry = read_one(f'\n <?xml version="1.0" encoding="utf-8"?>{rss(content=TEXT)}')
    assert entry.html


def test_a_feed_in_another_encoding_is_read() -> None:
    feed = '<?xml version="1.0" encoding="ISO-8859-1"?>' + rss().replace("held<", "Größe<")
    (entry,) = read_feed(feed.encode("latin1"), url=URL)
    assert entry.headline.endswith("Größe")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("<html><body>Moved</body></html>", "not a feed: it begins with '<html><body>"),
        ("", "not a feed: it begins with ''"),
        ("{", "not a JSON feed: "),
        ('{"version": "2"}', "not a JSON feed: its version is '2'"),
        ('{"version": "https://jsonfeed.org/version/1", "items": 3}', "its items are 3"),
        ("[" * 100_000, "not a"),
    ],
)
def test_what_is_no_feed_says_so_and_what_to_do(data: str, reason: str) -> None:
    with pytest.raises(SourceError) as caught:
        read_feed(data.encode(), content_type="application/json" if data[:1] == "[" else "")
    assert reason in str(caught.value)
    assert str(caught.value).endswith("give the address of its RSS, Atom or JSON feed")


@pytest.mark.parametrize(
    ("feed", "reason"),
    [
        pytest.param("<rss>" + "<a>" * 200_000, "more than 100,000 tags", id="deep"),
        pytest.param(rss("&lt;p&gt;" * 200_000), "more than 100,000 tags", id="escaped"),
        pytest.param(f"<rss {'a=1 ' * 10_000}></rss>", "a tag of more than 16,384", id="long"),
    ],
)
def test_a_feed_that_would_take_minutes_to_read_is_refused(feed: str, reason: str) -> None:
    with pytest.raises(RefusedError, match=reason):
        read_feed(feed.encode())


LAUGHS = "".join(f'<!ENTITY l{n} "&l{n - 1};&l{n - 1};&l{n - 1};">' for n in range(1, 30))


@pytest.mark.parametrize(
    "prolog",
    [
        pytest.param(f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]>', id="billion laughs"),
        pytest.param('<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>', id="a file"),
        pytest.param('<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1/">]>', id="parameter"),
        pytest.param('<!-- <rss> --><?p <!-- ?><!DOCTYPE x [<!ENTITY a "b">]>', id="hidden"),
        pytest.param('<!DOCTYPE x SYSTEM "<!--" [<!ENTITY a "b">]>', id="in a literal"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_feed_that_declares_entities_is_refused(prolog: str, encoding: str) -> None:
    with pytest.raises(RefusedError, match="declares the entity"):
        read_feed(f"{prolog}{rss()}".encode(encoding))


def test_a_feed_may_name_a_dtd_and_write_about_entities() -> None:
    about = '<![CDATA[<!DOCTYPE x [<!ENTITY a "b">]>]]>'
    named = '<!DOCTYPE rss PUBLIC "-//N//RSS 0.91//EN" "http://127.0.0.1:9/rss-0.91.dtd">'
    assert read_one(named + rss(description=about)).headline


@pytest.mark.parametrize(
    ("name", "count", "full"),
    [("guardian.rss", 55, 0), ("content-encoded.rss", 7, 7), ("heise.atom", 15, 0)],
)
def test_real_feeds_are_read(name: str, count: int, full: int) -> None:
    entries = read_feed(shared(f"data/feeds/{name}").read_bytes())
    assert len(entries) == count
    assert sum(bool(entry.html) for entry in entries) == full
    assert all(entry.url.startswith("http") for entry in entries)
