"""What readers do besides writing has Telegram's limits, seen through the real client."""

from __future__ import annotations

from typing import Any

import pytest
from telegram import (
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
)
from telegram.error import BadRequest

from tests.clients import client
from tests.telegrams import Telegram


def offers(*ids: str) -> list[InlineQueryResultArticle]:
    return [InlineQueryResultArticle(id_, "Title", InputTextMessageContent("x")) for id_ in ids]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        pytest.param({"results": offers("a", "a")}, "result_id_invalid", id="ids-alike"),
        pytest.param({"results": offers("é" * 33)}, "result_id_invalid", id="long-id"),
        pytest.param(
            {"results": offers(*map(str, range(51)))},
            "results_too_much",
            id="many",
        ),
        pytest.param(
            {"results": [], "next_offset": "5" * 65}, "next_offset_invalid", id="long-offset"
        ),
        pytest.param(
            {"results": [], "button": InlineQueryResultsButton("Ask", start_parameter="a b")},
            "start_param_invalid",
            id="start-parameter",
        ),
    ],
)
async def test_an_inline_answer_beyond_the_limits_is_refused(
    answer: dict[str, Any], words: str
) -> None:
    async with Telegram() as telegram, client(telegram) as bot:
        query = telegram.send_inline("who?")
        with pytest.raises(BadRequest, match=f"(?i)^{words}$"):
            await bot.answer_inline_query(query, **answer)
        assert query not in telegram.inline_answers


async def test_an_inline_query_is_no_longer_than_telegram_lets_it_be() -> None:
    async with Telegram() as telegram, client(telegram) as bot:
        telegram.send_inline("x" * 300)
        [update] = await bot.get_updates()
        assert update.inline_query
        assert len(update.inline_query.query) == 256
