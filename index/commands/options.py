"""The options that all commands or most have."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

__all__ = ["DATA", "AsJson", "DataAnywhere"]

DATA = "--data"

AsJson = Annotated[
    bool, typer.Option("--json", help="Print JSON for programs, one object a line.")
]


class DataAnywhere(TyperGroup):
    """Commands that take `--data` behind them as well as before them."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        """Put it first, where the group reads its options."""
        end = args.index("--") if "--" in args else len(args)
        for at, given in enumerate(args[:end]):
            if given == DATA and at + 1 == end:
                ctx.fail(f"{DATA} needs a folder behind it.")
            if given == DATA:
                args = [*args[at : at + 2], *args[:at], *args[at + 2 :]]
            elif given.startswith(f"{DATA}="):
                args = [given, *args[:at], *args[at + 1 :]]
        return super().parse_args(ctx, args)

    def get_command(self, ctx: typer.Context, cmd_name: str) -> Any:  # type: ignore[override]
        """Return a command whose help says that it takes `--data`, too."""
        command = super().get_command(ctx, cmd_name)
        if command:
            command.epilog = f"Every command takes {DATA} FOLDER, too: where the index lives."
        return command
