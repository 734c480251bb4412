"""Seals: every kind of change to a derived index is noticed before it is read."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.storage import seals
from index.storage.seals import Seal, clear, read_seal, seal, sealed_at, unseal, write_durably
from index.storage.turnover import Moment

STAMP = "c0ffee:7"
HELD = Seal(STAMP, Moment(8, 2), beyond=3)
NAMES = ("a.idx", "b", "seal.json")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "sealed"
    folder.mkdir()
    (folder / "a.idx").write_bytes(b"first file")
    (folder / "b").write_bytes(bytes(range(40)))
    seal(folder, HELD)
    return folder


def test_seal_read_is_the_seal_set(folder: Path) -> None:
    assert read_seal(folder) == HELD


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    stamp=st.text(st.characters(exclude_categories=["Cs"])),
    numbers=st.tuples(*[st.integers(0, 2**63 - 1)] * 3),
    content=st.binary(),
)
def test_any_folder_can_be_sealed(
    tmp_path: Path, stamp: str, numbers: tuple[int, int, int], content: bytes
) -> None:
    (tmp_path / "b").write_bytes(content)
    held = Seal(stamp, Moment(*numbers[:2]), numbers[2])
    seal(tmp_path, held)
    assert read_seal(tmp_path) == held


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda path: path.unlink(), id="missing"),
        pytest.param(lambda path: path.write_bytes(path.read_bytes()[:-1]), id="truncated"),
        pytest.param(lambda path: path.write_bytes(b""), id="empty"),
        pytest.param(lambda path: path.write_bytes(path.read_bytes() + b"\x00"), id="longer"),
        pytest.param(lambda path: path.rename(path.with_name("other")), id="renamed"),
        pytest.param(lambda path: path.write_bytes(b"\xff" * 9), id="overwritten"),
    ],
)
def test_changed_file_is_noticed(
    folder: Path, name: str, change: Callable[[Path], object]
) -> None:
    change(folder / name)
    assert read_seal(folder) is None


@pytest.mark.parametrize("name", NAMES)
def test_bit_flipped_at_any_byte_is_noticed(folder: Path, name: str) -> None:
    path = folder / name
    data = path.read_bytes()
    for at in range(len(data)):
        path.write_bytes(data[:at] + bytes([data[at] ^ 1 << at % 8]) + data[at + 1 :])
        assert read_seal(folder) is None, f"byte {at} of {name}"
    path.write_bytes(data)
    assert read_seal(folder) is not None


def test_file_is_read_again_only_where_it_may_have_changed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    read_bytes = Path.read_bytes

    def read(path: Path) -> bytes:
        seen.append(path.name)
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", read)
    assert read_seal(folder) == read_seal(folder) == HELD
    assert seen == ["a.idx", "b"] * 2  # they may still be changed without another time
    monkeypatch.setattr(seals, "_SETTLED", -(10**18))
    assert read_seal(folder) == read_seal(folder) == HELD
    assert seen == ["a.idx", "b"] * 3
    other = folder / "other"
    other.write_bytes(bytes(40))
    other.replace(folder / "b")  # of the same size
    assert read_seal(folder) is None
    assert seen == [*["a.idx", "b"] * 3, "b"]


def test_what_the_disk_loses_is_seen_where_all_is_read_anew(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seals, "_SETTLED", -(10**18))
    assert read_seal(folder, anew=True) == HELD
    monkeypatch.setattr(Path, "read_bytes", lambda path: b"lost")
    assert read_seal(folder) == HELD
    assert read_seal(folder, anew=True) is None


def test_file_that_a_writer_at_work_adds_makes_no_difference(folder: Path) -> None:
    (folder / "c").write_bytes(b"")
    found = read_seal(folder)
    assert found is not None
    assert found.stamp == STAMP


def test_unsealed_folder_has_no_seal(folder: Path) -> None:
    for _ in range(2):
        unseal(folder)
        assert read_seal(folder) is None
        assert sealed_at(folder) == 0


def test_files_exchanged_for_one_another_are_noticed(folder: Path) -> None:
    first, second = (folder / "a.idx").read_bytes(), (folder / "b").read_bytes()
    (folder / "a.idx").write_bytes(second)
    (folder / "b").write_bytes(first)
    assert read_seal(folder) is None


def test_seal_of_an_earlier_state_is_noticed(folder: Path) -> None:
    earlier = (folder / "seal.json").read_bytes()
    (folder / "b").write_bytes(b"later")
    seal(folder, HELD._replace(stamp="c0ffee:8"))
    (folder / "seal.json").write_bytes(earlier)
    assert read_seal(folder) is None


@pytest.mark.parametrize("name", [".tantivy-writer.lock", "passages.faiss.new"])
def test_leftovers_of_a_writer_are_passed_over(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"half")
    assert read_seal(folder) is not None


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\xff\xfe", id="no UTF-8"),
        pytest.param(b"{", id="no JSON"),
        pytest.param(b"null", id="null"),
        pytest.param(b"[]", id="list"),
        pytest.param(b"{}", id="empty object"),
        pytest.param(b'{"sha256": "", "content": 1}', id="content is a number"),
        pytest.param(b'{"sha256": 1, "content": "{}"}', id="checksum is a number"),
    ],
)
def test_seal_that_is_none_is_noticed(folder: Path, content: bytes) -> None:
    (folder / "seal.json").write_bytes(content)
    assert read_seal(folder) is None


def test_folder_that_is_not_there_has_no_seal(tmp_path: Path) -> None:
    assert read_seal(tmp_path / "none") is None
    assert sealed_at(tmp_path / "none") == 0


def test_sealed_again_later_is_told_by_its_time(folder: Path) -> None:
    first = sealed_at(folder)
    assert first > 0
    seal(folder, HELD)
    assert sealed_at(folder) >= first
    assert read_seal(folder) is not None


def test_clear_leaves_an_empty_folder(folder: Path) -> None:
    (folder / "below").mkdir()
    clear(folder)
    assert folder.is_dir()
    assert not any(folder.iterdir())
    clear(folder / "new" / "one")
    assert (folder / "new" / "one").is_dir()


def test_write_durably_puts_the_new_file_in_the_place_of_the_old(tmp_path: Path) -> None:
    path = tmp_path / "file"
    for content in ("one", "another"):
        write_durably(path, partial(Path.write_text, data=content))
        assert path.read_text() == content
    assert [path] == list(tmp_path.iterdir())


@pytest.mark.parametrize("error", [OSError(28, "No space left"), RuntimeError, KeyboardInterrupt])
@pytest.mark.parametrize("begun", [False, True], ids=["before writing", "half-way"])
def test_write_durably_leaves_the_earlier_file_when_the_writer_raises(
    tmp_path: Path, error: BaseException | type[BaseException], begun: bool
) -> None:
    path = tmp_path / "file"
    path.write_text("earlier")

    def fail(new: Path) -> None:
        if begun:
            new.write_text("half")
        raise error

    with pytest.raises((OSError, RuntimeError, KeyboardInterrupt)):
        write_durably(path, fail)
    assert path.read_text() == "earlier"
    assert [path] == list(tmp_path.iterdir())


def test_write_durably_leaves_the_earlier_file_when_nothing_was_written(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("earlier")
    with pytest.raises(FileNotFoundError):
        write_durably(path, lambda new: None)
    assert path.read_text() == "earlier"


def test_seal_is_text_a_person_can_read(folder: Path) -> None:
    content = json.loads(json.loads((folder / "seal.json").read_text())["content"])
    assert content["stamp"] == STAMP
    assert content["files"].keys() == {"a.idx", "b"}
