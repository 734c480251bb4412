"""The quality gate: the figures of the answers on development data, and floors under them.

A floor is lowered only by `python -m tests.floors --lower`.
"""

from __future__ import annotations

import json
from pathlib import Path

from index.neural.encoder import SentenceEncoder
from index.neural.reader import TaughtReader
from tests.conftest import shared
from tests.floors import FILE, SETS, hash_of, measure


def check(name: str, folder: Path, encoder: SentenceEncoder, reader: TaughtReader) -> None:
    held = json.loads(FILE.read_text("utf-8"))[name]
    assert hash_of(SETS[name]) == held["data"], "the floors were measured on other data"
    found = measure(name, folder, encoder, reader)
    fallen = {key: value for key, value in found.items() if value < held["floors"][key]}
    assert not fallen


def test_the_seed_article_is_answered_as_well_as_ever(
    tmp_path: Path, encoder: SentenceEncoder, reader: TaughtReader
) -> None:
    shared("seeds")
    check("seed", tmp_path, encoder, reader)
