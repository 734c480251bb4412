"""Signatures of texts: near for copies, far for all else, and the same for ever."""

from __future__ import annotations

import itertools
import json

import pytest

from index.text.likeness import ALIKE, SIZE, bands, likeness, sign
from tests.conftest import shared

WIRE = (
    "PARIS (Agency) — Police in Paris held the founder of the messenger on Monday evening as he "
    "stepped off his plane, two officers close to the matter said. A judge is to hear him today. "
    "The company called the charges absurd and said that it keeps to European law. "
    "Lawyers for the founder did not answer a request for comment. Several hundred people "
    "gathered in front of the court and asked for his release, watched by the police."
)
OTHER = (
    "SEOUL — Schools in the capital are to teach pupils how to tell forged pictures from true "
    "ones, the ministry said on Tuesday, after hundreds of complaints over the summer. Teachers "
    "welcomed the plan but asked for more time to prepare, and for help from those who know."
)


def alike(one: str, other: str) -> bool:
    return likeness(sign(one), sign(other)) >= ALIKE


@pytest.mark.parametrize(
    "copy",
    [
        pytest.param(WIRE.replace("PARIS (Agency) — ", ""), id="no dateline"),
        pytest.param(WIRE.upper().replace(", ", " , ").replace(". ", ".\n\n"), id="set otherwise"),
        pytest.param(
            WIRE.replace("absurd", "baseless").replace("today", "on Tuesday"), id="edited"
        ),
        pytest.param(WIRE[: len(WIRE) * 3 // 4], id="cut by a quarter"),
        pytest.param(f"By our own reporters. {WIRE} Read more about this here.", id="framed"),
    ],
)
def test_copies_are_alike_and_share_a_band(copy: str) -> None:
    assert alike(WIRE, copy)
    assert set(bands(sign(WIRE))) & set(bands(sign(copy)))


@pytest.mark.parametrize("other", [OTHER, "Police in Paris.", "", WIRE[:150]], ids=range(4))
def test_other_texts_are_not_alike(other: str) -> None:
    assert not alike(WIRE, other)


def test_texts_without_spaces_are_told_apart_by_their_characters() -> None:
    text = (
        "警察は月曜日にパリで創業者を拘束した。"
        "水曜日の夕方に保釈され、裁判所がその理由を発表した。"
    )
    assert alike(text, text.replace("夕方", "夜"))
    assert not alike(text, "台風は日曜日に九州に上陸し、各地で停電が続いている。鉄道も運休した。")


def test_signature_is_the_same_in_every_version() -> None:
    """Those in a store were made by an earlier one, and are compared with new ones."""
    assert sign("It rained in Paris on Sunday.")[:4].tolist() == [
        1672496473,
        1967208869,
        341506981,
        324423950,
    ]
    assert sign("It rained in Paris on Sunday.").shape == (SIZE,)


def test_real_articles_on_like_matters_are_no_copies() -> None:
    found = json.loads(shared("data/multihop_rag/corpus_subset_70.json").read_text("utf-8"))
    signatures = [sign(item["body"]) for item in found]
    most = max(likeness(a, b) for a, b in itertools.combinations(signatures, 2))
    assert most < 0.2
