"""Teaching the reader: a pass over a handful of paragraphs, and what it leaves behind."""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from index.models import Framed
from index.neural.reader import WEIGHTS_FILE, TaughtReader
from index.types import Span

SAID = (
    ("Pavel Durov founded Telegram in 2013. He left Russia a year later.", "2013"),
    ("Police in Seoul opened 297 inquiries into deepfakes. Nobody was arrested.", "297"),
    ("Emmanuel Macron spoke in Paris on Monday. He denied any motive.", "Paris"),
    ("Sergei Lavrov called the approach too free. The Kremlin agreed.", "too free"),
)
ASKED = "Who founded Telegram?"
TEXT = "Telegram was founded by Durov in 2013. It grew fast."
PASSAGE = Framed("", TEXT, (Span(0, 38), Span(39, len(TEXT))))


def article(title: str, text: str, answer: str) -> dict[str, Any]:
    said = {"text": answer, "answer_start": text.index(answer)}
    asked = [
        {"question": f"What does {title} say of {answer}?", "answers": [said]},
        {"question": f"Why does {title} say so?", "answers": []},
    ]
    return {"title": title, "paragraphs": [{"context": text, "qas": asked}]}


@pytest.fixture
def sets(tmp_path: Path) -> Path:
    """Return a folder with all question sets, of four paragraphs each, none of them evaluated."""
    from index.neural.training import SETS  # PyTorch takes seconds

    for name in (*SETS, "xquad.en.json.gz"):
        given = [
            article(f"{name[:5]} {at}", f"{text} So says {name[:5]}.", answer)
            for at, (text, answer) in enumerate(SAID)
        ]
        (tmp_path / name).write_bytes(gzip.compress(json.dumps({"data": given}).encode()))
    return tmp_path


def test_pass_goes_on_from_the_weights_that_are_given(
    sets: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from index.neural.training import main

    out = sets / "reader.safetensors"
    arguments = [sets, "--out", out, "--begin", WEIGHTS_FILE]
    monkeypatch.setattr(sys, "argv", ["training", *map(str, arguments)])
    main()
    assert capsys.readouterr().err.count("auroc") == 1
    before, after = (TaughtReader(path).read(ASKED, PASSAGE) for path in (WEIGHTS_FILE, out))
    assert after != before
    assert after.answers == pytest.approx(before.answers, abs=0.5)  # of one step from there


def test_sets_that_are_missing_are_named_before_anything_is_read(
    sets: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from index.neural.training import main

    (sets / "xquad.en.json.gz").unlink()
    monkeypatch.setattr(sys, "argv", ["training", str(sets)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert "does not have xquad.en.json.gz" in capsys.readouterr().err
