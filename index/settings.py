"""Settings of `index`: from the environment, or a file `.env` in the working folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Self

from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from index.errors import ClipdeskError
from index.neural.encoder import SentenceEncoder
from index.neural.reader import TaughtReader
from index.neural.weights import EMBEDDED_MODEL

__all__ = ["IndexSettings"]

_THREADS = min(2, os.cpu_count() or 1)
"""To compute with: beside one busy core two take no longer than one, and else little over half."""


class IndexSettings(BaseSettings):
    """What can be set; every name stands in `.env.example`, explained."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore")

    data_dir: Path = Path("var")
    embedding_model: str = EMBEDDED_MODEL
    query_prefix: str = ""
    passage_prefix: str = ""
    allow_private_addresses: bool = False

    @classmethod
    def read(cls) -> Self:
        """Return what is set.

        Raises:
            ClipdeskError: A value is none that its setting takes, or .env cannot be read.
        """
        try:
            return cls()
        except UnicodeDecodeError as error:
            raise ClipdeskError(".env is no text in UTF-8: save it as that") from error
        except ValidationError as error:
            first = error.errors()[0]
            said = first["msg"].removeprefix("Value error, ")  # pydantic's, before our own words
            name = str(first["loc"][0]).upper()
            raise ClipdeskError(f"setting {name}: {said}, not {first['input']!r}") from error

    def load_reader(self) -> TaughtReader:
        """Load the reader that is shipped.

        Raises:
            EncoderError: It cannot be loaded.
        """
        return TaughtReader(threads=_THREADS)

    def load_encoder(self, *, threads: int = _THREADS) -> SentenceEncoder:
        """Load the model set.

        Args:
            threads: CPU threads to compute with.

        Raises:
            EncoderError: It cannot be loaded.
        """
        return SentenceEncoder(
            self.embedding_model,
            threads=threads,
            query_prefix=self.query_prefix,
            passage_prefix=self.passage_prefix,
        )
