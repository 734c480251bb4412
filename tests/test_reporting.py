"""What an evaluation says in a terminal and to programs, however little there is to say."""

from __future__ import annotations

import json

import pytest

from index.commands import console, reporting
from index.evaluation.evaluate import Asked
from index.evaluation.questions import Question

RIGHT = Asked(
    Question("Who left?", answerable=True, gold=("left",)), True, 2, 1.0, True, 0.9, 0.0123456
)
NONE = Asked(Question("Who [bold]came[/]?", answerable=False), False, 0, 0.0, False, 0.2, 0.4)
SURE = {"value": 1.0, "low": 1.0, "high": 1.0}


def test_report_of_one_question_has_its_figures_and_its_time() -> None:
    report = reporting.report_as_dict([RIGHT])
    figures = report.pop("figures")
    assert report == {
        "questions": 1,
        "median_ms": 12.3,
        "slowest": [{"question": "Who left?", "ms": 12.3}],
    }
    assert figures["hit@3"] == figures["answered"] == SURE
    assert figures["mrr@10"] == {"value": 0.5, "low": 0.5, "high": 0.5}
    assert not figures.keys() & {"refused", "rightly", "auroc"}


def test_report_of_nothing_is_empty() -> None:
    empty = {"questions": 0, "figures": {}, "median_ms": 0.0, "slowest": []}
    assert reporting.report_as_dict([]) == empty


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param([RIGHT], id="answerable"),
        pytest.param([NONE], id="unanswerable"),
        pytest.param([RIGHT, NONE], id="one of each"),
        pytest.param([RIGHT, NONE] * 20, id="many"),
    ],
)
def test_report_is_json_that_every_program_reads(asked: list[Asked]) -> None:
    report = reporting.report_as_dict(asked)
    assert json.loads(json.dumps(report, allow_nan=False)) == report
    for figure in report["figures"].values():
        assert 0 <= figure["low"] <= figure["value"] <= figure["high"] <= 1


def test_slowest_questions_come_first_and_few() -> None:
    slow = [Asked(RIGHT.question, True, 1, 1.0, True, 0.9, at / 1000) for at in (5, 9, 2, 7)]
    report = reporting.report_as_dict(slow)
    assert [one["ms"] for one in report["slowest"]] == [9.0, 7.0, 5.0]
    assert report["median_ms"] == 6.0


@pytest.mark.parametrize(
    "asked", [[], [RIGHT], [NONE], [RIGHT, NONE]], ids=["none", "answerable", "not", "both"]
)
def test_report_is_printed_with_a_meaning_for_every_figure(
    asked: list[Asked], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console.out, "width", 80)
    reporting.print_report(asked)
    shown = capsys.readouterr().out
    for name in reporting.report_as_dict(asked)["figures"]:
        assert f"\n{name} " in shown
    for one in asked:
        assert shown.count(one.question.text) == 1
    assert f"questions: {len(asked)}, median " in shown


def test_watching_changes_nothing() -> None:
    assert list(reporting.watched([RIGHT, NONE])) == [RIGHT, NONE]
