"""Articles in, answers out: verbatim excerpts, each cited, or an honest refusal.

`Desk` is what a bot needs; `indexer` fills what it reads. See `python -m index --help`.
"""

from index.answers.amending import Amendment, Shown
from index.answers.browsing import Surroundings
from index.answers.topics import News
from index.desk import Desk
from index.errors import ClipdeskError, DamagedStoreError, LockedError, QuestionError
from index.ingest.changing import Mended, change, mend
from index.ingest.handing import Handed
from index.ingest.refreshing import Refreshed, refresh
from index.ingest.submitting import (
    Proposal,
    Proposed,
    look_up,
    propose_file,
    propose_link,
    propose_text,
)
from index.ingest.vitals import Health, health, health_if_any
from index.models import Encoder
from index.settings import IndexSettings
from index.types import Answer, Article, Citation, Reach, Scope, Span
from index.understanding.query import MAX_QUESTION

__all__ = [
    "MAX_QUESTION",
    "Amendment",
    "Answer",
    "Article",
    "Citation",
    "ClipdeskError",
    "DamagedStoreError",
    "Desk",
    "Encoder",
    "Handed",
    "Health",
    "IndexSettings",
    "LockedError",
    "Mended",
    "News",
    "Proposal",
    "Proposed",
    "QuestionError",
    "Reach",
    "Refreshed",
    "Scope",
    "Shown",
    "Span",
    "Surroundings",
    "change",
    "health",
    "health_if_any",
    "look_up",
    "mend",
    "propose_file",
    "propose_link",
    "propose_text",
    "refresh",
]
