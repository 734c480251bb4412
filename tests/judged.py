"""Questions that somebody has judged, and the articles that they are about.

The data lies beside the checkout (../shared) and is not part of the project.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from index.evaluation.questions import Question, read_questions
from index.types import Article
from tests.conftest import SHARED

__all__ = [
    "DATA",
    "NEWS",
    "multihop_questions",
    "news_questions",
    "paragraphs",
    "seed_questions",
    "write",
]

DATA = SHARED / "data"
NEWS = DATA / "multihop_rag" / "corpus_subset_70.json"


def seed_questions() -> list[Question]:
    return list(read_questions(DATA / "seed_questions.jsonl"))


def multihop_questions() -> list[Question]:
    folder = DATA / "multihop_rag"
    lines = [
        line
        for name in ("covered_queries.json", "null_queries.json")
        for line in json.loads((folder / name).read_text("utf-8"))
    ]
    facts = [tuple(fact["fact"] for fact in line["evidence_list"]) for line in lines]
    return [
        Question(line["query"], answerable=bool(gold), gold=gold)
        for line, gold in zip(lines, facts, strict=True)
    ]


def news_questions(part: str) -> list[Question]:
    """Return short questions about the news articles of MultiHop-RAG, as readers ask them.

    Written for this project: as many that an article answers as near ones that none does, for
    which all the articles were searched. Those of "development" were in view when the judging was
    last changed; those of "held_out", about other articles, were written before that, and nothing
    was chosen by them.
    """
    return list(read_questions(Path(__file__).with_name(f"news_{part}.jsonl")))


def paragraphs(name: str, *, second_half: bool = False) -> list[tuple[Article, list[Question]]]:
    """Return the paragraphs of a question set as articles, each with its questions."""
    data = json.loads(gzip.decompress((DATA / "squad" / name).read_bytes()))["data"]
    data.sort(key=lambda one: str(one["title"]))
    found = []
    for about in data[len(data) // 2 :] if second_half else data:
        for number, paragraph in enumerate(about["paragraphs"]):
            title = about["title"].replace("_", " ")
            article = Article(f"{about['title']}-{number}", title, paragraph["context"])
            found.append((article, [_question(one) for one in paragraph["qas"]]))
    return found


def _question(one: dict[str, Any]) -> Question:
    gold = tuple({answer["text"] for answer in one["answers"]})
    return Question(one["question"].strip(), answerable=bool(gold), gold=gold)


def write(articles: Sequence[Article], path: Path) -> Path:
    """Write articles to a JSONL file, to be indexed like any other."""
    fields = ("id", "headline", "body", "language")
    lines = [json.dumps({name: getattr(a, name) for name in fields}) for a in articles]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path
