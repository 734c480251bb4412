"""Names typed without capitals, written as the coverage writes them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from index import Desk
from index.understanding.casing import write_names
from tests.newsstand import Newsstand

NEWS = {
    "openai": "In May the board of OpenAI let Sam Altman go. The EU said nothing of OpenAI.",
    "love": "On Sunday Jordan Love threw a ball, and Jordan Love fell. People love a game.",
    "game": "People love it when they win a game. IN MAY JORDAN LOVE WINS.",
    "phone": "With the iPhone much was new. All of them love the iPhone.",
    "oslo": "Zeit ist Geld, sagt Björn. Am Abend sprach Björn von Öl.",
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    stand = Newsstand(tmp_path_factory.mktemp("casing"))
    for id_, body in NEWS.items():
        stand.put(id_, body)
    stand.publish()
    with stand.open() as desk:
        yield desk


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        pytest.param("who runs openai", "who runs OpenAI", id="a name"),
        pytest.param("And openai?", "And OpenAI?", id="behind an opening"),
        pytest.param("did the eu fine openai’s board", "did the EU fine OpenAI’s board", id="two"),
        pytest.param("and the iphone", "and the iPhone", id="capital inside"),
        pytest.param("who is jordan love", "who is Jordan Love", id="with an ordinary word"),
        pytest.param("do they love a game", "do they love a game", id="ordinary word"),
        pytest.param("Game?", "game?", id="no name, though it begins"),
        pytest.param("Openai?", "OpenAI?", id="a name that begins"),
        pytest.param("wer ist björn", "wer ist Björn", id="umlaut"),
        pytest.param("who runs xyzzy", "who runs xyzzy", id="in no article"),
        pytest.param("Who is Sam? and openai", "Who is Sam? and openai", id="typed with capitals"),
        pytest.param("누가 해고됐나", "누가 해고됐나", id="script without capitals"),
        pytest.param(f"openai {'and ' * 29}", f"OpenAI {'and ' * 29}", id="just short enough"),
        pytest.param(f"openai {'and ' * 30}", f"openai {'and ' * 30}", id="long text"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_names_are_written_as_the_coverage_writes_them(
    desk: Desk, question: str, expected: str
) -> None:
    with desk._current() as now:
        written = write_names(
            question, languages=["en", "de"], words=now.derived.words, store=now.store
        )
    assert written == expected


@pytest.mark.parametrize(
    ("earlier", "question", "expected"),
    [
        pytest.param("who let sam altman go", "what about openai",
                     "who let OpenAI go", id="name for a name"),
        pytest.param("who is jordan love", "what did he throw",
                     "what did Jordan Love throw", id="he"),
        pytest.param("how many like the iphone", "why do they love it",
                     "why do they love iPhone", id="it"),
        pytest.param("who won the game", "what about the ball",
                     "who won the game? what about the ball", id="no name"),
    ],
)  # fmt: skip
def test_a_follow_up_without_capitals_is_understood(
    desk: Desk, earlier: str, question: str, expected: str
) -> None:
    assert desk.ask(question, after=earlier).text == expected
