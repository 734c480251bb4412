"""The picture of risk and coverage: a PNG, or one line that says why there is none."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from index.errors import ClipdeskError
from index.evaluation.drawing import draw
from index.evaluation.evaluate import Asked
from index.evaluation.questions import Question

RIGHT = Question("Who left?", answerable=True, gold=("left",))
NONE = Question("Who came?", answerable=False)
FEW = [
    Asked(RIGHT, True, 1, 1.0, True, 0.9, 0.1),
    Asked(RIGHT, True, 0, 0.0, False, 0.6, 0.1),
    Asked(NONE, False, 0, 0.0, False, 0.2, 0.1),
]


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(FEW, id="few"),
        pytest.param(FEW[:1], id="one"),
        pytest.param(FEW[2:], id="nothing answered"),
        pytest.param(FEW * 50, id="many alike"),
    ],
)
def test_curve_is_written_as_a_png(tmp_path: Path, asked: list[Asked]) -> None:
    pytest.importorskip("matplotlib", reason="needs clipdesk[evaluate]")
    path = tmp_path / "risk.png"
    draw(asked, path)
    header = path.read_bytes()[:24]
    assert header.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = (int.from_bytes(header[at : at + 4], "big") for at in (16, 20))
    assert width > height > 600


def test_name_of_the_file_does_not_decide_its_format(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="needs clipdesk[evaluate]")
    draw(FEW, tmp_path / "risk.of.everything")
    assert (tmp_path / "risk.of.everything").read_bytes().startswith(b"\x89PNG")


def test_drawing_needs_no_screen_and_leaves_no_state(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="needs clipdesk[evaluate]")
    draw(FEW, tmp_path / "risk.png")
    assert "matplotlib.pyplot" not in sys.modules


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param([], id="nothing asked"),
        pytest.param([Asked(Question("?", answerable=True), True, 0, 0.0, False, 0.9, 0.1)],
                     id="nobody knows"),
    ],
)  # fmt: skip
def test_nothing_to_draw_is_said(tmp_path: Path, asked: list[Asked]) -> None:
    pytest.importorskip("matplotlib", reason="needs clipdesk[evaluate]")
    with pytest.raises(ClipdeskError, match="no question says what is right"):
        draw(asked, tmp_path / "risk.png")
    assert not (tmp_path / "risk.png").exists()


def test_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="needs clipdesk[evaluate]")
    with pytest.raises(ClipdeskError, match=r"cannot write '.*none.risk\.png'"):
        draw(FEW, tmp_path / "none" / "risk.png")


def test_missing_matplotlib_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("matplotlib", "matplotlib.figure", "matplotlib.backends.backend_agg"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ClipdeskError, match=r"pip install -e"):
        draw(FEW, tmp_path / "risk.png")
