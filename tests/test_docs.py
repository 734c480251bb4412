"""What the documentation says is true."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.settings import BotSettings
from index import Desk, IndexSettings
from index import __main__ as command_line
from index.neural.encoder import SentenceEncoder
from index.neural.reader import TaughtReader
from tests.conftest import ROOT
from tests.transcripts import exchange

SETTINGS = [name.upper() for name in BotSettings.model_fields]
README = (ROOT / "README.md").read_text("utf-8")


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_is_explained(name: str) -> None:
    assert re.search(rf"(#.*\n)+{name}=", (ROOT / ".env.example").read_text("utf-8"))
    assert f"`{name}`" in README


def test_the_example_file_sets_nothing_but_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    explained = BotSettings(_env_file=".env.example")  # type: ignore[call-arg]
    assert explained == BotSettings(_env_file=None)  # type: ignore[call-arg]


@pytest.mark.parametrize(
    "name", re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.M)
)
def test_the_example_file_sets_nothing_unknown(name: str) -> None:
    assert name in SETTINGS


@pytest.mark.parametrize("block", re.findall(r"```console\n(.*?)```", README, re.DOTALL))
def test_the_readme_shows_what_its_commands_print(
    block: str,
    sample_folder: Path,
    encoder: SentenceEncoder,
    reader: TaughtReader,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    command, _, shown = block.partition("\n")
    words = shlex.split(command.removeprefix("$ python -m index "))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(IndexSettings, "load_encoder", lambda *_, **__: encoder)
    monkeypatch.setattr(IndexSettings, "load_reader", lambda _: reader)
    monkeypatch.setenv("DATA_DIR", str(sample_folder))
    result = CliRunner().invoke(command_line.app, words)
    assert result.exit_code == 0
    assert _trimmed(result.stdout) == _trimmed(shown)


async def test_the_readme_shows_an_exchange_as_it_happens(sample: Desk) -> None:
    _, _, rest = README.partition("<!-- transcript -->\n```text\n")
    shown, _, _ = rest.partition("\n```\n<!-- /transcript -->")
    assert shown == await exchange(sample), "python -m tests.transcripts prints what to paste"


def test_every_module_stands_in_the_map_of_the_code() -> None:
    rows = [line for line in README.splitlines() if line.startswith("| `")]
    for path in [*ROOT.glob("index/**/*.py"), *ROOT.glob("bot/**/*.py")]:
        package = f"| `{path.parent.name}/`" if path.parent.parent != ROOT else ""
        listed = any(line.startswith(package) and f"`{path.name}`" in line for line in rows)
        apart = path.name == "__init__.py" or "migrations" in path.parts
        assert listed or apart, f"{path.relative_to(ROOT)} is not in the README's map"


def _trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())
