"""The option that most commands have."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["AsJson"]

AsJson = Annotated[
    bool, typer.Option("--json", help="Print JSON for programs, one object a line.")
]
