"""Which passages are read, and what is told of each of their sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from index.answers.judging import Judged
from index.answers.reading import HOPELESS, MOST, WINDOW, read
from index.answers.scoring import SURE, Signals, Told, probability
from index.models import Framed, Reading
from index.text.passages import count_words, split
from index.types import Article, Hit, Query, Span

QUERY = Query("Who left?", "Who left?")
SIGNALS = Signals(0.5, 0.5, 0.5, 1.0)
FOLLOW_UP = Query("How many left in 2021?", "And in 2021?")


class Echo:
    """Reads nothing into a text, and remembers what it was given; sure where that says so."""

    def __init__(self, otherwise: float = 2.0) -> None:
        self.texts: list[str] = []
        self.asked: list[str] = []
        self.fitting: list[Sequence[Span]] = []
        self.otherwise = otherwise

    def read(self, question: str, passage: Framed, fitting: Sequence[Span] = ()) -> Reading:
        self.asked.append(question)
        self.fitting.append(fitting)
        self.texts.append(passage.text)
        return Reading(
            9.0 if "surely" in passage.text else self.otherwise,
            tuple(1 / len(passage.sentences) for _ in passage.sentences),
            passage.sentences,
        )


def coverage(*bodies: str, language: str = "en") -> dict[str, Article]:
    return {
        f"a{n}": Article(f"a{n}", "News", body, language=language) for n, body in enumerate(bodies)
    }


def judged(articles: dict[str, Article]) -> list[Judged]:
    """Return all sentences in order."""
    passages = [passage for article in articles.values() for passage in split(article)]
    return [
        Judged(
            Hit(replace(passage, id=rank), 1.0, rank, ()),
            at,
            SIGNALS,
            0.5,
            0.5,
        )
        for rank, passage in enumerate(passages, start=1)
        for at in range(len(passage.sentences))
    ]


def likely(told: Told) -> float:
    return probability(SIGNALS, told)


def test_passages_are_read_in_the_order_of_their_likeliest_sentences() -> None:
    articles = coverage("Rain fell. Snow fell.", "Hail fell.")
    reader = Echo()
    found = judged(articles)
    read(reader, QUERY, [found[2], found[1], found[0]], articles)
    assert reader.texts == ["Hail fell.", "Rain fell. Snow fell."]


def sentence(number: int, words: int = 12) -> str:
    return f"Rain fell on day {number}{' again' * (words - 5)}."


def test_what_surrounds_a_sentence_is_read_with_it_as_far_as_there_is_room() -> None:
    said = [sentence(n) for n in range(8)]
    articles = coverage(" ".join(said))
    reader = Echo()
    found = judged(articles)
    told = read(reader, QUERY, [found[3], *found], articles, most=1)
    assert reader.texts == [" ".join(said[1:6])]
    assert count_words(reader.texts[0]) <= WINDOW
    assert sorted(told) == [(1, at) for at in range(1, 6)]
    assert all(one.span == found[at].span for (_, at), one in told.items())


def test_next_is_read_around_the_likeliest_sentence_that_was_not() -> None:
    said = [sentence(n) for n in range(8)]
    articles = coverage(" ".join(said))
    reader = Echo()
    found = judged(articles)
    told = read(reader, QUERY, [found[0], found[1], found[5], *found], articles, most=2)
    assert reader.texts == [" ".join(said[:5]), " ".join(said[3:])]
    assert sorted(told) == [(1, at) for at in range(8)]


def test_sentence_longer_than_a_window_is_read_by_itself() -> None:
    said = [sentence(0), sentence(1, WINDOW + 1), sentence(2)]
    articles = coverage(" ".join(said))
    reader = Echo()
    read(reader, QUERY, judged(articles)[1:2], articles)
    assert reader.texts == said[1:2]


def test_answer_is_told_by_its_place_in_the_article() -> None:
    articles = coverage("Rain fell. Durov left.")
    told = read(Echo(), QUERY, judged(articles), articles)
    assert {place: one.span for place, one in told.items()} == {
        (1, 0): Span(0, 10),
        (1, 1): Span(11, 22),
    }
    assert {one.share for one in told.values()} == {0.5}


def test_no_more_is_read_once_one_surely_answers() -> None:
    articles = coverage("Rain fell.", "He surely left.", "Snow fell.", "Hail fell.")
    reader = Echo()
    read(reader, QUERY, judged(articles), articles)
    assert reader.texts == ["Rain fell.", "He surely left."]
    read(reader, QUERY, judged(articles)[1:], articles)
    assert reader.texts[2:] == ["He surely left."]


def test_no_more_is_read_where_it_is_hopeless() -> None:
    articles = coverage("Rain fell.", "Snow fell.", "He surely left.", "Hail fell.")
    reader = Echo(-3.0)
    told = read(reader, QUERY, judged(articles), articles)
    assert all(likely(one) < HOPELESS for one in told.values())
    assert reader.texts == ["Rain fell."]
    reader = Echo()
    told = read(reader, QUERY, judged(articles), articles)
    assert HOPELESS < likely(told[1, 0]) < SURE
    assert "He surely left." in reader.texts


def test_reader_is_told_where_what_is_asked_for_may_stand() -> None:
    articles = coverage("Rain fell on 12 towns. Snow fell on hills.")
    reader = Echo()
    read(reader, Query("How many towns?", "How many towns?"), judged(articles), articles)
    assert [list(each) for each in reader.fitting] == [[Span(13, 15)]]
    read(reader, Query("Did it rain?", "Did it rain?"), judged(articles), articles)
    assert not reader.fitting[1]


def test_so_many_passages_are_read_and_no_more() -> None:
    articles = coverage(*(f"Rain fell on day {n}." for n in range(MOST + 4)))
    reader = Echo()
    told = read(reader, QUERY, judged(articles), articles)
    assert len(told) == len(reader.texts) == MOST


def test_copies_are_read_once_and_told_alike() -> None:
    articles = coverage(*["Rain fell."] * (MOST + 4), "Snow fell.")
    reader = Echo()
    told = read(reader, QUERY, judged(articles), articles)
    assert reader.texts == ["Rain fell.", "Snow fell."]
    assert len(told) == MOST + 5


def test_other_languages_are_not_read() -> None:
    articles = coverage("Il pleut.", language="fr") | {"b": Article("b", "News", "Rain fell.")}
    reader = Echo()
    assert len(read(reader, QUERY, judged(articles), articles)) == 1
    assert reader.texts == ["Rain fell."]


def test_nothing_is_read_of_nothing() -> None:
    assert read(Echo(), QUERY, [], {}) == {}


def test_follow_up_is_read_as_it_was_said_too() -> None:
    articles = coverage("Rain fell. Durov left.")
    reader = Echo()
    told = read(reader, FOLLOW_UP, judged(articles), articles)
    assert reader.asked == ["How many left in 2021?", "And in 2021?"]
    assert {one.answers for one in told.values()} == {2.0}


def test_follow_up_that_says_nothing_by_itself_is_not() -> None:
    articles = coverage("Rain fell. Durov left.")
    reader = Echo()
    read(reader, Query("Why did he leave?", "Why?"), judged(articles), articles)
    assert reader.asked == ["Why did he leave?"]
