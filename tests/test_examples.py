"""Question sets → examples: verbatim windows, answers inside them, and the same for a seed."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.neural.examples import Example, Paragraph, Question, examples, read_paragraphs
from index.text.passages import sentences
from index.types import Span
from tests.conftest import shared

SENTENCES = (
    "Pavel Durov founded Telegram in 2013.",
    "He left Russia before the first trial.",
    "Police in Seoul opened 297 inquiries into deepfakes.",
    "Emmanuel Macron denied any political motive in Paris.",
    "Sergei Lavrov called the approach too free.",
    "Nobody spoke.",
    "The app has nearly a billion users, " + "and they said so " * 20 + "at length.",
)
ASKED = (
    "Who founded Telegram?",
    "When did Pavel Durov leave Russia?",
    "How many inquiries were opened in Seoul in 2024?",
    "Which is the largest app?",
)


@st.composite
def paragraphs(draw: st.DrawFn) -> Paragraph:
    text = " ".join(draw(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=8)))
    questions = draw(
        st.lists(
            st.tuples(st.sampled_from(ASKED), st.integers(0, 3), st.integers(0, 2)), max_size=4
        )
    )

    def spans(count: int) -> tuple[Span, ...]:
        starts = [draw(st.integers(0, len(text) - 1)) for _ in range(count)]
        return tuple(Span(at, draw(st.integers(at + 1, min(at + 40, len(text))))) for at in starts)

    return Paragraph(
        draw(st.sampled_from(["", "Telegram"])),
        text,
        tuple(Question(asked, spans(said), spans(decoys)) for asked, said, decoys in questions),
    )


SETS = st.lists(paragraphs(), max_size=6)


def paragraph(*questions: Question, text: str = " ".join(SENTENCES[:5])) -> Paragraph:
    return Paragraph("", text, questions)


def about(text: str, *answers: str, within: str = " ".join(SENTENCES[:5])) -> Question:
    return Question(text, tuple(Span(within.index(a), within.index(a) + len(a)) for a in answers))


def many(given_paragraphs: list[Paragraph], seeds: int = 60) -> list[Example]:
    """Return what chance may make of them."""
    return [one for seed in range(seeds) for one in examples(given_paragraphs, seed=seed)]


@settings(deadline=None)
@given(SETS, st.integers(0, 99))
def test_windows_are_verbatim_and_whole_sentences(sets: list[Paragraph], seed: int) -> None:
    for one in examples(sets, seed=seed):
        of = [p for p in sets if one.window in p.text]
        assert of
        spans = [(p.text, sentences(p.text, "en")) for p in of]
        assert any(
            Span(first.start, last.end).of(text) == one.window
            for text, found in spans
            for at, first in enumerate(found)
            for last in found[at:]
        )
        assert one.frame in {"", *(f"{p.title}. " for p in of if p.title)}


@settings(deadline=None)
@given(SETS, st.integers(0, 99))
def test_answer_lies_in_its_window_and_is_one_of_the_question(
    sets: list[Paragraph], seed: int
) -> None:
    right = {(q.text, span.of(p.text)) for p in sets for q in p.questions for span in q.answers}
    for one in examples(sets, seed=seed):
        if one.answer is not None:
            assert 0 <= one.answer.start < one.answer.end <= len(one.window)
            assert (one.question, one.answer.of(one.window)) in right


@settings(deadline=None)
@given(SETS, st.integers(0, 99))
def test_same_seed_gives_the_same_examples(sets: list[Paragraph], seed: int) -> None:
    assert examples(sets, seed=seed) == examples(sets, seed=seed)


@settings(deadline=None)
@given(SETS, st.integers(0, 99))
def test_window_is_no_longer_than_a_passage_unless_one_sentence_is(
    sets: list[Paragraph], seed: int
) -> None:
    for one in examples(sets, seed=seed):
        assert len(one.window.split()) <= 100 or SENTENCES[-1] in one.window


def test_every_answerable_question_gives_one_example_that_answers() -> None:
    asked = [about("Who founded it?", "Pavel Durov"), about("When?", "2013", "in 2013")]
    found = examples([paragraph(*asked)], seed=1)
    answers = {e.question: e.answer.of(e.window) for e in found if e.answer}
    assert answers["Who founded it?"] == "Pavel Durov"
    assert answers["When?"] in {"2013", "in 2013"}


def test_question_that_people_made_unanswerable_is_shown_twice_around_what_misleads() -> None:
    text = " ".join(SENTENCES[:5])
    decoy = Span(text.index("297"), text.index("297") + 3)
    found = many([paragraph(Question("How many trials?", (), (decoy,)))])
    assert len(found) == 2 * 60
    assert {one.answer for one in found} == {None}
    assert all("297" in one.window for one in found)
    assert len({one.window for one in found}) > 2


def test_question_without_any_place_is_shown_anywhere() -> None:
    found = many([paragraph(Question("Who?", ()))])
    assert any(SENTENCES[0] in one.window for one in found)
    assert any(SENTENCES[0] not in one.window for one in found)


def test_windows_elsewhere_and_beside_do_not_say_any_of_the_answers() -> None:
    """Whichever of its answers chance took for the one that is shown."""
    text = (
        "Durov left Russia in 2014. In May Peskov spoke for an hour of Durov and all that came. "
        "Rain fell in Paris for most of the day and nobody there went out."
    )
    other = "Rain fell in Russia. In May Peskov left. Snow fell in Paris."
    asked = about("Who left?", "Durov", "Durov left", "2014", within=text)
    found = many([paragraph(asked, text=text), paragraph(text=other)])
    wrong = [e for e in found if e.answer is None and e.question == "Who left?"]
    assert {e.window in text for e in wrong} == {True, False}
    assert not any(said in e.window for e in wrong for said in ("Durov", "2014"))


def test_question_is_altered_where_its_own_window_is_shown() -> None:
    asked = about("Who opened inquiries in Seoul first?", "Police")
    found = many([paragraph(asked)])
    altered = {e.question for e in found if e.question != asked.text}
    assert "Who opened inquiries in Seoul last?" in altered
    assert "Who opened inquiries in Telegram first?" in altered
    assert all(e.answer is None and "Seoul" in e.window for e in found if e.question in altered)


def test_title_is_put_before_most_windows() -> None:
    found = many([paragraph(about("Who?", "Pavel Durov"))._replace(title="Telegram")])
    framed = [one.frame for one in found]
    assert set(framed) == {"", "Telegram. "}
    assert 0.5 < framed.count("Telegram. ") / len(framed) < 0.9


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5])
def test_few_paragraphs_give_examples_too(count: int) -> None:
    asked = about("Who founded it?", "Pavel Durov")
    found = examples([paragraph(asked)] * count, seed=1)
    assert sum(one.answer is not None for one in found) == count


@pytest.mark.parametrize("text", ["", "…", "\n\n"])
def test_paragraph_without_a_sentence_gives_none(text: str) -> None:
    assert examples([paragraph(Question("Who?", ()), text=text)], seed=1) == []


# Files


def squad(title: str | None = "News_of_Paris", **question: Any) -> bytes:
    asked = {"question": "Who  left?\n", "answers": [{"text": "Durov", "answer_start": 0}]}
    paragraph = {"context": "Durov left.", "qas": [asked | question]}
    return json.dumps({"data": [{"title": title, "paragraphs": [paragraph]}]}).encode()


def read(folder: Path, content: bytes, name: str = "set.json") -> Paragraph:
    (folder / name).write_bytes(content)
    (found,) = read_paragraphs(folder / name)
    return found


def test_file_is_read_gzipped_or_not(tmp_path: Path) -> None:
    expected = Paragraph("News of Paris", "Durov left.", (Question("Who left?", (Span(0, 5),)),))
    assert read(tmp_path, squad()) == expected
    assert read(tmp_path, gzip.compress(squad()), "set.json.gz") == expected


@pytest.mark.parametrize(
    ("fields", "answers", "decoys"),
    [
        pytest.param({"answers": []}, (), (), id="unanswerable"),
        pytest.param(
            {"answers": [], "plausible_answers": [{"text": "left", "answer_start": 6}]},
            (), (Span(6, 10),), id="with a decoy",
        ),
        pytest.param(
            {"answers": None, "plausible_answers": [{"text": "left", "answer_start": 6}]},
            (), (Span(6, 10),), id="decoys are never answers",
        ),
    ],
)  # fmt: skip
def test_unanswerable_question_is_read(
    tmp_path: Path, fields: dict[str, Any], answers: tuple[Span, ...], decoys: tuple[Span, ...]
) -> None:
    (asked,) = read(tmp_path, squad(**fields)).questions
    assert (asked.answers, asked.decoys) == (answers, decoys)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        pytest.param("Pavel_Durov", "Pavel Durov", id="words"),
        pytest.param(None, "", id="none"),
        pytest.param("", "", id="empty"),
        pytest.param("Caf%C3%A9", "", id="encoded"),
        pytest.param("a\x00b", "", id="unseen"),
        pytest.param("long_" * 20, "", id="long"),
    ],
)
def test_title_is_what_a_headline_could_be(
    tmp_path: Path, title: str | None, expected: str
) -> None:
    assert read(tmp_path, squad(title)).title == expected


def test_real_set_gives_examples_of_every_kind() -> None:
    real = read_paragraphs(shared("data/squad/squadshifts-new_wiki_v1.0.json.gz"))[:40]
    found = examples(real, seed=1)
    texts = [one.text for one in real]
    asked = {question.text for one in real for question in one.questions}
    assert all(any(one.window in text for text in texts) for one in found)
    assert {e.answer is not None for e in found if e.question in asked} == {True, False}
    assert {e.answer is not None for e in found if e.question not in asked} == {False}
    share = sum(one.answer is not None for one in found) / len(found)
    assert 0.4 < share < 0.6
