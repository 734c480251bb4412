"""The articles that were taken out by hand: no source brings them back.

Beside the store, not in it: so this outlives one that is emptied, damaged or put back as it was.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from functools import partial
from pathlib import Path

from index.articles.identity import keys
from index.errors import CoverageError
from index.storage.seals import write_durably
from index.types import Article

__all__ = ["keep_out", "kept_out", "let_in", "removed_by_hand"]

_FILE_NAME = "removed.json"


def keep_out(folder: Path, articles: Mapping[str, Collection[str]]) -> None:
    """Keep articles out from now on.

    Args:
        folder: The data folder, which nobody else is writing to.
        articles: What each is known by (see `identity.keys`), by its id.

    Raises:
        CoverageError: It cannot be written down.
    """
    _write(folder, _read(folder) | {id_: list(known) for id_, known in articles.items()})


def kept_out(folder: Path, articles: Collection[Article]) -> list[str]:
    """Return the ids of those that are kept out, under this id or another.

    Raises:
        CoverageError: What is kept out cannot be read.
    """
    out = {key for id_, known in _read(folder).items() for key in (id_, *known)}
    return [one.id for one in articles if out & {one.id, *keys(one)}]


def removed_by_hand(folder: Path) -> set[str]:
    """Return the ids of all that is kept out.

    Raises:
        CoverageError: What is kept out cannot be read.
    """
    return set(_read(folder))


def let_in(folder: Path, articles: Collection[Article], ids: Collection[str] = ()) -> list[str]:
    """Keep articles out no more; return the ids under which they were kept out.

    Args:
        folder: The data folder, which nobody else is writing to.
        articles: Those, under whichever id they come.
        ids: Of more of them.

    Raises:
        CoverageError: It cannot be written down.
    """
    wanted = {*ids, *(key for one in articles for key in (one.id, *keys(one)))}
    out = _read(folder)
    left = {id_: known for id_, known in out.items() if not wanted & {id_, *known}}
    if left != out:
        _write(folder, left)
    return [id_ for id_ in out if id_ not in left]


def _read(folder: Path) -> dict[str, list[str]]:
    path = folder / _FILE_NAME
    try:
        return {str(id_): [*known] for id_, known in json.loads(path.read_bytes()).items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise CoverageError(
            f"{str(path)!r} cannot be read ({error}): mend or delete it; what was removed by hand "
            "then comes back from its sources"
        ) from error


def _write(folder: Path, out: Mapping[str, Collection[str]]) -> None:
    text = json.dumps(out, indent=1)
    try:
        write_durably(folder / _FILE_NAME, partial(Path.write_text, data=text, encoding="ascii"))
    except OSError as error:
        raise CoverageError(
            f"cannot write to {str(folder)!r} ({error.strerror}): free some space there"
        ) from error
