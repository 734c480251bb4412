"""What can go wrong in `index`, as one tree.

    ClipdeskError              something a person can mend; the message is one line and says how
    ├── ArticleError           one article cannot be read: names the file, the line and the field
    ├── EncoderError           the embedding model cannot be loaded, or is not the one expected
    ├── QuestionError          the question cannot be asked as it stands
    ├── SourceError            a source, or something of it, cannot be taken as it is
    │   └── RefusedError       it is not touched, for it may do harm
    └── CoverageError          the data folder cannot be used as it is
        ├── NoCoverageError    nothing has been indexed there yet
        ├── StaleIndexError    it was built with another model, format or splitting
        ├── DamagedStoreError  what was read back is not what was written
        └── LockedError        another process is writing to it

A caller's mistake (an argument out of range) is a `ValueError`. "Nothing found" is an answer.
"""

from __future__ import annotations

__all__ = [
    "PARSER_ERRORS",
    "ArticleError",
    "ClipdeskError",
    "CoverageError",
    "DamagedStoreError",
    "EncoderError",
    "LockedError",
    "NoCoverageError",
    "QuestionError",
    "RefusedError",
    "SourceError",
    "StaleIndexError",
]


PARSER_ERRORS = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What a library may stumble on that makes sense of any page or feed that anybody serves."""


class ClipdeskError(Exception):
    """Something a person can mend; `str(error)` is one line that says how."""


class ArticleError(ClipdeskError):
    """One article cannot be read.

    Args:
        reason: What is wrong, naming the value.
        path: The file it stands in.
        line: 1-based line, where known.
        field: The article's field at fault, where one is.
    """

    def __init__(
        self, reason: str, *, path: str, line: int | None = None, field: str | None = None
    ) -> None:
        self.reason, self.path, self.line, self.field = reason, path, line, field
        place = path if line is None else f"{path}:{line}"
        super().__init__(f"{place}: {reason}" if field is None else f"{place}: {field}: {reason}")


class EncoderError(ClipdeskError):
    """The embedding model cannot be loaded, or is not the one expected."""


class QuestionError(ClipdeskError):
    """The question cannot be asked as it stands: empty, too long, or without a word in it."""


class SourceError(ClipdeskError):
    """A source, or something of it, cannot be taken as it is."""


class RefusedError(SourceError):
    """What strangers wrote or sent is not touched, for it may do harm."""


class CoverageError(ClipdeskError):
    """The data folder cannot be used as it is."""


class NoCoverageError(CoverageError):
    """Nothing has been indexed in the data folder yet."""


class StaleIndexError(CoverageError):
    """The index was built with another model, format or splitting than is asked for now."""


class DamagedStoreError(CoverageError):
    """What was read back from the store is not what was written to it."""


class LockedError(CoverageError):
    """Another process is writing to the data folder."""
