"""Names that no article mentions, and what may be meant by them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from index import Desk
from index.articles.files import read
from index.ingest import indexer
from index.ingest.progress import Unwatched
from index.understanding.spelling import find_unknown
from tests.fakes import WordEncoder

NEWS = {
    "durov": "---\nheadline: Held\n---\nA judge freed Pavel Durov, who founded Telegram.\n",
    "bank": "---\nheadline: A bank\n---\nSam Bankman-Fried was not at Silicon Valley Bank.\n"
    "Portal, he said, had basic rules for the Chargers.\n",
    "wetter": "---\nheadline: Wetter\nlanguage: de\n---\nIn Hamburg gab es Überschwemmungen.\n",
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("spelling")
    for name, text in NEWS.items():
        (folder / f"{name}.md").write_text(text)
    changes = indexer.build(
        folder / "index", read([folder]), encoder=WordEncoder(), progress=Unwatched()
    )
    assert len(changes.added) == len(NEWS)
    desk = Desk(folder / "index", WordEncoder())
    yield desk
    desk.close()


@pytest.mark.parametrize(
    ("question", "unmentioned", "meant"),
    [
        pytest.param("Who is Pavel Durov?", (), (), id="known"),
        pytest.param("Who freed Pavel Duorv?", ("Duorv",), ("Durov",), id="letters exchanged"),
        pytest.param("Who is Pawel Durow?", ("Pawel Durow",), ("Pavel", "Durov"), id="German"),
        pytest.param("who founded telegramm?", (), ("Telegram",), id="lower case"),
        pytest.param("Who runs Sillicon Valley Bank?", ("Sillicon",), ("Silicon",), id="doubled"),
        pytest.param("Who is Bankmann-Fried?", ("Bankmann",), ("Bankman",), id="half a name"),
        pytest.param("Was war mit den Überschwemungen?", ("Überschwemungen",),
                     ("Überschwemmungen",), id="umlaut"),
        pytest.param("What is the capital of Mongolia?", ("Mongolia",), (), id="nothing like it"),
        pytest.param("Who is Ann Fenwick?", ("Ann Fenwick",), (), id="whole name"),
        pytest.param("Who is Ann Fenwick's aunt?", ("Ann Fenwick",), (), id="genitive"),
        pytest.param("Wer ist Ann Fenwick?", ("Ann Fenwick",), (), id="asked in German"),
        pytest.param("¿Quién es Pavel Durov?", (), (), id="asked in Spanish"),
        pytest.param("¿Quién fundó la porta de los cargers?", (), (), id="all in Spanish"),
        pytest.param("Who held Silicon del Plata?", ("Plata",), (), id="a particle is no name"),
        pytest.param("Duorv is who?", (), ("Durov",), id="first"),
        pytest.param("Who rules the USA?", (), (), id="letters"),
        pytest.param("WHO FREED DUORV?", (), ("Durov",), id="shouting"),
        pytest.param("What does he bake?", (), (), id="no name"),
        pytest.param("Who held Bali?", ("Bali",), (), id="too short"),
        pytest.param("How deep is the basin?", (), (), id="near a word that is no name"),
        pytest.param("What does he portray?", (), (), id="near a word that opens a sentence"),
        pytest.param("Which charter did they sign?", (), (), id="not near enough"),
        pytest.param("Who won in 2031?", (), (), id="number"),
        pytest.param("誰が釈放しましたか", (), (), id="Japanese"),
    ],
)  # fmt: skip
def test_a_refusal_says_what_no_article_mentions_and_what_may_be_meant(
    desk: Desk, question: str, unmentioned: tuple[str, ...], meant: tuple[str, ...]
) -> None:
    with desk._current() as now:  # a question that is answered would look for nothing
        found = find_unknown(
            question, languages=now.reach.languages, words=now.derived.words, store=now.store
        )
    assert found == (unmentioned, meant)


def test_only_a_refusal_without_another_reason_says_so(desk: Desk) -> None:
    assert desk.ask("What is the capital of Mongolia?").unmentioned == ("Mongolia",)
    assert desk.ask("According to Reuters, what of Mongolia?").unmentioned == ()
    answered = desk.ask("Which judge freed Pavel Durov, who founded Telegramm?")
    assert (answered.answered, answered.meant) == (True, ())
