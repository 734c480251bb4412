"""Answers laid out again."""

from __future__ import annotations

from bot.handling.answers import lay_out_again
from bot.keeping.shown import Place, ShownAnswer
from bot.wording.render import Entry
from bot.wording.speech import ENGLISH
from index import Citation, Shown


def test_what_finds_no_room_any_more_is_on_the_next_page() -> None:
    cited = [
        Citation(at, f"a{at}", "Headline", "Daily", None, "", "word " * 300, 0, 1500, 1.0)
        for at in (4, 5, 6)
    ]
    places = tuple(Place(one.number, Shown(one.article, "word", 0)) for one in cited)
    shown = ShownAnswer("q", "", "", False, True, "en", 3, 0, places)
    again = lay_out_again(shown, [Entry(one.number, one) for one in cited], ENGLISH, "bot")
    assert [place.number for place in again.shown.places] == [4, 5]
    assert again.shown.next == 5
    labels = [each.text for row in again.buttons.inline_keyboard for each in row]
    assert "More ▶" in labels
