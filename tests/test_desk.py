"""The desk: what it says is what is indexed at this moment."""

from __future__ import annotations

import datetime as dt
import shutil
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from index import Answer, Desk, QuestionError
from index.errors import ClipdeskError, DamagedStoreError, NoCoverageError, StaleIndexError
from index.ingest import indexer
from index.storage import coverage
from index.storage.derived import NAMES, writing
from index.storage.store import FILE_NAME, Store
from tests.conftest import build
from tests.fakes import OtherEncoder, WordEncoder
from tests.newsstand import Newsstand

PEOPLE = ("Durov", "Macron", "Lavrov", "Peskov", "Merkel", "Trudeau", "Orban", "Sunak")
FREED = "A judge in Paris freed Durov on bail."
QUESTION = "Who freed Durov on bail?"


def write(folder: Path, **bodies: str) -> Path:
    folder.mkdir(exist_ok=True)
    for id_, body in bodies.items():
        text = f"---\nheadline: News of {id_}\nlanguage: en\n---\n\n{body}\n"
        (folder / f"{id_}.md").write_text(text)
    return folder


@pytest.fixture
def news(tmp_path: Path) -> Path:
    return write(tmp_path / "news", freed=FREED, rain="Rain fell on Sunday. It stopped later.")


@pytest.fixture
def data(tmp_path: Path, news: Path, words: WordEncoder) -> Path:
    build(tmp_path / "data", [news], words)
    return tmp_path / "data"


@pytest.fixture
def opened(data: Path, words: WordEncoder) -> Iterator[Desk]:
    with closing(Desk(data, words)) as found:
        yield found


def quoted(answer: Answer) -> list[str]:
    return [citation.excerpt for citation in answer.citations]


def test_answer_is_cited_from_the_store(opened: Desk) -> None:
    answer = opened.ask(QUESTION)
    assert quoted(answer) == [FREED]
    assert answer.citations[0].headline == "News of freed"
    assert answer.reach == opened.reach()
    assert answer.reach.articles == 2


def test_question_that_the_coverage_does_not_answer_is_refused(opened: Desk) -> None:
    answer = opened.ask("Where is the volcano?")
    assert not answer.answered
    assert answer.nearest


def test_follow_up_is_understood_after_the_question_before(opened: Desk) -> None:
    assert quoted(opened.ask("Who did it?", after=QUESTION)) == [FREED]
    assert quoted(opened.ask("Who did it?")) == []


def test_what_an_outlet_left_out_says_is_cited_of_another_that_says_it_too(
    tmp_path: Path,
) -> None:
    stand = Newsstand(tmp_path)
    for outlet in ("Daily", "Weekly"):
        stand.put(outlet.lower(), FREED, outlet=outlet)
    stand.publish()
    with stand.open() as opened:
        for outlet, other in (("Daily", "Weekly"), ("Weekly", "Daily")):
            [citation] = opened.ask(QUESTION, without=[outlet]).citations
            assert (citation.outlet, citation.copies) == (other, ())
        assert opened.ask(QUESTION, without=["Daily", "Weekly"]).nearest == ()
        named = opened.ask(f"According to the Daily, {QUESTION.lower()}", without=["Daily"])
    assert (named.answered, named.reason) == (False, "Coverage by Daily is left out.")
    assert [citation.outlet for citation in named.nearest] == ["Weekly"]


def test_time_without_coverage_is_refused_with_the_nearest_of_all_times(tmp_path: Path) -> None:
    stand = Newsstand(tmp_path)
    stand.put("freed", FREED, outlet="Daily")
    stand.publish()
    asked = "Who freed Durov on bail in January 2013?"
    with stand.open() as opened:
        answer = opened.ask(asked)
        assert answer.reason == "There is no coverage from 1 Jan to 2 Feb 2013."
        assert [citation.excerpt for citation in answer.nearest] == [FREED]
        apart = opened.ask(asked, without=["Weekly"])
        assert (apart.answered, apart.reason) == (False, "")
        assert opened.ask(asked, anywhere=True).reason == ""
        assert opened.search(asked) == []


def test_article_answers_of_a_time_before_the_coverage_that_it_names(tmp_path: Path) -> None:
    then = "In January 2013 a judge in Paris freed Durov on bail."
    stand = Newsstand(tmp_path)
    stand.put("freed", FREED, outlet="Daily")
    stand.put("then", then, outlet="Weekly")
    stand.publish()
    with stand.open() as opened:
        assert quoted(opened.ask("Who freed Durov on bail in January 2013?")) == [then]
        assert not opened.ask("Who freed Durov on bail in January 2014?").answered
        assert not opened.ask("Who freed Durov before January 2014?").answered
        named = opened.ask("What did the Weekly report of Durov on bail in January 2013?")
    assert (named.answered, named.reason) == (
        False, "There is no coverage by Weekly from 1 Jan to 2 Feb 2013."
    )  # fmt: skip


@pytest.mark.parametrize(
    ("said", "is_cited"),
    [
        pytest.param(
            "Last year a judge in Paris freed Durov on bail.", True, id="the year before"
        ),
        pytest.param(
            "In May 2025 a judge in Paris freed Durov on bail.", True, id="a month of it"
        ),
        pytest.param(FREED, False, id="no time"),
        pytest.param("In 2024 a judge in Paris freed Durov on bail.", False, id="another year"),
    ],
)
def test_what_happened_at_a_time_may_stand_in_later_articles(
    tmp_path: Path, said: str, is_cited: bool
) -> None:
    """Even where there is coverage from that time, if that does not answer."""
    stand = Newsstand(tmp_path)
    stand.put("elk", "An elk crossed the river in Riga.", published="2025-06-01")
    stand.put("later", said, published="2026-02-15")
    stand.publish()
    with stand.open() as opened:
        answer = opened.ask("Who freed Durov on bail last year?", today=dt.date(2026, 3, 1))
    assert quoted(answer) == [said] * is_cited
    if is_cited:
        assert (answer.scope.since, answer.understood, answer.reason) == (None, "", "")
    else:
        assert answer.scope.since == dt.date(2025, 1, 1)


def test_k_is_the_most_citations(tmp_path: Path, words: WordEncoder) -> None:
    names = dict(zip("abcd", PEOPLE[4:], strict=True))
    # Each has much text of its own, so that they are no copies of one story.
    rest = {n: " ".join(f"{n}{at}" for at in range(30)) for n in names.values()}
    bodies = {id_: f"{FREED[:-1]}, said {n}. {rest[n]}." for id_, n in names.items()}
    news = write(tmp_path / "n", **bodies)
    build(tmp_path / "d", [news], words)
    with closing(Desk(tmp_path / "d", words)) as found:
        assert [len(found.ask(QUESTION, k=k).citations) for k in (1, 2, 4, 9)] == [1, 2, 4, 4]
        assert [len(found.search(QUESTION, k=k)) for k in (1, 3, 9)] == [1, 3, 4]


@pytest.mark.parametrize("k", [0, -1])
def test_k_below_one_is_the_callers_mistake(opened: Desk, k: int) -> None:
    with pytest.raises(ValueError, match=f"not {k}"):
        opened.ask(QUESTION, k=k)
    with pytest.raises(ValueError, match=f"not {k}"):
        opened.search(QUESTION, k=k)


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("", id="empty"),
        pytest.param("😀🎉", id="only emoji"),
        pytest.param("word " * 2000, id="10,000 characters"),
        pytest.param("\x00\u202e", id="nothing to be seen"),
    ],
)
def test_question_that_cannot_be_asked_says_why_in_a_line(opened: Desk, question: str) -> None:
    for ask in (opened.ask, opened.search):
        with pytest.raises(QuestionError) as caught:
            ask(question)
        assert "\n" not in str(caught.value)
    assert quoted(opened.ask(QUESTION)) == [FREED]


def test_characters_that_nobody_sees_are_cleaned_away(opened: Desk) -> None:
    answer = opened.ask("\u202eWho\x00 freed\u200b Durov\u202c on\u00a0bail?\n")
    assert answer.question == QUESTION
    assert quoted(answer) == [FREED]


@pytest.mark.parametrize("text", ["IN Gaza", '"freed', "freed AND", "-Durov +bail", "' OR 1=1 --"])
def test_ordinary_text_never_raises(opened: Desk, text: str) -> None:
    assert opened.ask(text).reach.articles == 2
    opened.search(text)


def test_new_article_is_seen_without_reopening(
    opened: Desk, data: Path, news: Path, words: WordEncoder
) -> None:
    assert quoted(opened.ask("Who founded Telegram?")) == []
    build(data, [write(news, founder="Telegram was founded by Durov.")], words)
    assert quoted(opened.ask("Who founded Telegram?")) == ["Telegram was founded by Durov."]
    assert opened.reach().articles == 3


def test_changed_article_is_quoted_as_it_is_now(
    opened: Desk, data: Path, news: Path, words: WordEncoder
) -> None:
    assert quoted(opened.ask(QUESTION)) == [FREED]
    build(data, [write(news, freed="A court in Lyon freed Durov on bail.")], words)
    assert quoted(opened.ask(QUESTION)) == ["A court in Lyon freed Durov on bail."]


def test_removed_article_is_not_quoted_any_more(opened: Desk, data: Path) -> None:
    assert quoted(opened.ask(QUESTION)) == [FREED]
    indexer.remove(data, ["freed"])
    answer = opened.ask(QUESTION)
    assert not any(citation.article == "freed" for citation in answer.citations + answer.nearest)
    assert all(article.id != "freed" for _, article in opened.search(QUESTION))
    assert opened.reach().articles == 1


def test_removed_article_is_not_quoted_even_before_the_indexes_know(
    opened: Desk, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A writer that dies after its commit leaves the derived indexes behind the store."""
    with closing(Store(data, writable=True)) as store:
        store.remove(["freed"])
    monkeypatch.setattr(coverage, "open_derived", lambda *_: opened._coverage.derived)
    answer = opened.ask(QUESTION)
    assert [citation.article for citation in answer.citations + answer.nearest] == ["rain"] * len(
        answer.nearest
    )


def test_indexes_left_behind_by_a_writer_that_died_are_caught_up_with(
    opened: Desk, data: Path
) -> None:
    with closing(Store(data, writable=True)) as store:
        store.remove(["freed"])
    assert quoted(opened.ask(QUESTION)) == []
    with closing(Store(data)) as store:
        assert opened._coverage.derived.stamp == store.stamp


def test_replaced_store_file_is_taken_up(
    opened: Desk, data: Path, tmp_path: Path, words: WordEncoder
) -> None:
    news = write(tmp_path / "other", founder="Telegram was founded by Durov.")
    build(tmp_path / "new", [news], words)
    for path in (tmp_path / "new").iterdir():
        target = data / path.name
        shutil.rmtree(target) if target.is_dir() else target.unlink(missing_ok=True)
        path.rename(target)
    assert quoted(opened.ask("Who founded Telegram?")) == ["Telegram was founded by Durov."]
    assert quoted(opened.ask(QUESTION)) == []


def test_store_file_replaced_alone_is_not_served_by_the_indexes_of_the_old_one(
    opened: Desk, data: Path, tmp_path: Path, words: WordEncoder
) -> None:
    """As many articles under the same passage ids: only the stamp tells the two apart."""
    news = write(tmp_path / "other", a="Weather was mild.", b="Telegram was founded by Durov.")
    build(tmp_path / "new", [news], words)
    (data / FILE_NAME).unlink()
    (tmp_path / "new" / FILE_NAME).rename(data / FILE_NAME)
    found, *_ = opened.search("Telegram")
    assert found[1].id == "b"
    assert opened._coverage.derived.words.search(["telegram"]).keys() == {found[0].passage.id}
    assert opened._coverage.derived.words.search(["bail"]) == {}


def test_store_that_is_gone_says_so_until_it_is_back(
    opened: Desk, data: Path, tmp_path: Path
) -> None:
    (data / FILE_NAME).rename(tmp_path / "moved")
    for _ in range(2):
        with pytest.raises(NoCoverageError, match="build"):
            opened.ask(QUESTION)
    (tmp_path / "moved").rename(data / FILE_NAME)
    assert quoted(opened.ask(QUESTION)) == [FREED]


def test_index_built_anew_with_another_model_says_so(
    opened: Desk, data: Path, news: Path, words: WordEncoder
) -> None:
    build(data, [news], OtherEncoder())
    for _ in range(2):
        with pytest.raises(StaleIndexError, match="build PATH"):
            opened.ask(QUESTION)
    build(data, [news], words)
    assert quoted(opened.ask(QUESTION)) == [FREED]


def test_store_file_of_another_model_says_so_until_it_is_built_anew(
    opened: Desk, data: Path, news: Path, tmp_path: Path, words: WordEncoder
) -> None:
    build(tmp_path / "new", [news], OtherEncoder())
    (data / FILE_NAME).unlink()
    (tmp_path / "new" / FILE_NAME).rename(data / FILE_NAME)
    for _ in range(2):
        with pytest.raises(StaleIndexError, match="build PATH"):
            opened.ask(QUESTION)
    build(data, [news], words)
    assert quoted(opened.ask(QUESTION)) == [FREED]


def test_desk_opens_only_what_its_encoder_built(data: Path) -> None:
    with pytest.raises(StaleIndexError, match="'words', not 'other words'"):
        Desk(data, OtherEncoder())


def test_desk_over_nothing_says_how_to_begin(tmp_path: Path, words: WordEncoder) -> None:
    with pytest.raises(NoCoverageError, match=f"--data {tmp_path} build"):
        Desk(tmp_path, words)


def test_emptied_coverage_refuses_everything(opened: Desk, data: Path) -> None:
    indexer.remove(data, ["freed", "rain"])
    answer = opened.ask(QUESTION)
    assert (answer.answered, answer.nearest, answer.reach.articles) == (False, (), 0)
    assert opened.search(QUESTION) == []


def test_damaged_article_is_never_quoted(opened: Desk, data: Path) -> None:
    with closing(sqlite3.connect(data / FILE_NAME)) as db, db:
        db.execute("UPDATE article SET body = replace(body, 'Durov', 'Putin')")
    with pytest.raises(DamagedStoreError, match="build"):
        opened.ask(QUESTION)


@pytest.mark.parametrize("name", NAMES)
def test_derived_index_lost_before_opening_is_made_anew(
    data: Path, words: WordEncoder, name: str
) -> None:
    shutil.rmtree(data / name)
    with closing(Desk(data, words)) as found:
        assert quoted(found.ask(QUESTION)) == [FREED]


def test_desk_serves_while_a_writer_is_at_work_and_catches_up_later(
    opened: Desk, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with writing(data):
        with closing(Store(data, writable=True)) as store:
            store.remove(["rain"])
        assert quoted(opened.ask(QUESTION)) == [FREED]
        behind = opened._coverage.derived.stamp
    monkeypatch.setattr(coverage, "_RETRY", 0.0)
    assert quoted(opened.ask(QUESTION)) == [FREED]
    assert opened._coverage.derived.stamp != behind


def test_threads_that_ask_at_once_get_the_answers_to_their_own_questions(
    tmp_path: Path, words: WordEncoder
) -> None:
    bodies = {name.lower(): f"{name} visited City{n} on a train." for n, name in enumerate(PEOPLE)}
    news = write(tmp_path / "news", **bodies)
    build(tmp_path / "data", [news], words)
    with closing(Desk(tmp_path / "data", words)) as found, ThreadPoolExecutor(8) as pool:
        questions = [f"Which city did {name} visit on a train?" for name in PEOPLE] * 6
        answers = list(pool.map(lambda question: found.ask(question, k=1), questions))
    for name, answer in zip(PEOPLE * 6, answers, strict=True):
        assert [citation.article for citation in answer.citations] == [name.lower()]


def test_answers_stay_verbatim_while_a_writer_is_at_work(
    opened: Desk, data: Path, tmp_path: Path, words: WordEncoder
) -> None:
    """Versions of an article come and go; every excerpt is whole, of one version."""
    versions = [f"A judge in city{n} freed Durov on bail." for n in range(6)]

    def write_versions() -> None:
        for at, text in enumerate(versions):
            build(data, [write(tmp_path / f"v{at}", freed=text)], words)

    seen = []
    with ThreadPoolExecutor(1) as pool:
        writer = pool.submit(write_versions)
        end = time.monotonic() + 30
        while not writer.done() and time.monotonic() < end:
            seen += quoted(opened.ask(QUESTION))
        writer.result()
    assert set(seen) <= {FREED, *versions}
    assert quoted(opened.ask(QUESTION)) == versions[-1:]


@pytest.mark.parametrize("seed", range(3))
def test_flipped_bits_are_told_as_errors_and_never_quoted(
    data: Path, words: WordEncoder, seed: int
) -> None:
    """Every 197th byte of the store, one bit at a time, each time another one."""
    path = data / FILE_NAME
    with closing(Store(data, writable=True)) as store:
        bodies = [article.body for article in store.articles(store.digests()).values()]
    sound = path.read_bytes()
    for at in range(seed * 61, len(sound), 197):
        damaged = bytearray(sound)
        damaged[at] ^= 1 << (at + seed) % 8
        for leftover in data.glob(f"{FILE_NAME}-*"):
            leftover.unlink()
        path.write_bytes(damaged)
        try:
            with closing(Desk(data, words)) as found:
                answer = found.ask(QUESTION)
        except ClipdeskError:
            continue
        for citation in answer.citations + answer.nearest:
            assert any(citation.excerpt == b[citation.start : citation.end] for b in bodies)


@pytest.mark.parametrize("question", [QUESTION, f"On 28 August 2024, {QUESTION}"])
def test_an_article_that_is_lost_is_told_as_damage(
    data: Path, words: WordEncoder, question: str
) -> None:
    with closing(sqlite3.connect(data / FILE_NAME)) as db, db:  # its passages stay
        db.execute("DELETE FROM article WHERE id = 'freed'")
    with closing(Desk(data, words)) as desk, pytest.raises(DamagedStoreError, match="be found"):
        desk.ask(question)


def test_question_of_the_readme_is_answered_from_the_sample(sample: Desk) -> None:
    answer = sample.ask("How many users does Telegram have?")
    assert answer.answered
    assert "nearly 1 billion users" in answer.citations[0].excerpt


def test_what_the_sample_does_not_say_is_refused(sample: Desk) -> None:
    assert not sample.ask("What is the capital of Mongolia?").answered


def test_copies_of_a_wire_story_are_one_citation(tmp_path: Path, words: WordEncoder) -> None:
    """Two outlets changed a few words of it; the third reports something else."""
    rest = " ".join(f"Person number {n} left the town for the north that day." for n in range(20))
    folder = write(
        tmp_path / "wire",
        first=f"{FREED} {rest}",
        second=f"A judge in Paris freed Durov on bail Wednesday. {rest}",
        other="Durov paid bail in Paris.",
    )
    build(tmp_path / "index", [folder], words)
    with closing(Desk(tmp_path / "index", words)) as found:
        (citation, *others) = found.ask(QUESTION).citations
    assert {citation.article, *citation.copies} == {"first", "second"}
    assert {one.article for one in others} <= {"other"}
