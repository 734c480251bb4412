"""The bot's database: the same in SQLite and in a real PostgreSQL."""

from __future__ import annotations

import asyncio
import resource
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.keeping.database import (
    AWAY,
    insert_into,
    is_shared,
    metadata,
    open_database,
    open_to_read,
)
from bot.keeping.feedback import Feedback, all_feedback, give_feedback
from bot.keeping.forgetting import forget_chat, move_chat, wipe
from bot.keeping.preferences import Preferences, load_preferences, save_preferences
from bot.keeping.records import preferences, watch_hits, watches
from bot.keeping.servers import DatabaseError
from bot.keeping.shown import ShownAnswer, find_answer, keep_answer
from bot.keeping.tables import updates
from tests.databases import new_database

GERMAN, GROUP = Preferences("de"), -1001234567890123


def differences(connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection), metadata))


async def test_migrations_make_the_tables_declared(engine: AsyncEngine) -> None:
    async with engine.begin() as db:
        assert await db.run_sync(differences) == []


async def test_verdicts_given_before_citations_had_their_own_are_kept(
    url: str, tmp_path: Path
) -> None:
    made_at_4 = (
        "DROP TABLE feedback",
        "CREATE TABLE feedback (answer VARCHAR PRIMARY KEY, question VARCHAR NOT NULL, verdict "
        "VARCHAR NOT NULL, reason VARCHAR NOT NULL, article VARCHAR NOT NULL, excerpt TEXT NOT "
        "NULL, given_at DOUBLE PRECISION NOT NULL)",
        "INSERT INTO feedback VALUES ('k', 'h', 'wrong', 'other', 'a', 'Ä\n%', 1.5)",
        "INSERT INTO feedback VALUES ('l', 'h', 'bad', '', '', '', 2.5)",
        "UPDATE alembic_version SET version_num = '0004'",
    )
    async with open_database(tmp_path, url) as engine, engine.begin() as db:
        for statement in made_at_4:
            await db.exec_driver_sql(statement)
    async with open_database(tmp_path, url) as engine:
        answer = ShownAnswer("q", "", "", False, True, "en", 0, 0, (), key="k")
        await give_feedback(engine, answer, "good")
        before, other, new = await all_feedback(engine)
        async with engine.begin() as db:
            assert await db.run_sync(differences) == []
    assert before == Feedback("h", "wrong", "other", "a", "Ä\n%", 1.5)
    assert (other.verdict, new.verdict) == ("bad", "good")


async def test_only_a_server_is_shared(engine: AsyncEngine) -> None:
    assert is_shared(engine) == (engine.dialect.name == "postgresql")


async def test_what_is_written_outlives_the_process(tmp_path: Path) -> None:
    async with open_database(tmp_path) as engine:
        await save_preferences(engine, GROUP, GERMAN)
    async with open_database(tmp_path) as engine:
        assert await load_preferences(engine, GROUP) == GERMAN


async def test_a_conflict_is_settled_as_told(engine: AsyncEngine) -> None:
    async with engine.begin() as db:
        for at in (1.0, 2.0):
            row = insert_into(db, updates).values(update_id=1, received_at=at)
            await db.execute(row.on_conflict_do_nothing())
        assert (await db.execute(select(updates.c.received_at))).scalars().all() == [1.0]


async def test_a_moved_chat_takes_its_rows_along(engine: AsyncEngine) -> None:
    await save_preferences(engine, -1, GERMAN)
    await move_chat(engine, -1, -2)
    assert await load_preferences(engine, -2) == GERMAN
    await save_preferences(engine, -1, Preferences("ko"))
    await move_chat(engine, -1, -2)  # which has a row already
    async with engine.begin() as db:
        assert (await db.execute(select(preferences.c.chat_id))).scalars().all() == [-2]
    assert await load_preferences(engine, -2) == GERMAN


async def test_a_moved_chat_takes_along_each_watch_that_is_not_there_yet(
    engine: AsyncEngine,
) -> None:
    held = [(-1, "whales"), (-1, "ships"), (-1, "ports"), (-2, "ships")]
    async with engine.begin() as db:
        more = {"thread_id": 0, "language": "en", "told_at": 0.0}
        rows = [{"chat_id": chat, "topic": topic, **more} for chat, topic in held]
        await db.execute(watches.insert(), rows)
    await move_chat(engine, -1, -2)
    async with engine.begin() as db:
        kept = (await db.execute(select(watches.c.chat_id, watches.c.topic))).all()
    assert sorted(kept) == [(-2, "ports"), (-2, "ships"), (-2, "whales")]


async def test_a_moved_chat_leaves_its_messages_behind(engine: AsyncEngine) -> None:
    answer = ShownAnswer("q", "", "", False, True, "en", 0, 0, (), chat_id=-1, message_id=7)
    await keep_answer(engine, answer)
    await move_chat(engine, -1, -2)
    assert await find_answer(engine, -1, 7) is None
    assert await find_answer(engine, -2, 7) is None


async def test_forgetting_a_chat_leaves_no_row_of_it(engine: AsyncEngine) -> None:
    for chat in (1, 2):
        await save_preferences(engine, chat, GERMAN)
    await forget_chat(engine, 1)
    async with engine.begin() as db:
        assert (await db.execute(select(preferences.c.chat_id))).scalars().all() == [2]


async def test_forgetting_a_chat_takes_what_hangs_on_its_rows_too(engine: AsyncEngine) -> None:
    async with engine.begin() as db:
        watch = {"thread_id": 0, "topic": "t", "language": "en", "told_at": 0.0}
        await db.execute(watches.insert(), [{"id": at, "chat_id": at, **watch} for at in (1, 2)])
        hit = {"article": "a", "start": 0, "excerpt": "e", "state": "noted"}
        await db.execute(watch_hits.insert(), [{"watch_id": at, **hit} for at in (1, 2)])
    await forget_chat(engine, 1)
    async with engine.begin() as db:
        assert (await db.execute(select(watch_hits.c.watch_id))).scalars().all() == [2]


async def test_an_error_shows_nothing_of_what_was_to_be_written(engine: AsyncEngine) -> None:
    async with engine.begin() as db:
        await db.run_sync(updates.drop)
    with pytest.raises(SQLAlchemyError) as raised:
        async with engine.begin() as db:
            await db.execute(updates.insert().values(update_id=1, content="a secret"))
    assert "updates" in str(raised.value)
    assert "secret" not in str(raised.value)


async def test_nor_does_one_while_reading(tmp_path: Path) -> None:
    async with open_database(tmp_path), open_to_read(tmp_path) as engine, engine.connect() as db:
        with pytest.raises(SQLAlchemyError) as raised:
            await db.execute(updates.insert().values(update_id=1, content="a secret"))
    assert "readonly" in str(raised.value)
    assert "secret" not in str(raised.value)


async def test_what_is_deleted_is_wiped_out_of_every_file(tmp_path: Path) -> None:
    answer = ShownAnswer("a secret", "", "", False, True, "en", 0, 0, (), chat_id=1, message_id=7)

    def files_with_it() -> set[str]:
        return {path.name for path in tmp_path.iterdir() if b"a secret" in path.read_bytes()}

    async with open_database(tmp_path) as engine, open_to_read(tmp_path) as other:
        await keep_answer(engine, answer)
        async with other.begin() as reading:
            await reading.exec_driver_sql("BEGIN")
            await reading.execute(select(watches))
            async with asyncio.timeout(10):
                await forget_chat(engine, 1)  # which cannot be wiped now
        assert files_with_it()
        await wipe(engine)
        assert files_with_it() == set()
        await keep_answer(engine, answer)


async def test_a_disk_that_fails_while_it_is_wiped_counts_as_away(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    async with open_database(tmp_path) as engine:
        await save_preferences(engine, 1, GERMAN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
        try:
            with pytest.raises(AWAY):
                await wipe(engine)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        await wipe(engine)


async def test_many_writers_wait_for_each_other(engine: AsyncEngine) -> None:
    async def write(update_id: int) -> None:
        async with engine.begin() as db:
            await db.execute(select(func.count()).select_from(updates))
            await db.execute(updates.insert().values(update_id=update_id, received_at=0.0))

    await asyncio.gather(*(write(at) for at in range(40)))
    async with engine.begin() as db:
        assert await db.scalar(select(func.count()).select_from(updates)) == 40


async def test_replicas_that_start_at_once_migrate_once(server: str, tmp_path: Path) -> None:
    url = await new_database(server)

    async def start() -> None:
        async with open_database(tmp_path, url) as engine, engine.begin() as db:
            assert await db.run_sync(differences) == []

    await asyncio.gather(*(start() for _ in range(5)))


async def test_a_second_bot_on_the_same_folder_is_told_so(tmp_path: Path) -> None:
    async with open_database(tmp_path):
        with pytest.raises(DatabaseError, match="another bot is running"):
            async with open_database(tmp_path):
                pass


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nonsense", "cannot be read"),
        ("mysql://user@host/name", "only PostgreSQL"),
        (
            "postgresql://user:secret@127.0.0.1:1/name",
            "no PostgreSQL answers at 127.0.0.1, port 1 ",
        ),
    ],
)
async def test_a_url_that_does_not_work_is_explained(url: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match=words) as raised:
        async with open_database(tmp_path, url):
            pass
    assert "DATABASE_URL" in str(raised.value)
    assert "secret" not in str(raised.value)


async def test_a_database_that_is_not_there_is_explained(server: str, tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="check DATABASE_URL"):
        async with open_database(tmp_path, f"{server}/nowhere"):
            pass


async def test_a_file_that_is_no_database_is_explained(tmp_path: Path) -> None:
    (tmp_path / "bot.sqlite").write_text("no database" * 1000)
    with pytest.raises(DatabaseError, match="is not a database"):
        async with open_database(tmp_path):
            pass
