"""The reader: what it reads into a passage, its spans inside the sentences."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import EncoderError
from index.models import Framed, Reader, Reading
from index.neural.network import Network, save
from index.neural.reader import TaughtReader, _reading
from index.neural.weights import embedded_path
from index.text.passages import framed, split
from index.types import Article, Span

FRAME = "Freed. "
TEXT = "A judge freed Durov. He paid bail."
SENTENCES = (Span(0, 20), Span(21, 34))
PASSAGE = Framed(FRAME, TEXT, SENTENCES)
QUESTION = "Who freed Durov?"
NOWHERE = -1e4


def places(text: str) -> np.ndarray:
    """Return where the words of a text are, as tokens after a question's and before padding."""
    spans, at = [], 0
    for word in text.split():
        at = text.index(word, at)
        spans.append((at, at + len(word)))
        at += len(word)
    return np.array([(0, 0), (0, 3), (4, 9), (0, 0), *spans, (0, 0), (0, 0)])


def logits(text: str, scores: Sequence[float]) -> np.ndarray:
    """Return the scores of the words, the question's and padding masked; what ends it is not."""
    return np.array([NOWHERE] * 4 + [*scores, 9.0, NOWHERE], dtype=np.float32)


def read(
    starts: dict[str, float],
    ends: dict[str, float],
    passage: Framed = PASSAGE,
    cut: int | None = None,
    fitting: Sequence[Span] = (),
) -> Reading:
    """Read a passage whose words have these scores, -5 where none is given."""
    text = passage.frame + passage.text
    words = text.split()
    most = len(words) if cut is None else cut

    def scored(scores: dict[str, float]) -> np.ndarray:
        known = [scores.get(word, -5.0) for word in words[:most]]
        return logits(text, [*known, *[NOWHERE] * (len(words) - len(known))])

    return _reading(0.5, scored(starts), scored(ends), places(text), passage, fitting)


def told(reading: Reading, passage: Framed = PASSAGE) -> list[str]:
    return [span.of(passage.text) for span in reading.spans]


def test_likeliest_answer_is_found_in_each_sentence() -> None:
    reading = read({"judge": 3.0, "paid": 1.0}, {"judge": 3.0, "bail.": 1.0})
    assert told(reading) == ["judge", "paid bail."]
    assert reading.answers == 0.5
    assert reading.shares == pytest.approx([1 / (1 + np.exp(2 - 6)), 1 / (1 + np.exp(6 - 2))])


def test_answer_holds_what_fits_where_a_sentence_has_that() -> None:
    starts, ends = {"judge": 3.0, "paid": 1.0}, {"judge": 3.0, "bail.": 1.0}
    reading = read(starts, ends, fitting=[Span(14, 19)])
    assert told(reading) == ["judge freed Durov.", "paid bail."]
    assert reading.shares[0] < reading.shares[1]
    assert told(read(starts, ends, fitting=[Span(2, 7), Span(14, 19)])) == ["judge", "paid bail."]


@pytest.mark.parametrize(
    ("starts", "ends", "expected"),
    [
        pytest.param({"freed": 9.0}, {"judge": 9.0, "freed": 2.0}, "freed", id="never backwards"),
        pytest.param({"judge": 9.0}, {"bail.": 9.0}, "judge", id="never into the next sentence"),
        pytest.param({"Freed.": 9.0}, {"Freed.": 9.0}, "A", id="never the headline"),
    ],
)
def test_answer_is_a_run_of_words_of_its_sentence(
    starts: dict[str, float], ends: dict[str, float], expected: str
) -> None:
    assert told(read(starts, ends))[0] == expected


def test_answer_is_never_what_ends_the_text() -> None:
    """It stands at 0, which without a headline is where the first sentence begins."""
    passage = Framed("", TEXT, SENTENCES)
    assert told(read({"judge": 1.0}, {"judge": 1.0}, passage), passage)[0] == "judge"


def test_answer_is_not_too_long() -> None:
    text = " ".join(f"w{n}" for n in range(60))
    passage = Framed(FRAME, text, (Span(0, len(text)),))
    reading = read({"w0": 5.0, "w40": 1.0}, {"w59": 5.0, "w50": 1.0}, passage)
    assert told(reading, passage) == [" ".join(f"w{n}" for n in range(40, 60))]


def test_sentence_that_was_cut_off_has_no_share() -> None:
    reading = read({"judge": -4.0}, {"judge": -4.0}, cut=5)
    assert reading.shares == (1.0, 0.0)
    assert told(reading) == ["judge", ""]


def test_sentences_that_were_all_cut_off_share_alike() -> None:
    reading = read({}, {}, cut=1)
    assert reading.shares == (0.5, 0.5)
    assert told(reading) == ["", ""]


SCORES = st.lists(st.floats(-20, 20, width=32), min_size=8, max_size=8)


@settings(max_examples=200, deadline=None)
@given(SCORES, SCORES, st.integers(1, 8))
def test_shares_are_of_one_and_spans_are_of_their_sentences(
    starts: list[float], ends: list[float], cut: int
) -> None:
    words = (FRAME + TEXT).split()
    reading = read(dict(zip(words, starts, strict=True)), dict(zip(words, ends, strict=True)),
                   cut=cut)  # fmt: skip
    assert sum(reading.shares) == pytest.approx(1)
    assert all(0 <= share <= 1 for share in reading.shares)
    for span, sentence in zip(reading.spans, SENTENCES, strict=True):
        assert sentence.start <= span.start <= span.end <= sentence.end


@settings(max_examples=100, deadline=None)
@given(SCORES, SCORES)
def test_no_other_run_of_words_is_likelier(starts: list[float], ends: list[float]) -> None:
    words = (FRAME + TEXT).split()
    begin, stop = dict(zip(words, starts, strict=True)), dict(zip(words, ends, strict=True))
    for span, sentence in zip(read(begin, stop).spans, SENTENCES, strict=True):
        inside = sentence.of(TEXT).split()
        chosen = span.of(TEXT).split()
        runs = itertools.combinations_with_replacement(inside, 2)
        best = max(begin[first] + stop[last] for first, last in runs)
        assert begin[chosen[0]] + stop[chosen[-1]] == pytest.approx(best, abs=1e-4)


# The network itself, which has learned nothing


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(1)
    path = tmp_path_factory.mktemp("weights") / "reader.safetensors"
    save(Network(embedded_path()), path)
    return path


@pytest.fixture(scope="module")
def reader(weights: Path) -> Reader:
    return TaughtReader(weights)


def passage(body: str) -> Framed:
    article = Article("a", "Founder freed", body)
    (whole,) = split(article)
    return framed(article, whole)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(TEXT, id="English"),
        pytest.param("😀 “Bail” was set… in Paris.\n\nPeskov spoke.", id="signs"),
        pytest.param("東京の警察は男を逮捕した。", id="Japanese"),
    ],
)
def test_answer_stands_in_its_sentence(reader: Reader, body: str) -> None:
    held = passage(body)
    reading = reader.read(QUESTION, held)
    assert np.isfinite(reading.answers)
    assert sum(reading.shares) == pytest.approx(1)
    for span, sentence in zip(reading.spans, held.sentences, strict=True):
        assert sentence.start <= span.start < span.end <= sentence.end


def test_question_and_headline_make_a_difference(reader: Reader) -> None:
    held = passage(TEXT)
    other = Framed("Volcano. ", held.text, held.sentences)
    asked = [(QUESTION, held), (QUESTION, other), ("Where is the volcano?", held)]
    assert len({reader.read(*each).answers for each in asked}) == 3


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("", id="empty"),
        pytest.param("Who? " * 400, id="long"),
        pytest.param("釈" * 2000, id="long, a token a character"),
        pytest.param("\u202e😀\ufeff", id="no word"),
    ],
)
def test_any_question_can_be_read(reader: Reader, question: str) -> None:
    reading = reader.read(question, passage(TEXT))
    assert len(reading.shares) == len(reading.spans) == 2


def test_sentences_beyond_what_the_network_sees_have_no_share(reader: Reader) -> None:
    text = " ".join(["xylophonist-archaeopteryx"] * 90) + ". Durov left."
    sentences = (Span(0, len(text) - 12), Span(len(text) - 11, len(text)))
    reading = reader.read(QUESTION, Framed(FRAME, text, sentences))
    assert reading.shares[1] == 0


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(None, id="missing"),
        pytest.param(b"", id="empty"),
        pytest.param(b"no weights\nat all\n" * 100, id="something else"),
        pytest.param(b"half", id="truncated"),
    ],
)
def test_damaged_weights_are_named_in_one_line(
    weights: Path, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "reader.safetensors"
    if content is not None:
        whole = weights.read_bytes()
        path.write_bytes(whole[: len(whole) // 2] if content == b"half" else content)
    with pytest.raises(EncoderError) as raised:
        TaughtReader(path)
    message = str(raised.value)
    assert message.startswith(f"the reader's weights {str(path)!r} cannot be loaded (")
    assert message.endswith("): install again")
    assert "\n" not in message


def test_folder_in_the_place_of_the_weights_is_named(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="cannot be loaded"):
        TaughtReader(tmp_path)
