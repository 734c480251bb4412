"""What is indexed, as `stats` tells it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from index.store import Store
from index.types import Scope

__all__ = ["gather", "tell"]


def gather(store: Store, folder: Path) -> dict[str, Any]:
    """Return facts by name, ready for JSON: moments and dates in ISO form, None for none."""
    meta = store.meta
    newest = next((one for one in store.newest(1, (), Scope()) if one.published), None)
    articles, versions, last = store.history.count()
    published = newest.published.isoformat() if newest and newest.published else None
    return {
        "newest": newest
        and {"article": newest.id, "headline": newest.headline, "published": published},
        "history": {
            "articles": articles,
            "versions": versions,
            "last": last.isoformat() if last else None,
        },
        "passages": len(store.passage_ids()),
        "model": meta.get("model"),
        "dimension": int(meta["dimension"]) if meta.get("dimension", "").isdigit() else None,
        "bytes": sum(map(_size, folder.rglob("*"))),
        "folder": str(folder),
    }


def tell(facts: dict[str, Any]) -> list[str]:
    """Return the same as lines to read."""
    newest, kept = facts["newest"], facts["history"]
    lines = dict(facts)
    lines["newest"] = "none is dated"
    if newest:
        lines["newest"] = f"{newest['headline']} · {newest['published']}"
    lines["history"] = f"{kept['versions']:,} earlier versions of {kept['articles']:,} articles"
    if kept["last"]:
        lines["history"] += f", the last until {kept['last']}"
    return [f"{name}: {value}" for name, value in lines.items()]


def _size(path: Path) -> int:
    """Return the bytes of a file, 0 of what is none or was taken away just now."""
    try:
        return path.stat().st_size if path.is_file() else 0
    except FileNotFoundError:
        return 0
