"""DATABASE_URL, as people are handed it, with a real server behind it where one is asked."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.keeping.database import open_database, open_to_read
from bot.keeping.servers import DatabaseError, read_server
from tests.databases import new_database
from tests.fault_processes import free_port

HANDED_OUT = (
    "sslmode=disable&channel_binding=prefer",
    "connect_timeout=10&application_name=clipdesk",
    "sslmode=prefer&target_session_attrs=read-write",
    "keepalives=1&keepalives_idle=30&keepalives_interval=5&keepalives_count=3",
    "gssencmode=disable&fallback_application_name=other&client_encoding=auto",
    "ssl=disable",
    "options=-c%20application_name%3Dclipdesk",
)


@pytest.mark.parametrize("parameters", HANDED_OUT)
async def test_parameters_that_providers_hand_out_are_taken(
    server: str, tmp_path: Path, parameters: str
) -> None:
    url = f"{await new_database(server)}?{parameters}"
    async with open_database(tmp_path, url) as engine, engine.connect() as db:
        name = await db.scalar(text("SHOW application_name"))
    assert name == ("clipdesk" if "application_name=c" in parameters.replace("%3D", "=") else "")
    async with open_to_read(tmp_path, url) as engine, engine.connect() as db:
        assert await db.scalar(text("SELECT 1")) == 1


async def test_of_several_hosts_one_that_answers_is_taken(server: str, tmp_path: Path) -> None:
    url = await new_database(server)
    several = url.replace("@", f"@127.0.0.1:{free_port()},") + "?target_session_attrs=read-write"
    async with open_database(tmp_path, several) as engine, engine.connect() as db:
        assert await db.scalar(text("SELECT 1")) == 1
    nowhere = re.sub("@.*/", f"@127.0.0.1:{free_port()},localhost:{free_port()}/", url)
    with pytest.raises(
        DatabaseError, match=r"no PostgreSQL answers at 127\.0\.0\.1:.*,localhost:"
    ):
        async with open_database(tmp_path, nowhere):
            pass


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql://u:secret@host:abc/db", "a port that is no number"),
        ("postgresql://u:secret@host:70000/db", "a port that is no number"),
        ("postgresql://u:secret@host:1,other:abc/db", "a port that is no number"),
        ("postgresql://u:secret/db", "a port that is no number"),
        ("postgresql://u:secret@host/db?port=abc", "a port that is no number"),
        ("postgresql://u:secret@host/db?pgbouncer=true", "'pgbouncer', .*: take it out"),
        ("postgresql://u:secret@host/db?connect_timeout=1m", "connect_timeout='1m': write sec"),
        ("postgresql://u:secret@host/db?gssencmode=require", "gssencmode='require'"),
    ],
)
def test_what_cannot_be_had_is_named_and_no_password(url: str, words: str) -> None:
    with pytest.raises(DatabaseError, match=words) as raised:
        read_server(url)
    assert "DATABASE_URL" in str(raised.value)
    assert "secret" not in str(raised.value)


def test_who_wants_the_channel_bound_is_told_what_is_checked_instead(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING):
        read_server("postgresql://u@host/db?sslmode=require&channel_binding=require")
    assert "sslmode=verify-full" in caplog.text


@pytest.mark.parametrize(
    ("url", "dsn"),
    [
        ("postgresql://u:p#x@host/db", None),
        ("postgresql://u:p,x@host/db", None),
        ("postgres://u@host/db?sslmode=verify-full&sslrootcert=/a%20b", "sslrootcert=%2Fa+b"),
        ("postgresql://u@host/db?ssl=true", "sslmode=require"),
        ("postgresql://[::1]:5432,[::2]/db?options=a@b,c", "host=%5B%3A%3A1%5D%3A5432%2C%5B"),
        ("postgresql:///db?host=/run/postgresql", "host=%2Frun%2Fpostgresql"),
    ],
)
def test_what_asyncpg_does_by_itself_is_left_to_it(url: str, dsn: str | None) -> None:
    found = read_server(url)
    assert found.url.database == "db"
    assert found.url.query == {}
    assert (dsn or "") in found.arguments.get("dsn", "")
    assert ("dsn" in found.arguments) == (dsn is not None)


def test_a_server_has_the_time_that_is_said() -> None:
    assert read_server("postgresql://u@host/db?connect_timeout=3").arguments["timeout"] == 3
    assert read_server("postgresql://u@host/db?connect_timeout=0").arguments["timeout"] == 10
