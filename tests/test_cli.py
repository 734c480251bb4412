"""The command line as people and programs meet it: what it prints, and how it exits."""

from __future__ import annotations

import io
import json
import logging
import shutil
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from index import IndexSettings
from index import __main__ as command_line
from index.commands import console
from index.storage.store import FILE_NAME
from tests.clis import BODIES, QUESTION, Run, write
from tests.conftest import ROOT
from tests.fakes import OtherEncoder, WordEncoder

CAPTION = "  [1] News of freed · Daily · 2024-09-03"
COMMANDS = (
    "build", "add", "remove", "ask", "chat", "evaluate", "search", "stats", "history", "verify",
    "watch", "sources",
)  # fmt: skip

CITATION = {
    *("number", "article", "headline", "outlet", "published", "url"),
    *("excerpt", "start", "end", "score"),
}


Cli = Callable[..., Run]


def write_lines(file: Path, *lines: object) -> Path:
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return file


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[WordEncoder]:
    """The encoders loaded, a quick one each time."""
    loaded: list[WordEncoder] = []

    def load(_: IndexSettings, *, threads: int = 1) -> WordEncoder:
        loaded.append(WordEncoder())
        return loaded[-1]

    monkeypatch.setattr(IndexSettings, "load_encoder", load)
    monkeypatch.setattr(IndexSettings, "load_reader", lambda _: None)
    return loaded


@pytest.fixture
def cli(
    tmp_path: Path,
    loads: list[WordEncoder],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Cli:
    """Run a command in this process, its index in `tmp_path / "data"`."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr(console.out, "width", 80)
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)

    def run(*words: object, typed: str = "") -> Run:
        monkeypatch.setattr(sys, "argv", ["index", *map(str, words)])
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        capsys.readouterr()
        code: object = 0
        try:
            command_line.main()
        except SystemExit as end:
            code = end.code or 0
        assert isinstance(code, int)
        return Run(code, *capsys.readouterr())

    return run


@pytest.fixture
def news(tmp_path: Path) -> Path:
    return write(tmp_path / "news", BODIES)


@pytest.fixture
def built(cli: Cli, news: Path) -> Cli:
    assert cli("build", news).code == 0
    return cli


# Changing the index


def test_build_says_what_it_did(cli: Cli, news: Path) -> None:
    counts = "articles: 3 added, 0 changed, 0 unchanged, 0 removed; passages encoded: 3\n"
    assert cli("build", news) == Run(0, counts, "")


def test_files_of_other_kinds_are_counted(cli: Cli, news: Path) -> None:
    (news / "old").mkdir()
    for name in ("one.pdf", "old/two.PDF", "old/LICENSE", "README.md", ".hidden.doc"):
        (news / name).write_text("Rain.")
    run = cli("build", news)
    told = "passed over: 2 .pdf, 1 of no kind; read are .md, "
    assert (run.code, run.err.startswith(told), run.out[:18]) == (0, True, "articles: 3 added,")


def test_build_twice_encodes_nothing_and_then_what_changed_alone(cli: Cli, news: Path) -> None:
    first = cli("build", news, "--json").json
    assert sorted(first.pop("added")) == sorted(BODIES)
    nothing: dict[str, Any] = {"changed": [], "removed": [], "damaged": [], "errors": []}
    nothing |= {"copies": {}, "let_in": []}
    assert first == {**nothing, "unchanged": 0, "encoded": 3}
    again = cli("build", news, "--json").json
    assert again == {**nothing, "added": [], "unchanged": 3, "encoded": 0}
    write(news, {"rain": "Snow fell on Monday."})
    then = cli("build", news, "--json").json
    assert then == {**nothing, "added": [], "changed": ["rain"], "unchanged": 2, "encoded": 1}
    (news / "rain.md").unlink()
    assert "0 unchanged" not in cli("build", news).out
    assert cli("build", news, "--json").json["unchanged"] == 2


def test_build_without_paths_takes_the_sample_articles(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    assert "who-is-pavel-durov" in cli("build", "--json").json["added"]


def test_add_puts_more_in_and_remove_takes_out(built: Cli, tmp_path: Path) -> None:
    more = write(tmp_path / "more", {"snow": "Snow fell on Monday."})
    assert built("add", more, "--json").json["added"] == ["snow"]
    assert "1 unchanged" in built("add", more).out
    assert built("remove", "rain", "snow") == Run(0, "removed: rain, snow\n", "")
    assert built("remove", "freed", "--json").json == {"removed": ["freed"], "missing": []}
    assert built("stats", "--json").json["articles"] == 1


@pytest.mark.parametrize("command", ["build", "add"])
def test_what_had_been_removed_and_is_in_again_is_named(
    built: Cli, news: Path, command: str
) -> None:
    built("remove", "rain")
    again = built(command, news)
    assert "1 added, 0 changed, 2 unchanged" in again.out
    assert again.err == "article 'rain' had been removed by hand and is in again\n"
    assert built(command, news).err == ""


def test_remove_names_what_is_not_there_and_removes_the_rest(built: Cli) -> None:
    gone = built("remove", "rain", "none")
    assert gone == Run(1, "removed: rain\n", "error: no such article: 'none'\n")
    gone = built("remove", "none", "freed", "--json")
    assert gone.json == {"removed": ["freed"], "missing": ["none"]}
    assert gone.code == 1


def test_bad_articles_are_named_a_line_each_and_the_rest_is_indexed(cli: Cli, news: Path) -> None:
    (news / "bare.md").write_text("---\nheadline: No body\n---\n")
    (news / "broken.md").write_text("---\nheadline: [\n---\n\nText.\n")
    (news / "binary.txt").write_bytes(bytes(range(256)) * 9)
    names = ["bare.md", "binary.txt", "broken.md", "none.md"]
    run = cli("build", news, news / "none.md")
    *lines, last = run.err.splitlines()
    assert run.code == 1
    assert "3 added" in run.out
    assert [Path(line.split(":")[1].strip()).name for line in lines] == names
    assert all(line.startswith("error: ") for line in [*lines, last])
    assert last == "error: 4 article(s) could not be read; the rest is indexed"
    again = cli("add", news, "--json")
    assert (again.code, len(again.json["errors"]), again.json["unchanged"]) == (1, 3, 3)
    nothing = cli("add", news / "none.md")
    assert nothing.err.splitlines()[-1] == "error: 1 article(s) could not be read"


def test_folder_of_articles_may_hold_the_data_folder(cli: Cli, news: Path) -> None:
    data = ("--data", news / "var")
    assert cli(*data, "build", news).err == ""
    assert cli(*data, "remove", "rain").code == 0
    (news / "rain.md").unlink()
    again = cli(*data, "build", news)
    assert (again.code, again.err) == (0, "")
    assert "2 unchanged" in again.out


def test_nothing_is_removed_while_something_cannot_be_read(built: Cli, news: Path) -> None:
    (news / "rain.md").write_text("---\nheadline: [\n---\n\nText.\n")
    run = built("build", news)
    assert "0 removed" in run.out
    assert "nothing was removed" in run.err
    assert built("stats", "--json").json["articles"] == 3


@pytest.mark.parametrize("loss", ["left out", "damaged", "another model"])
def test_build_says_how_articles_of_sources_that_left_come_back(
    built: Cli, news: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, loss: str
) -> None:
    data, export = tmp_path / "data", tmp_path / "data" / "export.jsonl"
    write_lines(export, {"id": "snow", "headline": "Snow", "body": "Snow fell on Monday."})
    (data / "sources.toml").write_text('[[files]]\nname = "own"\npath = "export.jsonl"\n')
    assert "1 added" in built("watch", "--once").out
    if loss == "damaged":
        (data / FILE_NAME).write_bytes(b"no database")
    if loss == "another model":
        monkeypatch.setattr(IndexSettings, "load_encoder", lambda _, threads=1: OtherEncoder())
    ledger = data / "sources"
    said = f"if articles of your sources left, delete {str(ledger)!r}: then they are fetched anew"
    assert said in built("build", news).err
    assert built("build", news).err == ""
    shutil.rmtree(ledger)
    assert "1 added" in built("watch", "--once").out


# Asking


def test_answer_shows_the_excerpt_its_citation_and_the_coverage(built: Cli) -> None:
    run = built("ask", QUESTION, "--k", "1")
    assert run == Run(
        0,
        f"\n  {BODIES['freed']}\n  [1] News of freed · Daily · 2024-09-03\n\n"
        "Coverage: 3 articles, published 2024-09-03\n",
        "",
    )


def test_refusal_says_so_and_shows_the_nearest(built: Cli) -> None:
    run = built("ask", "What is the capital of Mongolia?")
    assert run.code == 0
    first, second, *_ = run.out.splitlines()
    assert (first, second) == ("The coverage does not answer that.", "The closest coverage:")


ANSWER = {
    *("question", "answered", "citations", "nearest", "coverage"),
    *("understood", "reason", "lacking", "unanswered", "unsaid", "unmentioned", "meant"),
}


def test_ask_prints_one_object_for_programs(built: Cli) -> None:
    answer = built("ask", "--json", f"  {QUESTION}\u202e").json
    assert answer.keys() == ANSWER
    assert (answer["question"], answer["answered"], answer["nearest"]) == (QUESTION, True, [])
    assert answer["coverage"] == {"articles": 3, "from": "2024-09-03", "to": "2024-09-03"}
    first = answer["citations"][0]
    assert first.keys() == CITATION
    score = first.pop("score")
    assert 0.5 <= score <= 1
    assert first == {
        "number": 1,
        "article": "freed",
        "headline": "News of freed",
        "outlet": "Daily",
        "published": "2024-09-03",
        "url": "",
        "excerpt": BODIES["freed"],
        "start": 0,
        "end": len(BODIES["freed"]),
    }


def test_refusal_for_programs_has_the_nearest_in_the_same_shape(built: Cli) -> None:
    answer = built("ask", "--json", "What is the capital of Mongolia?").json
    assert (answer["answered"], answer["citations"]) == (False, [])
    assert answer["nearest"]
    assert all(near.keys() == CITATION for near in answer["nearest"])


def test_k_is_the_most_shown(built: Cli) -> None:
    for k in (1, 2, 3):
        assert len(built("ask", "--json", "--k", k, "Oslo?").json["nearest"]) == k
        assert len(built("search", "--json", "--k", k, "Durov").json["hits"]) == k


@pytest.mark.parametrize(
    "question",
    ["", "😀🎉", "\u202e\u200b", "word " * 2000],
    ids=["empty", "emoji", "bidi", "10,000 characters"],
)
@pytest.mark.parametrize("command", ["ask", "search"])
def test_what_cannot_be_asked_is_an_error_in_a_line(
    built: Cli, command: str, question: str
) -> None:
    assert "question" in built(command, question).error
    assert "question" in built(command, "--json", question).error


def test_file_of_questions_is_answered_a_line_each_with_the_model_loaded_once(
    built: Cli, tmp_path: Path, loads: list[WordEncoder]
) -> None:
    file = write_lines(
        tmp_path / "questions.jsonl",
        {"question": QUESTION},
        {"question": "When did he leave Russia?", "after": None, "asked": "2024-09-04"},
        {"question": "And on bail?", "after": "Who freed Durov?", "asked": "2024-09-04T12:00"},
    )
    del loads[:]
    run = built("ask", "--file", file, "--json")
    answers = [json.loads(line) for line in run.out.splitlines()]
    assert (run.code, run.err, len(loads)) == (0, "", 1)
    assert [answer["question"] for answer in answers] == [
        QUESTION,
        "When did he leave Russia?",
        "And on bail?",
    ]
    assert answers[2]["citations"][0]["article"] == "freed"
    assert built("ask", "--file", file).out.count("Coverage: 3 articles") == 3


def test_question_in_a_file_that_cannot_be_asked_does_not_stop_the_others(
    built: Cli, tmp_path: Path
) -> None:
    unseen = "\0\ud83d"
    file = write_lines(tmp_path / "q.jsonl", {"question": unseen}, {"question": QUESTION})
    run = built("ask", "--file", file, "--json")
    first, second = map(json.loads, run.out.splitlines())
    assert first.keys() == {"question", "error"}
    assert first["question"] == unseen
    assert second["answered"]
    assert (run.code, run.err) == (1, "error: 1 of 2 questions could not be asked\n")
    told = built("ask", "--file", file)
    assert told.err.count("error: ") == 2
    assert BODIES["freed"] in told.out


@pytest.mark.parametrize(
    "line",
    ["{", "[]", '"Who?"', "{}", '{"question": 5}', '{"question": "Who?", "after": []}',
     '{"question": "Who?", "asked": "tomorrow"}'],
)  # fmt: skip
def test_line_that_is_no_question_is_named_before_anything_is_loaded(
    built: Cli, tmp_path: Path, loads: list[WordEncoder], line: str
) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text(f'{{"question": "{QUESTION}"}}\n\n{line}\n')
    del loads[:]
    assert f"{file}:3: " in built("ask", "--file", file, "--json").error
    assert loads == []


def test_file_that_cannot_be_read_is_named(built: Cli, tmp_path: Path) -> None:
    for file in (tmp_path / "none.jsonl", tmp_path):
        assert str(file) in built("ask", "--file", file).error
    (tmp_path / "binary.jsonl").write_bytes(b"\xff\xfe\x00")
    assert "binary.jsonl" in built("ask", "--file", tmp_path / "binary.jsonl").error
    (tmp_path / "empty.jsonl").write_text("\n\n")
    assert "no question in it" in built("ask", "--file", tmp_path / "empty.jsonl").error


ABSENT = "According to Reuters, who freed Durov on bail in Paris?"
LACKING = "There is no coverage by Reuters."


def test_what_an_absent_outlet_reported_is_refused_with_the_reason(built: Cli) -> None:
    first, second, third, *_ = built("ask", ABSENT).out.splitlines()
    assert (first, second) == ("The coverage does not answer that.", LACKING)
    assert third == "The closest coverage:"
    assert "To search everything: --anywhere" in built("ask", ABSENT).out
    assert "To search everything: /everywhere" in built("chat", typed=f"{ABSENT}\n").out
    answer = built("ask", "--json", ABSENT).json
    assert (answer["answered"], answer["reason"]) == (False, LACKING)


def test_outlet_that_is_lacking_beside_one_that_is_not_is_a_note(built: Cli) -> None:
    asked = "What did Reuters and the Daily report about who freed Durov on bail in Paris?"
    answer = built("ask", "--json", asked).json
    assert (answer["answered"], answer["reason"]) == (True, "")
    assert answer["lacking"] == ["Reuters"]
    assert LACKING in built("ask", asked).out.splitlines()


def test_a_phrase_that_nothing_has_is_told_below_the_answer(built: Cli) -> None:
    asked = "Who freed Durov “for the time being” on bail in Paris?"
    assert built("ask", "--json", asked).json["unsaid"] == ["for the time being"]
    assert "Not found word for word: “for the time being”." in built("ask", asked).out.splitlines()


def test_a_refusal_says_what_no_article_mentions_and_what_may_be_meant(built: Cli) -> None:
    asked = "Who is the aunt of Pavel Duorv, and of Ann Fenwick?"
    answer = built("ask", "--json", asked).json
    assert not answer["answered"]
    assert "Ann Fenwick" in answer["unmentioned"]
    assert answer["meant"] == ["Durov"]
    lines = built("ask", asked).out.splitlines()
    assert f"No article mentions {', '.join(answer['unmentioned'])}." in lines
    assert "Did you mean Durov?" in lines


def test_anywhere_lifts_the_refusal_for_an_absent_outlet(built: Cli, tmp_path: Path) -> None:
    answer = built("ask", "--json", "--anywhere", ABSENT).json
    assert (answer["answered"], answer["reason"]) == (True, "")
    assert answer["citations"][0]["article"] == "freed"
    file = write_lines(tmp_path / "questions.jsonl", {"question": ABSENT})
    assert not built("ask", "--json", "--file", file).json["answered"]
    assert built("ask", "--json", "--file", file, "--anywhere").json["answered"]


def test_anywhere_makes_no_answer_of_what_the_coverage_does_not_say(built: Cli) -> None:
    asked = "What does a Reuters report say about Mongolia?"
    assert built("ask", "--json", asked).json["reason"] == LACKING
    answer = built("ask", "--json", "--anywhere", asked).json
    assert (answer["answered"], answer["reason"]) == (False, "")


@pytest.mark.parametrize(
    ("question", "how", "understood"),
    [
        pytest.param(
            "Who freed Durov, according to Daily?", "first", "coverage by Daily", id="outlet"
        ),
        pytest.param(
            "Who freed Durov on bail since 1 September 2024?",
            *("only", "coverage since 1 Sep 2024"),
            id="time",
        ),
    ],
)
def test_what_was_looked_for_first_is_said_below_the_answer(
    built: Cli, question: str, how: str, understood: str
) -> None:
    *_, note, wider, coverage = built("ask", question).out.splitlines()
    assert note == f"Searched {how}: {understood}"
    assert wider == "To search everything: --anywhere"
    assert coverage.startswith("Coverage: ")
    assert built("ask", "--json", question).json["understood"] == understood
    assert "Searched" not in built("ask", "--anywhere", question).out


def test_search_shows_passages_with_their_ranks_and_scores(built: Cli) -> None:
    run = built("search", "Durov on bail", "--k", "2")
    assert run.out.startswith("  1  1.000  News of freed · Daily · freed\n")
    assert f"            {BODIES['freed']}\n\n  2  0." in run.out
    found = built("search", "Durov on bail", "--json").json
    assert found.keys() == {"query", "hits"}
    assert [hit["rank"] for hit in found["hits"]] == [1, 2, 3]
    for hit in found["hits"]:
        assert hit.keys() == CITATION - {"number", "excerpt"} | {"rank", "passage"}
        assert BODIES[hit["article"]][hit["start"] : hit["end"]] == hit["passage"]
        assert 0 <= hit["score"] <= 1


def test_long_captions_and_excerpts_are_wrapped_under_their_beginning(
    cli: Cli, tmp_path: Path
) -> None:
    headline = " ".join(["Headline"] * 14)
    body = " ".join(["Durov"] * 30) + "."
    file = write_lines(tmp_path / "long.jsonl", {"headline": headline, "body": body})
    assert cli("build", file).code == 0
    lines = cli("ask", "Durov?").out.splitlines()
    assert max(map(len, lines)) <= 80
    at = next(number for number, line in enumerate(lines) if line.startswith("  [1] "))
    assert lines[at + 1].startswith("      Headline")
    assert all(line == line.rstrip() for line in lines)


# Talking


def test_chat_answers_every_line_until_the_input_ends(built: Cli) -> None:
    run = built("chat", typed=f"{QUESTION}\n\n  \n😀\n/ask {QUESTION}\n/sources\n/help")
    assert run.code == 0
    assert run.out.count(f"  {BODIES['freed']}\n") == 2
    assert "outlet  articles\nDaily   3" in run.out
    assert "Ask anything about the coverage. /sources shows what there is;" in run.out
    assert run.err == "there is no word in that question: ask about something in the news\n"


def test_chat_understands_a_follow_up(built: Cli) -> None:
    alone = built("chat", typed="And in Paris?\n").out
    follows = built("chat", typed="Who freed Durov on bail?\nAnd in Paris?\n").out
    _, follow_up, _ = follows.split("Coverage:")
    assert BODIES["freed"] in follow_up
    assert alone != follow_up


def test_chat_understands_the_follow_up_of_a_follow_up(built: Cli) -> None:
    follow_ups = "And why?\nAnd how?\n"
    told = built("chat", typed=f"{QUESTION}\n{follow_ups}").out.split("Coverage:")
    assert [CAPTION in each for each in told] == [True, True, True, False]
    assert CAPTION not in built("chat", typed=follow_ups).out


def test_everywhere_in_chat_asks_the_last_question_of_all_the_coverage(built: Cli) -> None:
    run = built("chat", typed=f"{ABSENT}\n/everywhere\n")
    refusal, answer, end = run.out.split("Coverage:")
    assert LACKING in refusal
    assert answer.splitlines()[2:4] == [f"  {BODIES['freed']}", CAPTION]
    assert (run.err, end.count("\n")) == ("", 1)


def test_everywhere_in_chat_asks_what_a_follow_up_stands_for(built: Cli) -> None:
    run = built("chat", typed=f"{QUESTION}\nAnd according to Reuters?\n/everywhere\n")
    first, refusal, answer, _ = run.out.split("Coverage:")
    assert LACKING not in first
    assert LACKING in refusal
    assert LACKING not in answer
    assert CAPTION in answer


@pytest.mark.parametrize("before", ["", "😀\n", "/sources\n"], ids=["nothing", "emoji", "command"])
def test_everywhere_in_chat_without_a_question_before_it_says_so(built: Cli, before: str) -> None:
    run = built("chat", typed=f"{before}/everywhere\n/everywhere\n")
    assert run.code == 0
    which = "which question? ask one before /everywhere, or put it behind"
    assert run.err.splitlines()[-2:] == [which] * 2


def test_everywhere_in_chat_asks_the_question_behind_it(built: Cli) -> None:
    run = built("chat", typed=f"/everywhere {ABSENT}\n")
    assert CAPTION in run.out
    assert LACKING not in run.out


def test_case_of_a_command_in_chat_does_not_matter(built: Cli) -> None:
    run = built("chat", typed=f"/Sources\n/ASK {QUESTION}\n/HELP\n/Quit\n{QUESTION}\n")
    assert "outlet  articles\nDaily   3" in run.out
    assert "Ask anything about the coverage." in run.out
    assert (run.out.count(CAPTION), run.err) == (1, "")


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        pytest.param("/ask", "which question? put it behind /ask, or just write it", id="ask"),
        pytest.param("/latest Durov", "there is no command '/latest' in the terminal: there are "
                     "/ask, /everywhere, /sources, /help and /quit", id="of Telegram"),
        pytest.param("/Durov", "there is no command '/durov' in the terminal: there are "
                     "/ask, /everywhere, /sources, /help and /quit", id="of nobody"),
    ],
)  # fmt: skip
def test_what_is_no_question_in_chat_is_not_asked(built: Cli, line: str, complaint: str) -> None:
    assert built("chat", typed=f"{line}\n") == Run(0, "", f"{complaint}\n")


def test_what_cannot_be_asked_in_chat_is_not_followed_up(built: Cli) -> None:
    run = built("chat", typed=f"{ABSENT}\n😀\n/everywhere\n")
    assert run.err.count("\n") == 1
    assert CAPTION in run.out.split("Coverage:")[1]


@pytest.mark.parametrize("word", ["/quit", "/exit"])
def test_chat_ends_on_a_word(built: Cli, word: str) -> None:
    assert built("chat", typed=f"{word}\n{QUESTION}\n") == Run(0, "", "")


# Evaluating


@pytest.fixture
def judged(tmp_path: Path) -> Path:
    return write_lines(
        tmp_path / "judged.jsonl",
        {"question": QUESTION, "answerable": True, "gold": ["freed Durov"]},
        {"question": "Who founded Telegram?", "answerable": True, "evidence": ["founder"]},
        {"question": "What is the capital of Mongolia?", "answerable": False},
        {"question": "Who wrote that?", "answerable": None},
    )


def test_evaluate_shows_each_figure_with_its_interval(built: Cli, judged: Path) -> None:
    run = built("evaluate", judged)
    assert (run.code, run.err) == (0, "")
    head, *lines = run.out.splitlines()
    assert head.split() == ["figure", "value", "95", "%", "interval", "meaning"]
    table = {line.split()[0]: line.split()[1:3] for line in lines if "–" in line}
    assert table.keys() >= {"answered", "hit@1", "mrr@10", "refused", "rightly", "auroc"}
    assert table["answered"] == table["refused"] == ["1.000", "1.000–1.000"]
    summary, *slowest = lines[-4:]
    assert summary.startswith("questions: 3, median ")
    assert sorted(line.split(" ms  ")[1] for line in slowest) == [
        "What is the capital of Mongolia?",
        "Who founded Telegram?",
        QUESTION,
    ]


def test_evaluate_names_evidence_that_is_not_indexed(built: Cli, tmp_path: Path) -> None:
    line = {"question": QUESTION, "answerable": True, "evidence": ["freed", "lost", "gone"]}
    run = built("evaluate", write_lines(tmp_path / "judged.jsonl", line), "--json")
    assert run.err == "no such article, so missed: 'gone', 'lost'\n"
    assert run.json["figures"]["recall@10"]["value"] == 0.3333


def test_evaluate_prints_one_object_for_programs(built: Cli, judged: Path) -> None:
    report = built("evaluate", judged, "--json").json
    assert report.keys() == {"questions", "figures", "median_ms", "slowest"}
    assert report["questions"] == 3
    assert report["figures"]["hit@1"] == {"value": 1.0, "low": 1.0, "high": 1.0}
    assert report["median_ms"] > 0
    assert [one.keys() for one in report["slowest"]] == [{"question", "ms"}] * 3
    again = built("evaluate", judged, "--json").json
    assert again["figures"] == report["figures"]


def test_evaluate_draws_a_png_beside_the_figures(built: Cli, judged: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="needs clipdesk[evaluate]")
    picture = tmp_path / "risk.png"
    assert built("evaluate", judged, "--curve", picture, "--json").json["questions"] == 3
    assert picture.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    assert picture.read_bytes().rstrip(b"\xae\x42\x60\x82").endswith(b"IEND")


def test_picture_that_cannot_be_written_costs_no_figures(
    built: Cli, judged: Path, tmp_path: Path
) -> None:
    pytest.importorskip("matplotlib", reason="needs clipdesk[evaluate]")
    run = built("evaluate", judged, "--json", "--curve", tmp_path / "none" / "risk.png")
    assert (run.code, run.json["questions"]) == (1, 3)
    assert run.err.startswith("error: cannot write '")
    assert run.err.count("\n") == 1


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        pytest.param('{"question": "Who?"}\n', "no judged question in it", id="none judged"),
        pytest.param("\n", "no judged question in it", id="empty"),
        pytest.param('\n{"question": ""}\n', "judged.jsonl:2: ", id="no question"),
        pytest.param('{"question": "Who?", "answerable": "no"}', "jsonl:1: ", id="answerable"),
        pytest.param('{"question": "Who?", "gold": "Durov"}', "jsonl:1: ", id="gold"),
        pytest.param('{"question": "Who?", "evidence": [1]}', "jsonl:1: ", id="evidence"),
    ],
)
def test_file_that_judges_nothing_is_an_error_in_a_line_before_anything_is_loaded(
    built: Cli, tmp_path: Path, loads: list[WordEncoder], lines: str, told: str
) -> None:
    file = tmp_path / "judged.jsonl"
    file.write_text(lines)
    del loads[:]
    for more in ((), ("--json",)):
        assert told in built("evaluate", file, *more).error
    assert loads == []
    assert str(tmp_path / "none") in built("evaluate", tmp_path / "none").error


def test_picture_without_matplotlib_says_how_to_install_it(
    built: Cli, judged: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("matplotlib.backends.backend_agg", "matplotlib.figure"):
        monkeypatch.setitem(sys.modules, name, None)
    run = built("evaluate", judged, "--curve", tmp_path / "risk.png")
    assert run.code == 1
    assert run.err.endswith(": pip install -e '.[evaluate]'\n")


def test_evaluate_on_nothing_says_how_to_begin(cli: Cli, judged: Path, tmp_path: Path) -> None:
    error = cli("--data", tmp_path / "none", "evaluate", judged).error
    assert error.endswith(f"python -m index --data {tmp_path / 'none'} build\n")


# Looking after the index


def test_stats_says_where_no_article_is_dated(cli: Cli, tmp_path: Path) -> None:
    news = write_lines(tmp_path / "news.jsonl", {"headline": "Rain", "body": "Rain fell."})
    assert cli("build", news).code == 0
    assert "newest: none is dated\n" in cli("stats").out
    assert cli("stats", "--json").json["newest"] is None


def test_stats_tells_what_is_indexed(built: Cli, tmp_path: Path) -> None:
    facts = built("stats", "--json").json
    assert facts.pop("bytes") > 1000
    assert facts == {
        "articles": 3,
        "from": "2024-09-03",
        "to": "2024-09-03",
        "outlets": {"Daily": 3},
        "sources": [],
        "newest": {"article": "rain", "headline": "News of rain", "published": "2024-09-03"},
        "history": {"articles": 0, "versions": 0, "last": None},
        "passages": 3,
        "model": "words",
        "dimension": 64,
        "folder": str(tmp_path / "data"),
    }
    out = built("stats").out
    assert out.startswith("Coverage: 3 articles, published 2024-09-03\n")
    assert "model: words\n" in out
    assert "newest: News of rain · 2024-09-03\n" in out
    assert "history: 0 earlier versions of 0 articles\n" in out


def test_history_tells_what_changed_and_when(built: Cli, news: Path) -> None:
    assert built("history", "rain").out == "nothing changed since it was indexed\n"
    write(news, {"rain": "Rain fell on Monday. It stopped."})
    built("build", news)
    out = built("history", "rain").out
    assert "− Rain fell on Sunday.\n  + Rain fell on Monday.\n  + It stopped.\n" in out
    built("remove", "rain")
    assert built("history", "rain").out.endswith("UTC\n  removed\n")
    told = built("history", "rain", "--json").json
    assert (told["article"], told["stands"], len(told["changes"])) == ("rain", False, 2)
    assert told["changes"][0]["gone"] == ["Rain fell on Sunday."]
    assert "2 earlier versions of 1 articles, the last until" in built("stats").out
    assert built("history", "none").error == "error: no such article: 'none'\n"


def test_verify_finds_everything_as_it_was_written(built: Cli) -> None:
    assert built("verify") == Run(0, "everything is as it was written\n", "")
    assert built("verify", "--json").json == {"sound": True, "problems": []}


@pytest.mark.parametrize("command", [["stats"], ["verify"], ["history", "rain"]])
def test_what_looks_at_an_index_of_an_earlier_format_says_what_brings_it_up_to_date(
    cli: Cli, tmp_path: Path, command: list[str]
) -> None:
    (tmp_path / "data").mkdir()
    with closing(sqlite3.connect(tmp_path / "data" / FILE_NAME)) as db:
        db.executescript((ROOT / "tests" / "format_1.sql").read_text("utf-8"))
    assert "is of format '1', not '2': " in (error := cli(*command).error)
    assert error.endswith(" build PATH…\n")


def test_verify_lists_what_is_off_and_says_how_to_mend_it(built: Cli, tmp_path: Path) -> None:
    (tmp_path / "data" / "vectors" / "passages.faiss").unlink()
    run = built("verify")
    assert run.code == 1
    assert run.out == "the vectors index is damaged; the next question makes it anew\n"
    mend = f"python -m index --data {tmp_path / 'data'} build PATH…"
    assert run.err == f"error: 1 problem(s): {mend}\n"
    report = built("verify", "--json")
    assert (report.code, report.json["sound"], len(report.json["problems"])) == (1, False, 1)


def test_truncated_index_is_made_anew_and_the_question_answered(
    built: Cli, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for file in (tmp_path / "data" / "vectors").glob("*.faiss"):
        file.write_bytes(file.read_bytes()[:100])
    with caplog.at_level(logging.WARNING):
        assert BODIES["freed"] in built("ask", QUESTION).out
    assert "making it anew" in caplog.text
    assert built("verify").code == 0


def test_damaged_store_is_refused_in_a_line_and_kept_by_the_build_that_mends(
    built: Cli, news: Path, tmp_path: Path
) -> None:
    (tmp_path / "data" / FILE_NAME).write_bytes(b"not a database" * 1000)
    for words in (["ask", QUESTION], ["stats"]):
        assert "build PATH…" in built(*words).error
    assert "the damaged store was kept as" in built("build", news).err
    assert built("verify").code == 0


def test_index_of_another_model_is_refused_until_it_is_built_anew(
    built: Cli, news: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(IndexSettings, "load_encoder", lambda *_, **__: OtherEncoder())
    for words in (["ask", QUESTION], ["search", "Durov"], ["add", news]):
        assert "'words', not 'other words'" in built(*words).error
    assert built("build", news, "--json").json["encoded"] == 3
    assert BODIES["freed"] in built("ask", QUESTION).out


# Wrong usage, and errors that every command has


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("answer",),
        ("add",),
        ("remove",),
        ("ask",),
        ("ask", QUESTION, "--file", "questions.jsonl"),
        ("ask", QUESTION, "--k", "0"),
        ("ask", QUESTION, "--k", "101"),
        ("ask", QUESTION, "--k", "few"),
        ("ask", "two", "words"),
        ("search",),
        ("evaluate",),
        ("evaluate", "judged.jsonl", "--k", "3"),
        ("chat", QUESTION),
        ("stats", "--all"),
        ("build", "--force"),
    ],
    ids=lambda words: " ".join(words) or "nothing",
)
def test_wrong_usage_exits_2_and_shows_the_right_one(
    built: Cli, loads: list[WordEncoder], words: tuple[str, ...]
) -> None:
    del loads[:]
    run = built(*words)
    assert run.code == 2
    assert "Usage: python -m index" in (run.err if words else run.out)
    assert loads == []


@pytest.mark.parametrize(
    "words",
    [
        ("ask", QUESTION),
        ("chat",),
        ("search", "Durov"),
        ("stats",),
        ("verify",),
        ("remove", "rain"),
    ],
    ids=lambda words: words[0],
)
def test_command_on_nothing_says_how_to_begin_before_a_model_is_loaded(
    cli: Cli, tmp_path: Path, loads: list[WordEncoder], words: tuple[str, ...]
) -> None:
    error = cli("--data", tmp_path / "none", *words).error
    assert error.endswith(f"python -m index --data {tmp_path / 'none'} build\n")
    assert loads == []
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("written", ["{} {}", "{}={}"])
def test_folder_may_be_named_anywhere(cli: Cli, tmp_path: Path, place: int, written: str) -> None:
    words = ["search", "rain"]
    words[place:place] = written.format("--data", tmp_path / "none").split()
    assert str(tmp_path / "none") in cli(*words).error


@pytest.mark.parametrize("words", [("stats",), ("sources",), ("sources", "add")])
def test_help_of_each_command_tells_of_it(cli: Cli, words: tuple[str, ...]) -> None:
    assert "--data FOLDER" in cli(*words, "--help").out


def test_folder_that_is_not_named_is_asked_for(cli: Cli) -> None:
    run = cli("stats", "--data")
    assert run.code == 2
    assert "--data needs a folder behind it" in run.err


def test_what_stands_behind_two_dashes_is_no_option(built: Cli) -> None:
    assert built("ask", "--", "--data").code == 0


def test_setting_that_is_wrong_is_named_in_a_line(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALLOW_PRIVATE_ADDRESSES", "perhaps")
    error = cli("stats").error
    assert error.startswith("error: setting ALLOW_PRIVATE_ADDRESSES: ")
    assert error.endswith(", not 'perhaps'\n")


def test_settings_that_are_no_text_are_told_in_a_line(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_bytes("# Büro\n".encode("latin-1"))
    assert cli("stats").error == "error: .env is no text in UTF-8: save it as that\n"


def test_help_explains_every_command_and_its_options(cli: Cli) -> None:
    listed = cli("--help")
    assert listed.code == 0
    assert "DATA_DIR" in listed.out
    for command in COMMANDS:
        run = cli(command, "--help")
        assert (run.code, run.err) == (0, "")
        assert f"Usage: python -m index {command} " in run.out
        assert f" {command} " in listed.out
        assert ("--json" in run.out) == (command != "chat")
        assert ("--k " in run.out) == (command in {"ask", "chat", "search"})
