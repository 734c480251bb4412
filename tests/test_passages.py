"""Article → passages: where sentences end, what stays together, and that nothing is lost."""

from __future__ import annotations

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from index.text.passages import MAX_SENTENCE, MAX_WORDS, SPLITTING, framed, sentences, split
from index.types import Article, Passage

LETTER = regex.compile(r"[\p{L}\p{N}]")

# Pieces of news text and of what breaks splitters, so that random bodies are worth splitting.
PIECES = (
    "Dr. Smith", "U.S.", "e.g.", "$3.5 million", "“We left.”", "he said.", "...", "…", ". ", "! ",
    "? ", "\n", "\n\n", "\r\n", "\u2028", "\x85", "\x1c", "• ", "- ", "* ", "– ", "1. ", "東京。",
    "「はい」", "그는 떠났다.", "ไทย", "𝒜𝒷", "𠮷野家", "😀", "e\u0301", "\u200d", "\u00a0", "\x00",
    "[1]", "word " * 30, "x" * 300, "字" * 120, ";", ", ", ": ", "A", "b", " ", "”", "’", ")",
)  # fmt: skip
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=80),
    st.lists(st.sampled_from(PIECES), max_size=25).map("".join),
    st.lists(
        st.sampled_from(PIECES) | st.text(st.characters(exclude_categories=["Cs"]), max_size=9),
        max_size=25,
    ).map("".join),
)
LANGUAGES = st.sampled_from(["en", "fr", "de", "ru", "ja", "zh", "ko", "th", "ar", "xx", ""])
MANY = settings(max_examples=150, deadline=None)


def cut(text: str, language: str = "en") -> list[str]:
    return [sentence.of(text) for sentence in sentences(text, language)]


def article(body: str, language: str = "en") -> Article:
    return Article("a", "Founder held in Paris", body, language=language)


def texts(passages: list[Passage], body: str) -> list[str]:
    return [passage.span.of(body) for passage in passages]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        pytest.param("en", ["Dr. Smith left.", "He ran."], id="title"),
        pytest.param("en", ["Mr. and Mrs. Jones left.", "He ran."], id="titles"),
        pytest.param("en", ["Gen. Smith met Lt. Jones.", "He ran."], id="ranks"),
        pytest.param("en", ["The U.S. said no.", "It left."], id="U.S. inside"),
        pytest.param("en", ["He moved to the U.S.", "He liked it."], id="U.S. at the end"),
        pytest.param("en", ["Apps, e.g. Telegram, are free.", "Some are not."], id="e.g."),
        pytest.param("en", ["Some, i.e. two, left.", "Some did not."], id="i.e."),
        pytest.param("en", ["She lives on St. James Street.", "It rains."], id="St."),
        pytest.param("en", ["Apple Inc. said so.", "It fell."], id="Inc."),
        pytest.param("en", ["It was Smith vs. Jones.", "Jones won."], id="vs."),
        pytest.param("en", ["They met at 5 p.m. in Paris.", "All left."], id="p.m."),
        pytest.param("en", ["He came on Jan. 5.", "She left."], id="month"),
        pytest.param("en", ["J. R. Smith came.", "He won."], id="initials"),
        pytest.param("en", ["It was George W. Bush.", "He won."], id="middle initial"),
        pytest.param("en", ["Some 3.5 million left.", "Others stayed."], id="decimal"),
        pytest.param("en", ["It cost $3.5 million.", "It sold."], id="money"),
        pytest.param("en", ["It was $1,000.50 or €2.5bn.", "It sold."], id="more money"),
        pytest.param("en", ["It fell by 3.5.", "It rose."], id="decimal at the end"),
        pytest.param("en", ["“We left.” Lavrov said.", "Then he sat down again."], id="quote"),
        pytest.param("en", ['"We left." Lavrov said.', "Then he sat down again."], id="straight"),
        pytest.param("en", ["“Why leave?” asked the judge.", "Nobody knew why."], id="question"),
        pytest.param("en", ["“We go,” she said.", "Then she went home again."], id="comma"),
        pytest.param("en", ["He said: “Go. Leave.”", "Then he left the room again."], id="inside"),
        pytest.param("en", ["Well… I do not know.", "He left."], id="ellipsis inside"),
        pytest.param("en", ["Well... I do not know.", "He left."], id="three dots inside"),
        pytest.param("en", ["He waited...", "Then he left."], id="three dots at the end"),
        pytest.param("en", ["Is it 5?", "Yes!", "No."], id="marks"),
        pytest.param("en", ["It begins at 9 p.m. ET on CNN.", "It ends late."], id="zone"),
        pytest.param("en", ["It ended at 9 p.m.", "It was late."], id="no zone"),
        pytest.param("en", ["See example.org/a.html today.", "It is there."], id="address"),
        pytest.param("fr", ["Il est parti.", "Elle est restée."], id="French"),
        pytest.param("ru", ["Он ушёл.", "Она осталась."], id="Russian"),
        pytest.param("ko", ["그는 떠났다.", "그녀는 남았다."], id="Korean"),
        pytest.param("xx", ["He left.", "She stayed."], id="a language nobody knows"),
        pytest.param("en", ["𝒜 left 😀.", "Another 😀 stayed."], id="astral"),
    ],
)
def test_sentences_end_where_a_reader_says(language: str, expected: list[str]) -> None:
    assert cut(" ".join(expected), language) == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        pytest.param("ja", ["彼は去った。", "彼女は残った。"], id="Japanese"),
        pytest.param("zh", ["他走了。", "她留下来了！", "真的吗？", "是的。"], id="Chinese"),
    ],
)
def test_sentences_of_scripts_without_spaces_end_at_their_stops(
    language: str, expected: list[str]
) -> None:
    assert cut("".join(expected), language) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("A heading\n\nA text. More", ["A heading", "A text.", "More"], id="heading"),
        pytest.param("He said\n \t\nnothing.", ["He said", "nothing."], id="line of blanks"),
        pytest.param("Dr.\n\nSmith left.", ["Dr.", "Smith left."], id="after an abbreviation"),
        pytest.param("“We left.”\n\nLavrov said.", ["“We left.”", "Lavrov said."], id="quotation"),
        pytest.param(
            "To do:\n• one\n• two.\n- three", ["To do:", "one", "two.", "three"], id="•-"
        ),
        pytest.param("To do:\n\n* one\n* two", ["To do:", "one", "two"], id="*"),
        pytest.param("  – Go.\n  – No.", ["Go.", "No."], id="indented dashes"),
        pytest.param(
            "He went\nhome. He slept.", ["He went\nhome.", "He slept."], id="broken line"
        ),
        pytest.param("It fell to -5 today.", ["It fell to -5 today."], id="minus is no bullet"),
        pytest.param("* * *", [], id="ornament"),
        pytest.param("He left.\n\n---\n\nShe came.", ["He left.", "She came."], id="rule between"),
        pytest.param("", [], id="empty"),
        pytest.param(" \n\n ", [], id="blank"),
    ],
)
def test_sentences_keep_to_their_paragraph_and_drop_its_bullet(
    text: str, expected: list[str]
) -> None:
    assert cut(text) == expected


LINES = [f"line {n} of a table without any stop {'x' * 60}" for n in range(20)]
CLAUSES = [f"clause {n} of a long sentence {'x' * 60};" for n in range(20)]
WORDS = [f"word{n:04}" for n in range(300)]


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        pytest.param("\n".join(LINES), set(LINES), id="at lines"),
        pytest.param(" ".join(CLAUSES), set(CLAUSES), id="at clauses"),
        pytest.param(" ".join(WORDS), set(WORDS), id="at words"),
        pytest.param("、".join(["文" * 90] * 20), {"文" * 90 + "、", "文" * 90}, id="Japanese"),
    ],
)
def test_overlong_sentence_is_cut_between(text: str, ends: set[str]) -> None:
    pieces = cut(text, "ja" if "文" in text else "en")
    assert len(pieces) > 1
    assert all(any(piece.endswith(end) for end in ends) for piece in pieces)
    assert all(any(piece.startswith(end) for end in ends) for piece in pieces)


def test_overlong_sentence_is_cut_into_few_pieces() -> None:
    pieces = cut(" ".join(WORDS))
    assert len(pieces) == -(-len(" ".join(WORDS)) // MAX_SENTENCE)


def test_overlong_word_is_cut_at_the_limit() -> None:
    assert [len(piece) for piece in cut("x" * 2000)] == [MAX_SENTENCE, MAX_SENTENCE, 400]


def test_sentence_of_the_greatest_length_is_not_cut() -> None:
    sentence = "x" * (MAX_SENTENCE - 5) + " end."
    assert cut(sentence) == [sentence]


def test_split_fills_passages_with_whole_sentences() -> None:
    body = " ".join(f"Number {n} has exactly ten words in this one sentence." for n in range(25))
    found = split(article(body))
    assert [len(passage.sentences) for passage in found] == [10, 10, 5]
    assert " ".join(texts(found, body)) == body


def test_split_gives_a_long_sentence_a_passage_of_its_own() -> None:
    long = "Long " + "and " * (MAX_WORDS + 20) + "over."
    body = f"Before it. {long} After it."
    assert texts(split(article(body)), body) == ["Before it.", long, "After it."]


def test_split_counts_two_characters_of_a_script_without_spaces_as_a_word() -> None:
    body = "彼は東京で逮捕された後に釈放された。" * 30
    found = split(article(body, "ja"))
    assert len(found) > 1
    assert all(len(passage.span.of(body)) <= 2 * MAX_WORDS for passage in found)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        pytest.param("km", "ប៉ូលិសបានចាប់ខ្លួនបុរសម្នាក់នៅទីក្រុងប៉ារីសកាលពីថ្ងៃចន្ទ។ ", id="Khmer"),
        pytest.param("my", "ရဲက ပါရီတွင် တနင်္လာနေ့က လူတစ်ဦးကို ဖမ်းဆီးခဲ့သည်။ ", id="Burmese"),
        pytest.param("lo", "ຕຳຫຼວດຈັບຜູ້ຊາຍຄົນໜຶ່ງຢູ່ປາຣີໃນວັນຈັນ. ", id="Lao"),
    ],
)
def test_split_counts_so_in_all_such_scripts(language: str, sentence: str) -> None:
    body = sentence * 60
    found = split(article(body, language))
    longest = max(3 * MAX_WORDS, MAX_SENTENCE)  # where no sentence is seen to end
    assert all(len(passage.span.of(body)) <= longest for passage in found)


def test_split_of_a_body_without_a_letter_is_empty() -> None:
    assert split(article("… — !!! 😀")) == []


def test_passages_name_their_article_and_have_no_number_yet() -> None:
    (passage,) = split(article("He left."))
    assert (passage.article, passage.id) == ("a", 0)


@MANY
@given(TEXTS, LANGUAGES)
def test_every_letter_and_digit_is_in_exactly_one_passage(body: str, language: str) -> None:
    spans = [sentence for p in split(article(body, language)) for sentence in p.sentences]
    covered = [at for span in spans for at in range(*span)]
    assert len(covered) == len(set(covered))
    assert {match.start() for match in LETTER.finditer(body)} <= set(covered)


@MANY
@given(TEXTS, LANGUAGES)
def test_sentences_are_in_order_trimmed_short_and_say_something(body: str, language: str) -> None:
    found = sentences(body, language)
    assert found == sorted(found)
    for span in found:
        text = span.of(body)
        assert 0 <= span.start < span.end <= len(body)
        assert text == regex.sub(r"^\s+|\s+$", "", text)
        assert len(text) <= MAX_SENTENCE
        assert LETTER.search(text)
        assert "\n\n" not in text


@MANY
@given(TEXTS, LANGUAGES)
def test_passages_are_short_unless_they_are_one_sentence(body: str, language: str) -> None:
    for passage in split(article(body, language)):
        words = sum(len(sentence.of(body).split()) for sentence in passage.sentences)
        assert words <= MAX_WORDS or len(passage.sentences) == 1


@MANY
@given(TEXTS, LANGUAGES)
def test_framed_sentences_read_the_same_as_in_the_article(body: str, language: str) -> None:
    whole = article(body, language)
    for passage in split(whole):
        frame = framed(whole, passage)
        assert frame.text == passage.span.of(body)
        assert [span.of(frame.text) for span in frame.sentences] == [
            span.of(body) for span in passage.sentences
        ]


def test_framed_puts_the_headline_before_the_text() -> None:
    whole = article("He left.")
    assert framed(whole, split(whole)[0]).frame == "Founder held in Paris. "


def test_splitting_names_every_limit_so_that_another_makes_the_index_stale() -> None:
    assert str(MAX_WORDS) in SPLITTING
    assert str(MAX_SENTENCE) in SPLITTING
